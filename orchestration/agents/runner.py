"""The agents of the app, to whom phases give turns. Imports no agent framework before the first turn."""

import asyncio
from collections.abc import Callable
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
        self._engine: AgentEngine | None = None

    async def run(self, role: str, context: AgentContext) -> Reply:
        """Let the agent of a role, by its name in the roster, take one turn.

        Raises:
            TurnFailed: the model could not be reached or refused, or its report was invalid twice. The
                message holds nothing of the claim.
            BudgetUsedUp: the claim has no tokens left for the next call.
        """
        if self._engine is None:
            # Importing the framework must not keep the event loop waiting.
            loaded = await asyncio.to_thread(self._load_engine)
            self._engine = self._engine or loaded
        return await self._engine.run(role, context)


def agents_on_semantic_kernel(
    settings: Settings, roster: Roster, prices: PriceTable, reference: ReferenceData
) -> Agents:
    """The agents of `roster`, run by Semantic Kernel on the model that AGENT_MODEL names."""

    def load_engine() -> AgentEngine:
        from orchestration.agents.kernel import KernelEngine
        from orchestration.agents.model_services import ModelServices

        return KernelEngine(roster, reference, ModelServices(settings, prices))

    return Agents(roster, load_engine)
