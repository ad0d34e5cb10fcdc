"""Phase 2, adaptive gathering: the specialists that this claim needs, in rounds, side by side."""

import asyncio

from orchestration.agents.roster import roster
from orchestration.claim import OpenClaim
from orchestration.phases.gate import pass_gate
from orchestration.turns import TurnBook, take_turn
from shared.models import ClaimContext, ClaimState, GatheringRound
from shared.settings import Settings

ALWAYS: tuple[str, ...] = ("policy_specialist", "claims_history_analyst", "fraud_analyst")
READ_DOCUMENT = "read_document"
READER = "intake_coordinator"
"""Reads a claim into facts; of a claim that had its intake elsewhere nobody has done that yet."""


async def run_gathering(claim: OpenClaim, settings: Settings) -> None:
    while current := _open_round(claim.context) or _next_round(claim, settings):
        book = TurnBook(claim)
        turns = [take_turn(claim, role, f"gathering.{current.number}.{role}", book) for role in current.roles]
        # One that fails does not take the others' work with it: they finish and are on record.
        for result in await asyncio.gather(*turns, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result
    await pass_gate(claim, ClaimState.DATA_GATHERING_COMPLETE, settings)


def specialists_needed(context: ClaimContext) -> list[str]:
    """Who must look at the claim, given what is known of it now."""
    needed = [*([READER] if context.is_unread else []), *ALWAYS]
    if context.facts.injuries or context.facts.claim_type == "medical":
        needed.append("medical_specialist")
    if context.facts.vendors:
        needed.append("vendor_specialist")
    return needed


def plan_round(context: ClaimContext, max_rounds: int) -> GatheringRound | None:
    """The next round: specialists not heard yet, and those who read documents where new ones came.

    None where a round would bring nothing new, or the bound is reached.
    """
    if len(context.rounds) >= max_rounds:
        return None
    on_file = [f"{d.type}/{d.filename} {d.sha256 or d.reference}" for d in context.documents]
    seen = {document for earlier in context.rounds for document in earlier.documents}
    heard = {role for earlier in context.rounds for role in earlier.roles}
    news = set(on_file) - seen
    roles = [
        role
        for role in specialists_needed(context)
        if role not in heard or (news and READ_DOCUMENT in roster()[role].tools)
    ]
    if not roles:
        return None
    return GatheringRound(number=len(context.rounds) + 1, roles=roles, documents=on_file)


def _open_round(context: ClaimContext) -> GatheringRound | None:
    if not context.rounds:
        return None
    last = context.rounds[-1]
    done = all(f"gathering.{last.number}.{role}" in context.turns for role in last.roles)
    return None if done else last


def _next_round(claim: OpenClaim, settings: Settings) -> GatheringRound | None:
    planned = plan_round(claim.context, settings.max_rounds)
    if planned:
        claim.stage(state=ClaimState.ADAPTIVE_GATHERING, rounds=[*claim.context.rounds, planned])
    return planned
