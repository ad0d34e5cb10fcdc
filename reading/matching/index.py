"""Finds many keys in one pass over a text, by the algorithm of Aho and Corasick."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, cast

import ahocorasick  # pyright: ignore[reportMissingTypeStubs]


class _Automaton(Protocol):
    def add_word(self, word: str, value: object, /) -> bool: ...
    def make_automaton(self) -> None: ...
    def iter(self, text: str, /) -> Iterator[tuple[int, tuple[int, list[int]]]]: ...


class _Folding(dict[int, str]):
    """A table for `str.translate` that is filled with each character when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        folded = "0" if letter.isdecimal() else letter if letter.isalnum() or letter == "_" else " "
        self[code] = folded
        return folded


_FOLDING = _Folding()


def folded(lowered: str) -> str:
    """The form in which an `Index` searches a text that is in lower case.

    Every digit is a 0 and whatever belongs to no word is a space. One more space stands before the first
    character and behind the last, so that each word has a space on either side.
    """
    return f" {lowered.translate(_FOLDING)} "


class Index:
    """Keys of several owners, each of which is a number.

    A key is folded text that begins with the space before a word. Keys are added before the first search.
    """

    def __init__(self) -> None:
        self._owners: dict[str, list[int]] = {}
        self._count = 0
        self._automaton: _Automaton | None = None

    def add(self, keys: Iterable[str]) -> int:
        """Add the keys of one more owner and return its number.

        Raises:
            RuntimeError: the index has been searched already.
        """
        if self._automaton is not None:
            raise RuntimeError("an index that has been searched takes no more keys")
        for key in keys:
            self._owners.setdefault(key, []).append(self._count)
        self._count += 1
        return self._count - 1

    def starts(self, text: str) -> Mapping[int, list[int]]:
        """Where the words stand with which keys were found: for each owner that has one, in ascending order.

        Args:
            text: what `folded` made of a text; the places are those in the text itself.
        """
        if self._automaton is None:
            self._automaton = self._built()
        found: defaultdict[int, list[int]] = defaultdict(list)
        for end, (length, owners) in self._automaton.iter(text):
            start = end - length
            for owner in owners:
                found[owner].append(start)
        return found

    def _built(self) -> _Automaton:
        automaton = cast("_Automaton", ahocorasick.Automaton())  # pyright: ignore[reportUnknownMemberType]
        for key, owners in self._owners.items():
            automaton.add_word(key, (len(key) - 1, owners))
        automaton.make_automaton()
        return automaton
