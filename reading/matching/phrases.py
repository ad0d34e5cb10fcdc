"""An expression that is tried only where it can begin."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from reading.matching.index import Index
from reading.matching.openings import keys
from reading.matching.passages import Passage, lowered

MOST_MATCHES = 40
"""How many matches of one expression are regarded."""

_CAPITAL = re.compile(r"(?<![\\?])[A-Z]\w*")
"""A capital that is neither an escape, `\\W`, nor a group's, `(?P<n>`."""


class Phrases:
    """An expression that finds in a `Passage` what it finds in any text, but faster.

    In a passage it is tried only at the words that its index names.
    """

    def __init__(
        self,
        pattern: re.Pattern[str],
        keys: frozenset[str] | None,
        *,
        index: Index | None = None,
        cased: bool = False,
    ) -> None:
        """
        Args:
            pattern: the expression; unless it is `cased`, it is in lower case, and so is what it finds.
            keys: the keys that lead to every place where a match can begin; None if that may be anywhere.
            index: the index of other phrases that are searched in the same texts.
            cased: whether it heeds the case of letters.

        Raises:
            ValueError: the expression holds a capital although it heeds no case, so it would find nothing.
        """
        if not cased and (capital := _CAPITAL.search(pattern.pattern)):
            raise ValueError(f"{capital.group()!r}: phrases are written in lower case")
        self.pattern = pattern
        self.cased = cased
        self._index = index or Index()
        self._number = None if keys is None else self._index.add(keys)

    def is_possible_in(self, passage: Passage) -> bool:
        """Whether the passage has a word with which a match can begin."""
        return self._number is None or self._number in passage.starts(self._index)

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in `text`."""
        if self._number is None or not isinstance(text, Passage):
            return self.pattern.search(self._read(text))
        starts = text.starts(self._index).get(self._number)
        if starts is None:
            return None
        read = text if self.cased else text.lowered
        tried = (self.pattern.match(read, start) for start in starts)
        return next(filter(None, tried), None)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The matches in `text`, none of which overlaps another. Of the text in lower case unless `cased`."""
        if self._number is None or not isinstance(text, Passage):
            return self.pattern.finditer(self._read(text))
        starts = text.starts(self._index).get(self._number)
        return self._matches(text if self.cased else text.lowered, starts) if starts else iter(())

    def _read(self, text: str) -> str:
        if self.cased:
            return text
        return text.lowered if isinstance(text, Passage) else lowered(text)

    def _matches(self, read: str, starts: Sequence[int]) -> Iterator[re.Match[str]]:
        end = 0
        for start in starts:
            if start >= end and (found := self.pattern.match(read, start)):
                end = found.end()
                yield found

    def sub(self, replacement: str, text: str) -> str:
        """`text` with `replacement`, as it stands, for every match; `text` itself without any."""
        kept: list[str] = []
        end = 0
        for found in self.finditer(text):
            kept.append(text[end : found.start()])
            end = found.end()
        return replacement.join([*kept, text[end:]]) if kept else text


def word_first(regex: str, *, index: Index | None = None, cased: bool = False) -> Phrases:
    """The expression `regex`, whose matches begin where a word begins."""
    return Phrases(re.compile(rf"\b(?:{regex})"), keys(regex), index=index, cased=cased)


def anywhere(regex: str) -> Phrases:
    """The expression `regex`, whose matches may begin anywhere and heed no case."""
    return Phrases(re.compile(regex), None)


def limited(
    pattern: re.Pattern[str] | Phrases, text: str, most: int = MOST_MATCHES
) -> Iterator[re.Match[str]]:
    """The first `most` matches, so that a hostile text costs a bounded time."""
    return islice(pattern.finditer(text), most)


type Weighted = Sequence[tuple[float, Phrases]]
"""Phrases with the weight of what they find."""


def heaviest(table: Weighted, text: str) -> float:
    """The greatest weight among the phrases that `text` holds; 0 without any."""
    return max((weight for weight, phrases in table if phrases.search(text)), default=0.0)
