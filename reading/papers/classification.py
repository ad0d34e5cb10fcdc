"""What type a document is, by the vocabulary of each type: words in its name, phrases and shapes in its text.

The vocabularies are the claims team's (reading/words/document_types.yaml); how they are weighed is here.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from documents.text import TEXT_SAMPLE
from reading.matching.index import Index
from reading.papers.shapes import is_picture, shapes_of
from reading.papers.vocabulary import Vocabulary
from shared.document_types import OTHER

SURE = 0.9
"""The confidence from which on a name is enough, and the text need not be read."""

_NAME_WEIGHT, _LAST_WORD, _HINT_WEIGHT = 3.0, 1.0, 1.5
_ONE_WORD, _SEVERAL_WORDS, _HEADING_WEIGHT, _SHAPE_WEIGHT = 1.0, 1.5, 1.5, 2.0
_MOST_BY_TEXT = 6.0
_PLENTY = 3.0
"""The weight of evidence from which on only what speaks for another type makes a type less likely."""
_LEAST_CONFIDENCE, _ONE_NAME = 0.5, 0.85
"""Below the first a document is `other`; more than the second one word in a name cannot give."""
_HEADINGS, _HEADING_WORDS, _HEAD = 3, 10, 1000
"""How many headings a text begins with at most, how many words one has, and within how many characters."""

_MOST_PLACES = 500
"""How many of the places of a phrase in a text are regarded."""

_SMALL_THEN_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_POSSESSIVE = re.compile(r"['\u2019]s\b")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_BREAK = re.compile(r"\n|[.!?]\s")


class Classification(NamedTuple):
    """The type of a document, and how surely it is that."""

    type: str
    confidence: float
    """0 to 1; below one half the type is `other`."""


class _Found(NamedTuple):
    """A phrase in a text: the number of its words, and where it stands in the compared text."""

    words: int
    start: int
    end: int


class _Lexicon:
    """The phrases of each type, all of which are found in one pass over a text."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        self._index = Index()
        self._rows: list[tuple[str, str]] = []
        for name, written in phrases.items():
            compared = {_compared(phrase) for phrase in written}
            for phrase in sorted(compared, key=lambda phrase: (-phrase.count(" "), phrase.split(" "))):
                self._index.add([phrase])
                self._rows.append((name, phrase))

    def find(self, compared: str) -> Mapping[str, list[_Found]]:
        """For each type, the first place of each of its phrases; of those that overlap only the longest."""
        found: defaultdict[str, list[_Found]] = defaultdict(list)
        for number, starts in sorted(self._index.starts(compared).items()):
            name, phrase = self._rows[number]
            others = found[name]
            length = len(phrase) - 1
            free = (
                start
                for start in starts[:_MOST_PLACES]
                if all(start + length <= other.start or other.end <= start for other in others)
            )
            if (start := next(free, None)) is not None:
                others.append(_Found(phrase.count(" ") - 1, start, start + length))
        return found


class Classifier:
    """Finds the type of a document, among the types of which it has a vocabulary."""

    def __init__(self, vocabularies: Mapping[str, Vocabulary]) -> None:
        self.types = frozenset(vocabularies)
        self._vocabularies = vocabularies

    def classify(self, filename: str, text: str) -> Classification:
        """The type of a document, from its name and its text; `other` where too little speaks for one.

        A word in the name counts three times a word in the text, and the last one of the name more than
        the others: a hospital bill is a bill. So do, by half, such words in the headings of the text.
        """
        by_name = self._by_name(filename)
        by_text = self._by_text(filename, text[:TEXT_SAMPLE])
        weights = {name: by_name[name] + by_text[name] for name in self._vocabularies}
        best, second = (*sorted(weights, key=lambda name: -weights[name]), "", "")[:2]
        most, next_most = weights.get(best, 0.0), weights.get(second, 0.0)
        if not most:
            return Classification(OTHER, 0.0)
        at_most = 1.0 if by_text[best] or most > _NAME_WEIGHT + _LAST_WORD else _ONE_NAME
        confidence = round(min(at_most, most / (most + next_most) * min(1.0, most / _PLENTY)), 2)
        return Classification(best if confidence >= _LEAST_CONFIDENCE else OTHER, confidence)

    def weights(self, text: str) -> Mapping[str, float]:
        """How much in a text speaks for each type; its name is not regarded."""
        return self._by_text("", text[:TEXT_SAMPLE])

    @cached_property
    def _names(self) -> _Lexicon:
        return self._lexicon(lambda vocabulary: vocabulary.file_names)

    @cached_property
    def _hints(self) -> _Lexicon:
        return self._lexicon(lambda vocabulary: vocabulary.name_hints)

    @cached_property
    def _picture_hints(self) -> _Lexicon:
        return self._lexicon(lambda vocabulary: vocabulary.name_hints + vocabulary.picture_names)

    @cached_property
    def _phrases(self) -> _Lexicon:
        return self._lexicon(lambda vocabulary: vocabulary.phrases)

    def _lexicon(self, phrases: Callable[[Vocabulary], Sequence[str]]) -> _Lexicon:
        return _Lexicon({name: phrases(vocabulary) for name, vocabulary in self._vocabularies.items()})

    def _by_name(self, filename: str) -> dict[str, float]:
        words = _compared(_SMALL_THEN_CAPITAL.sub(" ", filename))
        named = self._names.find(words)
        hinted = (self._picture_hints if is_picture(filename) else self._hints).find(words)
        last = max((hit.end for hits in named.values() for hit in hits), default=0)
        return {
            name: _NAME_WEIGHT * sum(hit.words for hit in named.get(name, ()))
            + (_LAST_WORD if any(hit.end == last for hit in named.get(name, ())) else 0)
            + _HINT_WEIGHT * len(hinted.get(name, ()))
            for name in self._vocabularies
        }

    def _by_text(self, filename: str, text: str) -> dict[str, float]:
        phrases = self._phrases.find(_compared(text))
        headings = self._names.find(_compared(_headings(text)))
        shapes = shapes_of(filename, text)
        weights = {
            name: _SHAPE_WEIGHT * len(shapes & vocabulary.shapes)
            + _HEADING_WEIGHT * len(headings.get(name, ()))
            + sum(_SEVERAL_WORDS if hit.words > 1 else _ONE_WORD for hit in phrases.get(name, ()))
            for name, vocabulary in self._vocabularies.items()
        }
        scale = min(1.0, _MOST_BY_TEXT / max((_MOST_BY_TEXT, *weights.values())))
        return {name: weight * scale for name, weight in weights.items()}


def _headings(text: str) -> str:
    """The short lines or sentences that a text begins with."""
    first = _BREAK.split(text[:_HEAD].strip(), maxsplit=_HEADINGS)[:_HEADINGS]
    return "\n".join(takewhile(lambda part: len(_WORD.findall(part)) <= _HEADING_WORDS, first))


def _compared(text: str) -> str:
    """The words of `text`, without case, accents and plural, with a space around each."""
    letters = _POSSESSIVE.sub("", text.casefold())
    if not letters.isascii():
        parts = unicodedata.normalize("NFKD", letters)
        letters = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return f" {' '.join(map(_singular, _WORD.findall(letters)))} "


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
