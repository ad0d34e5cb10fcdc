"""Phase 2, adaptive gathering: the specialists that this claim needs, in rounds, side by side.

Where a round leaves something open, the coordinator reads the reports and may put questions to
specialists for another round.
"""

import asyncio

from orchestration.phases.context import PhaseContext
from orchestration.phases.gate import pass_gate
from orchestration.phases.learning import with_letters, with_some_type
from orchestration.phases.papers import read_papers
from orchestration.phases.rounds import COORDINATOR, ENDINGS, leaves_open, plan_round, step_of
from orchestration.phases.turns import TurnBook, take_turn
from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from orchestration.rules.routing import NextStep, step_id
from shared.models.claim import ClaimContext, GatheringRound
from shared.models.vocabulary import ClaimState


async def run_gathering(claim: ClaimUnitOfWork, phases: PhaseContext) -> None:
    """Hear the specialists in rounds until nobody is left to hear, then pass the gate.

    Raises:
        TurnFailed: an agent could not bring its turn to an end; the others' turns are on record.
        RevisionConflict: another writer was first.
    """
    claim.stage(evidence=with_letters(claim.context, phases.requirements.claim_types))
    await read_papers(claim, phases)
    current = _open_round(claim.context, phases) or _next_round(claim, phases)
    while current:
        await _run_round(claim, current, phases)
        current = _next_round(claim, phases)
        if current:
            await claim.flush()
    claim.stage(evidence=with_some_type(claim.context))
    ended = claim.context.gathering_ended
    ending = ENDINGS[ended] if ended else ""
    step = step_id(NextStep.GATHERING, "end", len(claim.context.rounds))
    notes = [note_to_file(step, ending)] if ending else []
    await pass_gate(claim, ClaimState.DATA_GATHERING_COMPLETE, phases, notes)


async def _run_round(claim: ClaimUnitOfWork, current: GatheringRound, phases: PhaseContext) -> None:
    roles = [role for role in current.roles if step_of(current, role) not in claim.context.turns]
    book = TurnBook(claim, phases, awaited=len(roles))
    turns = [
        take_turn(claim, phases, role, step_of(current, role), book, question=current.questions.get(role))
        for role in roles
    ]
    # One that fails does not take the others' work with it: they finish and are on record.
    for result in await asyncio.gather(*turns, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
    if _is_coordinated(claim.context, current, phases):
        await claim.flush()
        book = TurnBook(claim, phases, awaited=1)
        await take_turn(claim, phases, COORDINATOR, step_of(current, COORDINATOR), book)


def _is_coordinated(context: ClaimContext, current: GatheringRound, phases: PhaseContext) -> bool:
    """Specialists that work by rules have said all that they find: asked again, they say the same."""
    return phases.settings.agent_model != "offline" and leaves_open(context, current)


def _open_round(context: ClaimContext, phases: PhaseContext) -> GatheringRound | None:
    if not context.rounds:
        return None
    last = context.rounds[-1]
    roles = [*last.roles, *([COORDINATOR] if _is_coordinated(context, last, phases) else [])]
    return None if all(step_of(last, role) in context.turns for role in roles) else last


def _next_round(claim: ClaimUnitOfWork, phases: PhaseContext) -> GatheringRound | None:
    settings = phases.settings
    planned = plan_round(claim.context, phases.agents.roster, settings.max_rounds, settings.stall_threshold)
    if isinstance(planned, str):
        claim.stage(gathering_ended=planned)
        return None
    claim.stage(state=ClaimState.ADAPTIVE_GATHERING, rounds=[*claim.context.rounds, planned])
    return planned
