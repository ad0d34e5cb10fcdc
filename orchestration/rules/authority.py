"""Which decisions an officer may make: alone, with a second officer, or not at all."""

from datetime import datetime
from decimal import Decimal

from orchestration.rules.decision import assessment_digest, outcome_of
from orchestration.rules.reference import Conflicts
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput
from shared.models.claim import (
    Approval,
    Assessment,
    ClaimChanges,
    ClaimContext,
    Identity,
    RecordedDecision,
)
from shared.models.requests import Decision
from shared.models.vocabulary import ClaimState, ClaimStatus


def payout_bound(assessment: Assessment) -> Decimal:
    """The most that one officer may pay, in the currency of the assessment.

    It is the smallest of three amounts: the claimed amount less the deductible, the coverage limit, and what
    remains of the year's limit. It is 0 where the claim is not covered.
    """
    if not assessment.covered:
        return Decimal(0)
    bounds = [assessment.coverage_limit, assessment.remaining_aggregate]
    if assessment.claim_amount is not None:
        bounds.append(max(Decimal(0), assessment.claim_amount - assessment.deductible))
    return min(bounds)


def payout_of(decision: Decision, assessment: Assessment) -> Decimal | None:
    """The payout of a decision: what it names, or for an approval without one what the rules recommend."""
    if decision.decision == "approve" and decision.payout_amount is None:
        return assessment.recommended_payout
    return decision.payout_amount


def check_decision(context: ClaimContext, decision: Decision, *, four_eyes_limit: Decimal | None) -> None:
    """Refuse a decision that the rules do not admit.

    A payout above `four_eyes_limit`, where there is one, or above `payout_bound` needs a second officer.

    Raises:
        InvalidInput: it pays more than the bound and gives no reason.
        Conflict: the claim is not assessed, or this officer has decided the same already.
    """
    assessment = _assessment_of(context)
    if not _needs_second_officer(decision, assessment, four_eyes_limit):
        return
    same = [a for a in context.approvals if _decides_the_same(a, decision, assessment)]
    if any(_is_by(approval, decision.officer_id) for approval in same):
        raise Conflict("you have decided so already; a second officer must decide the same")
    bound = payout_bound(assessment)
    if not same and decision.override_reason is None and _pays(decision, assessment) > bound:
        message = f"must say why more than {bound} {assessment.currency} is paid, which the rules allow"
        raise InvalidInput(
            f"override_reason {message}", [FieldError(field="override_reason", message=message)]
        )


def check_conflict_of_interest(
    context: ClaimContext, officer_id: str, aliases: frozenset[str], conflicts: Conflicts
) -> None:
    """Refuse an officer who is close to the claim; `aliases` are other names of the officer.

    Raises:
        Forbidden: the officer is the claimant, or a conflict of interest is on record.
    """
    facts = context.facts
    if conflicts.concern(
        {officer_id, *aliases},
        aliases=aliases,
        policy_number=facts.policy_number,
        names=[name for name in (facts.claimant_name, *facts.vendors) if name],
        email=facts.email,
    ):
        raise Forbidden("this officer may not decide this claim: there is a conflict of interest")


def decide(
    context: ClaimContext,
    decision: Decision,
    identity: Identity | None,
    *,
    four_eyes_limit: Decimal | None,
    now: datetime,
) -> ClaimChanges:
    """The changes that a decision makes to a claim that awaits one.

    The claim is decided, or keeps the decision until a second officer decides the same. `identity` is None
    where no authentication is on.

    Raises:
        InvalidInput, Conflict: `check_decision` refuses the decision.
    """
    check_decision(context, decision, four_eyes_limit=four_eyes_limit)
    assessment = _assessment_of(context)
    approval = Approval(
        **decision.model_dump(exclude={"payout_amount"}),
        payout_amount=payout_of(decision, assessment),
        identity=identity,
        decided_at=now,
    )
    others = [a for a in context.approvals if not _is_by(a, decision.officer_id)]
    agreed = [a for a in others if _decides_the_same(a, decision, assessment)]
    if _needs_second_officer(decision, assessment, four_eyes_limit) and not agreed:
        return ClaimChanges(approvals=[*others, approval])
    first = (agreed or [approval])[0]
    recorded = RecordedDecision(
        **first.model_dump(exclude={"identity", "decided_at"}),
        decided_by="officer",
        approvals=[*agreed, approval],
        assessment_sha256=assessment_digest(assessment),
        decided_at=now,
    )
    return ClaimChanges(
        status=ClaimStatus.PROCESSING,
        state=ClaimState.DECIDED,
        outcome=outcome_of(recorded),
        approvals=[],
        decision=recorded,
    )


def _assessment_of(context: ClaimContext) -> Assessment:
    if context.assessment is None:
        raise Conflict(f"{context.claim_id} is not assessed yet")
    return context.assessment


def _needs_second_officer(decision: Decision, assessment: Assessment, limit: Decimal | None) -> bool:
    pays = _pays(decision, assessment)
    return pays > payout_bound(assessment) or (limit is not None and pays > limit)


def _pays(decision: Decision, assessment: Assessment) -> Decimal:
    return payout_of(decision, assessment) or Decimal(0)


def _decides_the_same(approval: Approval, decision: Decision, assessment: Assessment) -> bool:
    return (approval.decision, approval.payout_amount) == (
        decision.decision,
        payout_of(decision, assessment),
    )


def _is_by(approval: Approval, officer_id: str) -> bool:
    return approval.officer_id.casefold() == officer_id.casefold()
