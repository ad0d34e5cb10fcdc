"""Phase 3 after the decision: the note, the payload, the archive."""

import asyncio

from orchestration.agents.reports import AssessmentReport, HandoffNote
from orchestration.phases.assessment import ASSESSOR, assessment_step, void_if_changed
from orchestration.phases.context import PhaseContext
from orchestration.phases.turns import TurnBook, take_turn
from orchestration.phases.unit_of_work import ClaimUnitOfWork, describe_outcome, note_to_file
from orchestration.rules.handoff import handoff_payload
from orchestration.rules.routing import NextStep, step_id
from shared.clock import utc_now
from shared.errors import BudgetUsedUp, SessionCorrupt
from shared.models.claim import ClaimContext, DocumentRecord
from shared.models.vocabulary import ClaimState, ClaimStatus

ROLE = "handoff_agent"
NO_BRIEF = (
    "There is no brief: the agents' work was stopped before it. The rules' assessment is what there is."
)


async def run_handoff(claim: ClaimUnitOfWork, phases: PhaseContext) -> None:
    """Hand a decided claim to the claims system, then close and archive it.

    A claim that is not the one that was assessed any more goes back instead, and is assessed anew.

    Raises:
        SessionCorrupt: a document is not the one that was recorded, or is gone; nothing is handed over.
        jsonschema.ValidationError: the payload does not fit its schema; the claim stays decided.
        TurnFailed: the agent could not bring its turn to an end.
        RevisionConflict: another writer was first.
    """
    void_if_changed(claim)
    if claim.context.state is not ClaimState.DECIDED:
        return
    await _check_papers(claim)
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


async def _check_papers(claim: ClaimUnitOfWork) -> None:
    """Read every document that the payload names against its recorded checksum."""

    async def check(document: DocumentRecord) -> None:
        content = await claim.store.documents.open(claim.claim_id, document)
        if content is None:
            raise SessionCorrupt(f"{claim.claim_id}: a document of type {document.type} is gone")
        async for _ in content:
            pass

    await asyncio.gather(*(check(d) for d in claim.context.documents if d.sha256 is not None))


async def _note(claim: ClaimUnitOfWork, phases: PhaseContext) -> HandoffNote:
    number = claim.context.assessment.number if claim.context.assessment else 1
    step = step_id(NextStep.HANDOFF, ROLE, number if number > 1 else None)
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
