"""Phase 3 after the decision: the note, the payload, the archive."""

from orchestration.agents.reports import AssessmentReport, HandoffNote
from orchestration.phases.assessment import ASSESSOR, assessment_step
from orchestration.phases.context import PhaseContext
from orchestration.phases.turns import TurnBook, take_turn
from orchestration.phases.unit_of_work import ClaimUnitOfWork, describe_outcome, note_to_file
from orchestration.rules.handoff import handoff_payload
from orchestration.rules.routing import NextStep, step_id
from shared.clock import utc_now
from shared.errors import BudgetUsedUp
from shared.models.claim import ClaimContext
from shared.models.vocabulary import ClaimState, ClaimStatus

ROLE = "handoff_agent"
NO_BRIEF = (
    "There is no brief: the agents' work was stopped before it. The rules' assessment is what there is."
)


async def run_handoff(claim: ClaimUnitOfWork, phases: PhaseContext) -> None:
    """Hand a decided claim to the claims system, then close and archive it.

    Raises:
        jsonschema.ValidationError: the payload does not fit its schema; the claim stays decided.
        TurnFailed: the agent could not bring its turn to an end.
        RevisionConflict: another writer was first.
    """
    note = await _note(claim, phases)
    payload = handoff_payload(claim.context, _brief(claim.context), note.next_steps, phases.handoff_schema)
    await claim.store.handoffs.put(claim.claim_id, payload)
    now = utc_now()
    await claim.commit(
        [note_to_file("handed_off", f"Handed off: {describe_outcome(claim.context)}")],
        state=ClaimState.HANDED_OFF,
        status=ClaimStatus.COMPLETED,
        completed_at=now,
        archived_at=now,
    )
    await claim.store.documents.cool(claim.context)


async def _note(claim: ClaimUnitOfWork, phases: PhaseContext) -> HandoffNote:
    step = step_id(NextStep.HANDOFF, ROLE)
    try:
        await take_turn(claim, phases, ROLE, step, TurnBook(claim, phases, awaited=1))
    except BudgetUsedUp as error:
        return HandoffNote(summary=str(error))
    return HandoffNote.model_validate(claim.context.turns[step].report)


def _brief(context: ClaimContext) -> str:
    turn = context.turns.get(assessment_step(context.assessment, ASSESSOR))
    if turn is None:
        return NO_BRIEF
    return AssessmentReport.model_validate(turn.report).brief
