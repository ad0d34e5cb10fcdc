"""Working claims in this process, without an engine: for benchmarks, the evaluation and tests."""

from orchestration.durable.activities import advance
from orchestration.phases.context import PhaseContext
from orchestration.rules.routing import PHASES, NextStep
from shared.session_store import SessionStore


class NoEngine:
    """A `ClaimRunner` that runs nothing: whoever adds to a claim lets it go on by `work`."""

    async def start(self, claim_id: str) -> None:
        """Do nothing."""

    async def wake(self, claim_id: str) -> None:
        """Do nothing."""

    async def announce(self, claim_id: str) -> None:
        """Do nothing."""


async def work(store: SessionStore, phases: PhaseContext, claim_id: str) -> NextStep:
    """Let a claim go on as its workflow does, until it waits or ends; return which of the two."""
    position = NextStep((await advance(store, phases, claim_id))["position"])
    while position in PHASES:
        position = NextStep((await advance(store, phases, claim_id, position))["position"])
    return position
