"""What type a document is, by the vocabulary of each type: words in its name, phrases and shapes in its text.

The vocabularies are the claims team's (reading/document_vocabulary.yaml); how they are weighed is here.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from documents.text import TEXT_SAMPLE
from reading.papers.shapes import Shape, is_picture, shapes_of
from shared.document_types import OTHER

SURE = 0.9
"""The confidence from which on a name says enough, and the text need not be read."""

_NAME_WEIGHT, _LAST_WORD, _HINT_WEIGHT = 3.0, 1.0, 1.5
_ONE_WORD, _SEVERAL_WORDS, _HEADING_WEIGHT, _SHAPE_WEIGHT = 1.0, 1.5, 1.5, 2.0
_MOST_BY_TEXT = 6.0
_PLENTY = 3.0
"""The weight of evidence from which on only what speaks for another type makes a type less likely."""
_LEAST_CONFIDENCE, _ONE_NAME = 0.5, 0.85
"""Below the first a document is `other`; the second is the most that one word in a name says by itself."""
_HEADINGS, _HEADING_WORDS, _HEAD = 3, 10, 1000
"""How many headings a text begins with at most, how many words one has, and within how many characters."""

_MOST_PLACES = 500
"""At how many places of its first word a phrase is looked for."""

_SMALL_THEN_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_POSSESSIVE = re.compile(r"['\u2019]s\b")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_BREAK = re.compile(r"\n|[.!?]\s")

type Phrase = tuple[str, ...]
"""The words of a phrase as they are compared: without case, accents and plural."""


@dataclass(frozen=True)
class DocumentPattern:
    """How documents of a type are recognised."""

    file_names: tuple[str, ...]
    """Words in the file's name that say what it is."""
    phrases: tuple[str, ...] = ()
    """Words in the text."""
    name_hints: tuple[str, ...] = ()
    """Words in the name that tell where it comes from rather than what it is."""
    picture_names: tuple[str, ...] = ()
    """Hints where the file is a picture."""
    shapes: tuple[Shape, ...] = ()

    @cached_property
    def named(self) -> tuple[Phrase, ...]:
        return _phrases(self.file_names)

    @cached_property
    def hinted(self) -> tuple[Phrase, ...]:
        return _phrases(self.name_hints)

    @cached_property
    def hinted_as_picture(self) -> tuple[Phrase, ...]:
        return _phrases(self.name_hints + self.picture_names)

    @cached_property
    def told(self) -> tuple[Phrase, ...]:
        return _phrases(self.phrases)


class Classification(NamedTuple):
    type: str
    confidence: float
    """0 to 1; below one half the type is `other`."""


@dataclass(frozen=True)
class _Found:
    """A phrase in a text, by the numbers of its words."""

    phrase: Phrase
    start: int
    end: int


class _Words:
    """The words of a text, and where each of them stands."""

    def __init__(self, text: str) -> None:
        self.words = _compared(text)
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(self.words):
            self._places[word].append(place)

    def find(self, phrases: Iterable[Phrase]) -> list[_Found]:
        """The first place of each of the phrases; of those that overlap only the longest."""
        taken: set[int] = set()
        found: list[_Found] = []
        for phrase in phrases:
            for start in self._places.get(phrase[0], ())[:_MOST_PLACES]:
                end = start + len(phrase)
                if tuple(self.words[start:end]) == phrase and taken.isdisjoint(range(start, end)):
                    taken.update(range(start, end))
                    found.append(_Found(phrase, start, end))
                    break
        return found


def classify(filename: str, text: str, patterns: Mapping[str, DocumentPattern]) -> Classification:
    """The type of a document, from its name and its text; `other` where nothing or too little speaks for one.

    A word in the name counts three times a word in the text, and the last one of the name more than the
    others: a hospital bill is a bill. So do, by half, such words in the headings that the text begins with.
    """
    by_name = _by_name(filename, patterns)
    by_text = _by_text(filename, text[:TEXT_SAMPLE], patterns)
    weights = {name: by_name[name] + by_text[name] for name in patterns}
    best, second = (*sorted(weights, key=lambda name: -weights[name]), "", "")[:2]
    most, next_most = weights.get(best, 0.0), weights.get(second, 0.0)
    if not most:
        return Classification(OTHER, 0.0)
    at_most = 1.0 if by_text[best] or most > _NAME_WEIGHT + _LAST_WORD else _ONE_NAME
    confidence = round(min(at_most, most / (most + next_most) * min(1.0, most / _PLENTY)), 2)
    return Classification(best if confidence >= _LEAST_CONFIDENCE else OTHER, confidence)


def _by_name(filename: str, patterns: Mapping[str, DocumentPattern]) -> dict[str, float]:
    words = _Words(_SMALL_THEN_CAPITAL.sub(" ", filename))
    named = {name: words.find(pattern.named) for name, pattern in patterns.items()}
    last = max((hit.end for hits in named.values() for hit in hits), default=0)
    return {
        name: _NAME_WEIGHT * sum(len(hit.phrase) for hit in named[name])
        + (_LAST_WORD if any(hit.end == last for hit in named[name]) else 0)
        + _HINT_WEIGHT * len(words.find(_hints(filename, pattern)))
        for name, pattern in patterns.items()
    }


def _hints(filename: str, pattern: DocumentPattern) -> tuple[Phrase, ...]:
    return pattern.hinted_as_picture if is_picture(filename) else pattern.hinted


def _by_text(filename: str, text: str, patterns: Mapping[str, DocumentPattern]) -> dict[str, float]:
    words, headings = _Words(text), _Words(_headings(text))
    shapes = shapes_of(filename, text)
    weights = {
        name: _SHAPE_WEIGHT * len(shapes.intersection(pattern.shapes))
        + _HEADING_WEIGHT * len(headings.find(pattern.named))
        + sum(_SEVERAL_WORDS if len(hit.phrase) > 1 else _ONE_WORD for hit in words.find(pattern.told))
        for name, pattern in patterns.items()
    }
    scale = min(1.0, _MOST_BY_TEXT / max((_MOST_BY_TEXT, *weights.values())))
    return {name: weight * scale for name, weight in weights.items()}


def _headings(text: str) -> str:
    """The short lines or sentences that a text begins with."""
    first = _BREAK.split(text[:_HEAD].strip(), maxsplit=_HEADINGS)[:_HEADINGS]
    return "\n".join(takewhile(lambda part: len(_WORD.findall(part)) <= _HEADING_WORDS, first))


def _phrases(spelled: Iterable[str]) -> tuple[Phrase, ...]:
    """The phrases, the longest first."""
    return tuple(
        sorted({tuple(_compared(phrase)) for phrase in spelled}, key=lambda phrase: (-len(phrase), phrase))
    )


def _compared(text: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", text.casefold()))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return [_singular(word) for word in _WORD.findall(plain)]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
