"""Finds the words of a prepared text in the text as it was written."""

import re
import unicodedata
from bisect import bisect_left
from functools import cached_property
from itertools import accumulate, chain
from typing import NamedTuple

from reading.text.narrative import HEAD, TAIL
from shared.models.facts import QUOTE_CHARACTERS

_UNSEEN = "\u200b\u200e\u2060\ufeff\u00ad"
"""What may stand within a word and is not seen."""
_TOKEN = re.compile(
    rf"</?[a-zA-Z][^<>@:]{{0,200}}>|&(?:#\d{{1,7}}|#x[0-9a-fA-F]{{1,6}}|[a-zA-Z]{{2,8}});"
    rf"|(?P<word>(?:[^\W_]|[{_UNSEEN}\u0300-\u036f])+)"
)
"""A word, or mark-up that only looks like words."""
_WITHOUT_UNSEEN = dict.fromkeys(map(ord, _UNSEEN))
_SIGNS_BEFORE = "$€£¥₹+"
"""What belongs to the number behind it."""
_MOST_WORDS = 80
_FEWEST_WORDS = 2
"""The shortest run of words that places the passage around it."""


class Quote(NamedTuple):
    """A passage of a text, verbatim: `text[start:end]`."""

    words: str
    start: int
    end: int


class _Words(NamedTuple):
    keys: str
    """The words, folded, each between two spaces."""
    places: list[tuple[int, int]]
    offsets: list[int]
    """Where the space before each word stands in `keys`."""


class Original:
    """A text as it was written, in which passages of its prepared form are found.

    What preparation changes is no hindrance: line ends, mark-up, casing, and single words that were mended.
    As preparation does, it regards the beginning and the end of an overlong text.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def quote(self, passage: str) -> Quote | None:
        """The first place of `passage`, at most QUOTE_CHARACTERS of it; None where it has none."""
        keys = [key for key, _ in _tokens(passage[: 4 * QUOTE_CHARACTERS])][:_MOST_WORDS]
        if not keys:
            return None
        first = self._first_word(keys)
        if first is None:
            return None
        places = self._words.places[max(0, first) : first + len(keys)]
        return self._cut(places) if places else None

    @cached_property
    def _words(self) -> _Words:
        return _indexed(self._text)

    def _first_word(self, keys: list[str]) -> int | None:
        """The number of the word with which `keys` begin, placed by their longest run that is found."""
        length = len(keys)
        fewest = min(_FEWEST_WORDS, length)
        while length >= fewest:
            step = max(1, length // 2)
            for begin in range(0, len(keys) - length + 1, step):
                found = self._words.keys.find(f" {' '.join(keys[begin : begin + length])} ")
                if found >= 0:
                    return bisect_left(self._words.offsets, found) - begin
            length = length // 2 if length > fewest else 0
            length = max(length, fewest) if length else 0
        return None

    def _cut(self, places: list[tuple[int, int]]) -> Quote:
        start = places[0][0]
        if start and self._text[start - 1] in _SIGNS_BEFORE:
            start -= 1
        ends = [end for _, end in places if end - start <= QUOTE_CHARACTERS]
        end = ends[-1] if ends else start + QUOTE_CHARACTERS
        return Quote(self._text[start:end], start, end)


def _indexed(text: str) -> _Words:
    tail = max(HEAD, len(text) - TAIL) if len(text) > HEAD + TAIL else len(text)
    head = HEAD if tail < len(text) else len(text)
    found = list(chain(_tokens(text, 0, head), _tokens(text, tail, len(text))))
    keys = [key for key, _ in found]
    offsets = list(accumulate((len(key) + 1 for key in keys), initial=0))
    return _Words(f" {' '.join(keys)} ", [place for _, place in found], offsets[: len(keys)])


def _tokens(text: str, start: int = 0, end: int | None = None) -> list[tuple[str, tuple[int, int]]]:
    """The words of a part of `text`, folded, with their places."""
    found = _TOKEN.finditer(text, start, len(text) if end is None else end)
    words = ((_folded(word["word"]), word.span()) for word in found if word["word"])
    return [(key, place) for key, place in words if key]


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFC", word.translate(_WITHOUT_UNSEEN)).casefold()
