"""Phase 2, adaptive gathering: the specialists that this claim needs, in rounds, side by side.

Where a round leaves something open, the coordinator reads the reports and may put questions to
specialists for another round.
"""

import asyncio

from orchestration.phases.gate import pass_gate
from orchestration.phases.rounds import COORDINATOR, ENDINGS, leaves_open, plan_round, step_of
from orchestration.phases.turns import TurnBook, take_turn
from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from orchestration.rules.routing import NextStep, step_id
from shared.models.claim import ClaimContext, GatheringRound
from shared.models.vocabulary import ClaimState
from shared.settings import Settings


async def run_gathering(claim: ClaimUnitOfWork, settings: Settings) -> None:
    """Hear the specialists in rounds until nobody is left to hear, then pass the gate.

    Raises:
        TurnFailed: an agent could not bring its turn to an end; the others' turns are on record.
        RevisionConflict: another writer was first.
    """
    current = _open_round(claim.context, settings) or _next_round(claim, settings)
    while current:
        await _run_round(claim, current, settings)
        current = _next_round(claim, settings)
        if current:
            await claim.flush()
    ended = claim.context.gathering_ended
    ending = ENDINGS[ended] if ended else ""
    step = step_id(NextStep.GATHERING, "end", len(claim.context.rounds))
    notes = [note_to_file(step, ending)] if ending else []
    await pass_gate(claim, ClaimState.DATA_GATHERING_COMPLETE, settings, notes)


async def _run_round(claim: ClaimUnitOfWork, current: GatheringRound, settings: Settings) -> None:
    roles = [role for role in current.roles if step_of(current, role) not in claim.context.turns]
    book = TurnBook(claim, awaited=len(roles))
    turns = [
        take_turn(claim, role, step_of(current, role), book, question=current.questions.get(role))
        for role in roles
    ]
    # One that fails does not take the others' work with it: they finish and are on record.
    for result in await asyncio.gather(*turns, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
    if _is_coordinated(claim.context, current, settings):
        await claim.flush()
        await take_turn(claim, COORDINATOR, step_of(current, COORDINATOR), TurnBook(claim, awaited=1))


def _is_coordinated(context: ClaimContext, current: GatheringRound, settings: Settings) -> bool:
    """Specialists that work by rules have said all that they find: asked again, they say the same."""
    return settings.agent_model != "offline" and leaves_open(context, current)


def _open_round(context: ClaimContext, settings: Settings) -> GatheringRound | None:
    if not context.rounds:
        return None
    last = context.rounds[-1]
    roles = [*last.roles, *([COORDINATOR] if _is_coordinated(context, last, settings) else [])]
    return None if all(step_of(last, role) in context.turns for role in roles) else last


def _next_round(claim: ClaimUnitOfWork, settings: Settings) -> GatheringRound | None:
    planned = plan_round(claim.context, settings.max_rounds, settings.stall_threshold)
    if isinstance(planned, str):
        claim.stage(gathering_ended=planned)
        return None
    claim.stage(state=ClaimState.ADAPTIVE_GATHERING, rounds=[*claim.context.rounds, planned])
    return planned
