"""What reading a document gives."""

from dataclasses import dataclass

MOST_CHARACTERS = 200_000
"""Of one document's text; the rest is not read."""


@dataclass(frozen=True)
class DocumentText:
    text: str = ""
    problem: str | None = None
    """Why there is no text, or not all of it, in words for an officer."""
