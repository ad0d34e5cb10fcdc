"""What one agent may see of one claim during one turn."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from documents.result import DocumentText
from shared.models.claim import ClaimContext, DocumentRecord, MissingDocument, TurnRecord


@dataclass(frozen=True)
class AgentContext:
    """One claim as one agent sees it. Made for one turn, so that no claim's state reaches another's."""

    claim: ClaimContext
    """The claim at the beginning of the turn; agents read it and never write it."""
    missing: list[MissingDocument]
    """The documents that the requirement rules find missing."""
    turns: Sequence[TurnRecord]
    """The turns on record, in the order in which a reader wants their reports."""
    read_text: Callable[[DocumentRecord], Awaitable[DocumentText]]
    """Reads the text of a document on file, or gives the reason why there is none."""
    question: str | None = None
    """What the coordinator wants to know in this round of gathering; None where it has not asked."""
