"""What reading finds: a value, how surely, and the words of the text that say it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.models.facts import Facts
from shared.models.papers import LetterSigns


@dataclass(frozen=True, slots=True)
class Found:
    """A value that a text states."""

    value: Any
    """Of the type of its fact."""
    confidence: float
    """How surely the text says it, 0 to 1; from `shared.models.facts.SURE` on, 99 of 100 are right."""
    quote: str = ""
    """The words that say it, verbatim as they stand in the text."""
    start: int | None = None
    """Where the quote begins in the text, in characters; None where it has no place."""
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A value as a module of this package finds it, in the prepared text."""

    value: Any
    confidence: float
    words: str
    """The sentence, field or passage of the prepared text that says it."""


type FoundFacts = Mapping[str, tuple[Found, ...]]
"""What was found, by the name of the fact; the first of several is the likeliest."""


@dataclass(frozen=True)
class LetterReading:
    """All that was read in a letter."""

    found: FoundFacts = field(default_factory=dict[str, tuple[Found, ...]])
    signs: LetterSigns = field(default_factory=LetterSigns)

    @property
    def facts(self) -> Facts:
        """The likeliest value of each fact."""
        return Facts.model_construct(**{name: found[0].value for name, found in self.found.items() if found})
