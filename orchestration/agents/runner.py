"""The agents of the app, to whom phases give turns. Imports no agent framework before the first turn."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from orchestration.agents.agent_context import AgentContext
from orchestration.agents.prices import PriceTable
from orchestration.agents.reports import Reply
from orchestration.agents.roster import Roster
from orchestration.rules.reference import ReferenceData
from shared.settings import Settings


class AgentEngine(Protocol):
    """Whatever can run an agent's turn."""

    async def run(self, role: str, context: AgentContext) -> Reply:
        """As `Agents.run`."""
        ...


class Agents:
    """The agents of a roster, and the engine that runs them, which is loaded by the first turn.

    Args:
        roster: who there is.
        load_engine: makes the engine; it may take seconds.
    """

    def __init__(self, roster: Roster, load_engine: Callable[[], AgentEngine]) -> None:
        self.roster = roster
        self._load_engine = load_engine
        self._loader = ThreadPoolExecutor(1, thread_name_prefix="agent-engine")
        self._loading: Future[AgentEngine] | None = None

    async def run(self, role: str, context: AgentContext) -> Reply:
        """Let the agent of a role, by its name in the roster, take one turn.

        Raises:
            TurnFailed: the model could not be reached or refused, or its report was invalid twice. The
                message holds nothing of the claim.
            BudgetUsedUp: the claim has no tokens left for the next call.
        """
        engine = await self._loaded()
        return await engine.run(role, context)

    async def _loaded(self) -> AgentEngine:
        """The engine. Turns that begin side by side wait for one loading, and go on together behind it.

        Importing the framework must not keep the event loop waiting; a loading that failed is tried again.
        """
        if self._loading is None or (self._loading.done() and self._loading.exception()):
            self._loading = self._loader.submit(self._load_engine)
        if self._loading.done():
            return self._loading.result()
        return await asyncio.shield(asyncio.wrap_future(self._loading))


def agents_on_semantic_kernel(
    settings: Settings, roster: Roster, prices: PriceTable, reference: ReferenceData
) -> Agents:
    """The agents of `roster`, run by Semantic Kernel on the model that AGENT_MODEL names."""

    def load_engine() -> AgentEngine:
        from orchestration.agents.kernel import KernelEngine
        from orchestration.agents.model_services import ModelServices

        return KernelEngine(roster, reference, ModelServices(settings, prices))

    return Agents(roster, load_engine)
