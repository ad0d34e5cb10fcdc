"""Phase 3 up to the decision: the rules' assessment, the brief, the officer's sheet."""

from orchestration.phases.corroboration import completed, unconfirmed
from orchestration.phases.turns import TurnBook, take_turn
from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from orchestration.reference.files import reference_data, requirements
from orchestration.rules.decision import approval_by_rule, assess, outcome_of
from shared.models.claim import Assessment, ClaimState, ClaimStatus
from shared.settings import Settings

FIRST, LAST = "assessment_agent", "claims_officer"


async def run_assessment(claim: ClaimUnitOfWork, settings: Settings) -> None:
    assessment = claim.context.assessment or _assess(claim, settings)
    await take_turn(claim, FIRST, f"assessment.{FIRST}")
    await take_turn(claim, LAST, f"assessment.{LAST}", TurnBook(claim, awaited=1))
    if assessment.route == "rule":
        decision = approval_by_rule(assessment, claim.context)
        await claim.commit(
            [note_to_file("decision", f"Approved by rule, payout {decision.payout_amount}")],
            state=ClaimState.DECIDED,
            outcome=outcome_of(decision),
            decision=decision,
        )
    else:
        await claim.commit(
            [note_to_file("officer", f"An officer decides: {'; '.join(assessment.route_reasons)}")],
            status=ClaimStatus.AWAITING_DECISION,
        )


async def hand_to_officer(claim: ClaimUnitOfWork, settings: Settings, reason: str) -> None:
    """Stop the agents' work, wherever it stands: the rules assess what is there, and an officer decides."""
    facts = completed(claim.context)
    claim.stage(facts=facts.model_copy(update={"claim_type": facts.claim_type or "other"}))
    documents, information = requirements().check(claim.context)
    claim.stage(missing_documents=documents, missing_information=information)
    assessment = claim.context.assessment or _assess(claim, settings)
    reasons = [reason, *(known for known in assessment.route_reasons if known != reason)]
    await claim.commit(
        [note_to_file("officer", f"An officer decides: {'; '.join(reasons)}")],
        state=ClaimState.ASSESSMENT,
        status=ClaimStatus.AWAITING_DECISION,
        assessment=_for_officer(assessment, reasons),
    )


def _for_officer(assessment: Assessment, reasons: list[str]) -> Assessment:
    return assessment.model_copy(update={"route": "officer", "route_reasons": reasons})


def _assess(claim: ClaimUnitOfWork, settings: Settings) -> Assessment:
    assessment = assess(
        claim.context,
        reference_data(),
        requirements(),
        mode=settings.decision_mode,
        auto_approve_limit=settings.auto_approve_limit,
    )
    if settings.agent_model != "offline" and (doubtful := unconfirmed(claim.context)):
        reason = f"read by a model, and not confirmed by rules: {', '.join(doubtful)}"
        assessment = _for_officer(assessment, [*assessment.route_reasons, reason])
    claim.stage(
        state=ClaimState.ASSESSMENT,
        assessment=assessment,
        risk_score=assessment.risk_score,
        fraud_indicators=assessment.fraud_indicators,
    )
    return assessment
