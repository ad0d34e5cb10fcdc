"""What one agent may see of one claim during one turn."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from shared.models import ClaimContext, DocumentRecord, MissingDocument


@dataclass(frozen=True)
class Desk:
    """The claim on an agent's desk. Made for one turn, so that no claim's state reaches another's."""

    context: ClaimContext
    """A snapshot; agents read it and never write it."""
    missing: list[MissingDocument]
    """What the requirement rules find missing, as of this turn."""
    read_text: Callable[[DocumentRecord], Awaitable[str]]
    """The text of a document on file; empty where it holds none."""
    question: str | None = None
    """What the coordinator wants to know in this round, where it asked."""

    def reports(self) -> dict[str, dict[str, Any]]:
        """The reports on record so far, by step id, in the order in which they were handed in."""
        return {step: turn.report for step, turn in self.context.turns.items()}
