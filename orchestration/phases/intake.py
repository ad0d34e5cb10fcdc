"""Phase 1, sequential intake: one turn of each intake agent, in order."""

from orchestration.phases.context import PhaseContext
from orchestration.phases.gate import pass_gate
from orchestration.phases.learning import with_letters, with_some_type
from orchestration.phases.papers import read_papers
from orchestration.phases.turns import TurnBook, take_turn
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from orchestration.rules.routing import NextStep, step_id
from shared.models.vocabulary import ClaimState

*FIRST, LAST = ROLES = ("intake_coordinator", "policy_specialist", "document_validator")


async def run_intake(claim: ClaimUnitOfWork, phases: PhaseContext) -> None:
    """Have the claim read into facts and checked, then pass the gate.

    Raises:
        TurnFailed: an agent could not bring its turn to an end.
        RevisionConflict: another writer was first.
    """
    claim.stage(evidence=with_letters(claim.context, phases.requirements.claim_types))
    await read_papers(claim, phases)
    for role in FIRST:
        await take_turn(claim, phases, role, step_id(NextStep.INTAKE, role))
    await take_turn(claim, phases, LAST, step_id(NextStep.INTAKE, LAST), TurnBook(claim, phases, awaited=1))
    claim.stage(evidence=with_some_type(claim.context))
    await pass_gate(claim, ClaimState.VALIDATION_COMPLETE, phases)
