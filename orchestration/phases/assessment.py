"""Phase 3 up to the decision: the rules' assessment, the brief, the officer's sheet."""

from orchestration.phases.context import PhaseContext
from orchestration.phases.learning import read_by_models_alone, with_letters, with_some_type
from orchestration.phases.turns import TurnBook, take_turn
from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from orchestration.rules.decision import approval_by_rule, assess, outcome_of
from orchestration.rules.routing import NextStep, step_id
from shared.models.claim import Assessment
from shared.models.vocabulary import ClaimState, ClaimStatus

ASSESSOR, OFFICER_AIDE = "assessment_agent", "claims_officer"
"""The roles of this phase, in order: one sums up, the other prepares a human officer's decision."""
BRIEF_STEP = step_id(NextStep.ASSESSMENT, ASSESSOR)
"""The turn whose report holds the brief."""


async def run_assessment(claim: ClaimUnitOfWork, phases: PhaseContext) -> None:
    """Assess the claim by rules and have it summed up; then a rule approves it, or an officer decides.

    Raises:
        TurnFailed: an agent could not bring its turn to an end.
        RevisionConflict: another writer was first.
    """
    assessment = claim.context.assessment or _assess(claim, phases)
    await take_turn(claim, phases, ASSESSOR, BRIEF_STEP)
    step = step_id(NextStep.ASSESSMENT, OFFICER_AIDE)
    await take_turn(claim, phases, OFFICER_AIDE, step, TurnBook(claim, phases, awaited=1))
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


async def hand_to_officer(claim: ClaimUnitOfWork, phases: PhaseContext, reason: str) -> None:
    """Stop the agents' work, wherever it stands: the rules assess what is there, and an officer decides."""
    claim.stage(evidence=with_letters(claim.context, phases.requirements.claim_types))
    claim.stage(evidence=with_some_type(claim.context))
    documents, information = phases.requirements.check(claim.context)
    claim.stage(missing_documents=documents, missing_information=information)
    assessment = claim.context.assessment or _assess(claim, phases)
    reasons = [reason, *(known for known in assessment.route_reasons if known != reason)]
    await claim.commit(
        [note_to_file("officer", f"An officer decides: {'; '.join(reasons)}")],
        state=ClaimState.ASSESSMENT,
        status=ClaimStatus.AWAITING_DECISION,
        assessment=_for_officer(assessment, reasons),
    )


def _for_officer(assessment: Assessment, reasons: list[str]) -> Assessment:
    return assessment.model_copy(update={"route": "officer", "route_reasons": reasons})


def _assess(claim: ClaimUnitOfWork, phases: PhaseContext) -> Assessment:
    settings = phases.settings
    assessment = assess(
        claim.context,
        phases.reference,
        phases.requirements,
        mode=settings.decision_mode,
        auto_approve_limit=settings.auto_approve_limit,
    )
    if doubtful := read_by_models_alone(claim.context.evidence):
        reason = f"read by a model, and not confirmed by rules: {', '.join(doubtful)}"
        assessment = _for_officer(assessment, [*assessment.route_reasons, reason])
    claim.stage(
        state=ClaimState.ASSESSMENT,
        assessment=assessment,
        risk_score=assessment.risk_score,
        fraud_indicators=assessment.fraud_indicators,
    )
    return assessment
