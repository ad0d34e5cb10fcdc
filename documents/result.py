"""The result of reading a document."""

from dataclasses import dataclass

MOST_CHARACTERS = 200_000
"""The most characters of one document's text; what follows is not read."""


@dataclass(frozen=True)
class DocumentText:
    """The text of a document. `problem` says, in words for an officer, why there is none or not all of it."""

    text: str = ""
    problem: str | None = None
    picture: tuple[int, int] | None = None
    """Width and height in pixels where it is a picture that can be decoded."""
