"""What one more committed turn within a phase costs: its requests to the account, agent by agent."""

from bench.counting import Count, counting_proxy
from bench.in_process import app_on, submit
from devhost import azurite
from orchestration.phases.context import PhaseContext
from orchestration.phases.intake import ROLES
from orchestration.phases.rounds import ALWAYS, MEDICAL, VENDOR
from orchestration.phases.turns import take_turn
from orchestration.phases.unit_of_work import ClaimUnitOfWork

AGENTS = tuple(dict.fromkeys([*ROLES, *ALWAYS, MEDICAL, VENDOR]))
MOST = 2
"""Requests that a turn may cost."""


async def requests_of_turns() -> dict[str, int]:
    """Requests of a turn of each agent, once it has read the claim's documents."""
    with azurite.running() as port:
        async with (
            counting_proxy(port) as (proxy, count),
            app_on(SessionStorage=azurite.connection_string(proxy)) as app,
        ):
            claim = await ClaimUnitOfWork.open(app.store, await submit(app))
            if claim is None:
                raise RuntimeError("the claim is gone")
            return {role: await _one_more_turn(claim, app.phases(), role, count) for role in AGENTS}


async def _one_more_turn(claim: ClaimUnitOfWork, phases: PhaseContext, role: str, count: Count) -> int:
    await take_turn(claim, phases, role, f"gathering.1.{role}")
    count.reset()
    before = claim.context.revision
    await take_turn(claim, phases, role, f"gathering.2.{role}")
    if claim.context.revision != before + 1:
        raise RuntimeError(f"the turn of {role} was not one commit")
    return count.requests.total()
