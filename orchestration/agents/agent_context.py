"""What one agent may see of one claim during one turn."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from documents.result import DocumentText
from shared.models.claim import ClaimContext, DocumentRecord, MissingDocument, TurnRecord


@dataclass(frozen=True)
class AgentContext:
    """The claim on an agent's desk. Made for one turn, so that no claim's state reaches another's."""

    context: ClaimContext
    """A snapshot; agents read it and never write it."""
    missing: list[MissingDocument]
    """What the requirement rules find missing, as of this turn."""
    read_text: Callable[[DocumentRecord], Awaitable[DocumentText]]
    """The text of a document on file, or why there is none."""
    question: str | None = None
    """What the coordinator wants to know in this round, where it asked."""

    def turns(self) -> list[TurnRecord]:
        """The turns on record: phase after phase, round after round, and side by side in the roster's order.

        Which of those that ran side by side was done first says nothing.
        """
        from orchestration.agents.roster import roster  # it validates tools, whose module imports this one

        turns = self.context.turns
        groups = list(dict.fromkeys(_group(step) for step in turns))
        roles = list(roster())
        return [
            turns[step]
            for step in sorted(turns, key=lambda s: (groups.index(_group(s)), _place(roles, turns[s].role)))
        ]


def _group(step: str) -> str:
    """What runs in one phase or round: a step's id without the role."""
    return step.rpartition(".")[0]


def _place(roles: list[str], role: str) -> int:
    return roles.index(role) if role in roles else len(roles)
