"""Phase 1, sequential intake: one turn of each intake agent, in order."""

from orchestration.claim import OpenClaim
from orchestration.phases.gate import pass_gate
from orchestration.turns import take_turn
from shared.models import ClaimState
from shared.settings import Settings

ROLES = ("intake_coordinator", "policy_specialist", "document_validator")


async def run_intake(claim: OpenClaim, settings: Settings) -> None:
    for role in ROLES:
        await take_turn(claim, role, f"intake.{role}")
    if claim.context.facts.claim_type is None:
        await claim.commit(facts=claim.context.facts.model_copy(update={"claim_type": "other"}))
    await pass_gate(claim, ClaimState.VALIDATION_COMPLETE, settings)
