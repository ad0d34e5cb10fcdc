"""Phase 1, sequential intake: one turn of each intake agent, in order."""

from orchestration.claim import OpenClaim
from orchestration.confirmation import at_least, claim_type
from orchestration.phases.gate import pass_gate
from orchestration.turns import learn, take_turn
from shared.models import ClaimState
from shared.settings import Settings

ROLES = ("intake_coordinator", "policy_specialist", "document_validator")


async def run_intake(claim: OpenClaim, settings: Settings) -> None:
    is_read_by_a_model = settings.agent_model != "offline"
    if is_read_by_a_model:
        claim.stage(facts=learn(claim.context.facts, at_least(claim.context)))
    for role in ROLES:
        await take_turn(claim, role, f"intake.{role}")
    facts = claim.context.facts
    kind = claim_type(claim.context) if is_read_by_a_model else facts.claim_type or "other"
    if kind != facts.claim_type:
        await claim.commit(facts=facts.model_copy(update={"claim_type": kind}))
    await pass_gate(claim, ClaimState.VALIDATION_COMPLETE, settings)
