"""Phase 1, sequential intake: one turn of each intake agent, in order."""

from orchestration.phases.corroboration import completed, with_claim_type
from orchestration.phases.gate import pass_gate
from orchestration.phases.turns import TurnBook, take_turn
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from orchestration.rules.routing import NextStep, step_id
from shared.models.vocabulary import ClaimState
from shared.settings import Settings

*FIRST, LAST = ROLES = ("intake_coordinator", "policy_specialist", "document_validator")


async def run_intake(claim: ClaimUnitOfWork, settings: Settings) -> None:
    """Have the claim read into facts and checked, then pass the gate.

    Raises:
        TurnFailed: an agent could not bring its turn to an end.
        RevisionConflict: another writer was first.
    """
    for role in FIRST:
        await take_turn(claim, role, step_id(NextStep.INTAKE, role))
    await take_turn(claim, LAST, step_id(NextStep.INTAKE, LAST), TurnBook(claim, awaited=1))
    facts = claim.context.facts if settings.agent_model == "offline" else completed(claim.context)
    claim.stage(facts=with_claim_type(facts))
    await pass_gate(claim, ClaimState.VALIDATION_COMPLETE, settings)
