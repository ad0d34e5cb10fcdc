"""Phase 1, sequential intake: one turn of each intake agent, in order."""

from orchestration.phases.corroboration import completed
from orchestration.phases.gate import pass_gate
from orchestration.phases.turns import TurnBook, take_turn
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from shared.models.claim import ClaimState
from shared.settings import Settings

*FIRST, LAST = ROLES = ("intake_coordinator", "policy_specialist", "document_validator")


async def run_intake(claim: ClaimUnitOfWork, settings: Settings) -> None:
    for role in FIRST:
        await take_turn(claim, role, f"intake.{role}")
    await take_turn(claim, LAST, f"intake.{LAST}", TurnBook(claim, awaited=1))
    facts = claim.context.facts if settings.agent_model == "offline" else completed(claim.context)
    claim.stage(facts=facts.model_copy(update={"claim_type": facts.claim_type or "other"}))
    await pass_gate(claim, ClaimState.VALIDATION_COMPLETE, settings)
