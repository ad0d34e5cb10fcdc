"""Phase 3 up to the decision: the rules' assessment, the brief, the officer's sheet."""

import reading
from orchestration.phases.context import PhaseContext
from orchestration.phases.learning import (
    is_understood,
    letter_signs,
    read_by_models_alone,
    with_letters,
    with_some_type,
)
from orchestration.phases.policy_ledger import register, reserve
from orchestration.phases.turns import TurnBook, take_turn
from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from orchestration.rules.basis import changes_since
from orchestration.rules.decision import (
    Circumstances,
    approval_by_rule,
    assess,
    carrier_remaining,
    outcome_of,
)
from orchestration.rules.routing import NextStep, step_id
from shared.errors import Conflict
from shared.models.claim import Assessment
from shared.models.vocabulary import ClaimState, ClaimStatus

ASSESSOR, OFFICER_AIDE = "assessment_agent", "claims_officer"
"""The roles of this phase, in order: one sums up, the other prepares a human officer's decision."""
OVERDRAWN = "what remains of the year's limit is not enough"


def assessment_step(assessment: Assessment | None, role: str) -> str:
    """The id under which a role's turn on an assessment is on record."""
    number = assessment.number if assessment else 1
    return step_id(NextStep.ASSESSMENT, role, number if number > 1 else None)


async def run_assessment(claim: ClaimUnitOfWork, phases: PhaseContext) -> None:
    """Assess the claim by rules and have it summed up; then a rule approves it, or an officer decides.

    Raises:
        TurnFailed: an agent could not bring its turn to an end.
        RevisionConflict: another writer was first.
    """
    assessment = claim.context.assessment or await _assess(claim, phases)
    await take_turn(claim, phases, ASSESSOR, assessment_step(assessment, ASSESSOR))
    step = assessment_step(assessment, OFFICER_AIDE)
    await take_turn(claim, phases, OFFICER_AIDE, step, TurnBook(claim, phases, awaited=1))
    if assessment.route == "rule" and await _reserves(claim, assessment, phases):
        decision = approval_by_rule(assessment, claim.context)
        await claim.commit(
            [note_to_file("decision", f"Approved by rule, payout {decision.payout_amount}")],
            state=ClaimState.DECIDED,
            outcome=outcome_of(decision),
            decision=decision,
        )
    else:
        reasons = assessment.route_reasons or [OVERDRAWN]
        await claim.commit(
            [note_to_file("officer", f"An officer decides: {'; '.join(reasons)}")],
            status=ClaimStatus.AWAITING_DECISION,
            assessment=_for_officer(assessment, reasons),
        )


async def hand_to_officer(claim: ClaimUnitOfWork, phases: PhaseContext, reason: str) -> None:
    """Stop the agents' work, wherever it stands: the rules assess what is there, and an officer decides."""
    claim.stage(evidence=with_letters(claim.context, phases.requirements.claim_types))
    claim.stage(evidence=with_some_type(claim.context))
    documents, information = phases.requirements.check(claim.context)
    claim.stage(missing_documents=documents, missing_information=information)
    assessment = claim.context.assessment or await _assess(claim, phases)
    reasons = [reason, *(known for known in assessment.route_reasons if known != reason)]
    await claim.commit(
        [note_to_file("officer", f"An officer decides: {'; '.join(reasons)}")],
        state=ClaimState.ASSESSMENT,
        status=ClaimStatus.AWAITING_DECISION,
        assessment=_for_officer(assessment, reasons),
    )


def _for_officer(assessment: Assessment, reasons: list[str]) -> Assessment:
    return assessment.model_copy(update={"route": "officer", "route_reasons": reasons})


async def _reserves(claim: ClaimUnitOfWork, assessment: Assessment, phases: PhaseContext) -> bool:
    """Whether what a rule would pay could be reserved in the policy's ledger."""
    context = claim.context
    try:
        remaining = carrier_remaining(context.facts, phases.reference)
        await reserve(claim.store, context, assessment.recommended_payout, remaining)
    except Conflict:
        return False
    return True


def void_if_changed(claim: ClaimUnitOfWork) -> None:
    """Stage that the assessment, and what was approved on it, are void where the claim is another by now.

    The claim goes back to where it gathers what it needs, and is assessed anew.
    """
    context = claim.context
    if context.assessment is None or not (changed := changes_since(context.assessment, context)):
        return
    claim.stage(
        [
            note_to_file(
                f"void.{context.revision + 1}", f"The assessment is void; changed: {', '.join(changed)}"
            )
        ],
        status=ClaimStatus.PROCESSING,
        state=ClaimState.VALIDATION_COMPLETE,
        outcome=None,
        assessment=None,
        approvals=[],
        decision=None,
    )


async def _assess(claim: ClaimUnitOfWork, phases: PhaseContext) -> Assessment:
    context, settings = claim.context, phases.settings
    policy = phases.reference.policy(context.facts.policy_number) if context.facts.policy_number else None
    assessment = assess(
        context,
        phases.reference,
        phases.requirements,
        Circumstances(
            signs=letter_signs(context),
            insured=reading.insured_vehicle(policy.insured_object) if policy else None,
            book=await register(claim.store, context),
            unread_notes=sum(not is_understood(note, context.created_at) for note in context.notes),
            unconfirmed=read_by_models_alone(context.evidence),
        ),
        mode=settings.decision_mode,
        auto_approve_limit=settings.auto_approve_limit,
    )
    earlier = sum(turn.role == ASSESSOR for turn in context.turns.values())
    assessment = assessment.model_copy(update={"number": earlier + 1})
    claim.stage(
        state=ClaimState.ASSESSMENT,
        assessment=assessment,
        risk_score=assessment.risk_score,
        fraud_indicators=assessment.fraud_indicators,
    )
    return assessment
