"""Phase 1, sequential intake: one turn of each intake agent, in order."""

from orchestration.phases.context import PhaseContext
from orchestration.phases.corroboration import completed, with_claim_type
from orchestration.phases.gate import pass_gate
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
    for role in FIRST:
        await take_turn(claim, phases, role, step_id(NextStep.INTAKE, role))
    await take_turn(claim, phases, LAST, step_id(NextStep.INTAKE, LAST), TurnBook(claim, phases, awaited=1))
    is_offline = phases.settings.agent_model == "offline"
    facts = claim.context.facts if is_offline else completed(claim.context, phases.requirements)
    claim.stage(facts=with_claim_type(facts))
    await pass_gate(claim, ClaimState.VALIDATION_COMPLETE, phases)
