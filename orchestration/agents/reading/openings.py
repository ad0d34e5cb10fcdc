"""With which letters a phrase can begin, and which words of a text begin with them.

Nearly every pattern of phrases finds nothing in nearly every sentence. Comparing the openings of both
tells so at once, and otherwise names the few words at which the pattern has to be tried.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain

LONGEST = 3
"""How many letters of a word are compared."""

_WORD = re.compile(r"\w+")
_MATCHED_BY_ASCII = str.maketrans("\u0130\u0131\u017f", "iis")
"""What `re.IGNORECASE` takes for ASCII letters, unlike `str.lower`."""
_CERTAIN_LETTERS = re.compile(r"(?:[A-Za-z](?![?*{]))+")
"""Letters of a regular expression that every match has."""
_NONE_WILL_DO = re.compile(r"(?:[?*]|\{0?,\d*\})\??")
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


class Passage(str):
    """A text that remembers how its words begin, for many patterns to be looked for in it."""

    @cached_property
    def words(self) -> dict[str, list[int]]:
        """Where words begin with these one to LONGEST letters, in lower case."""
        words: dict[str, list[int]] = {}
        for found in _WORD.finditer(self.translate(_MATCHED_BY_ASCII).lower()):
            word, start = found.group(), found.start()
            for length in range(1, min(LONGEST, len(word)) + 1):
                words.setdefault(word[:length], []).append(start)
        return words

    def starts(self, openings: frozenset[str]) -> list[int]:
        """Where words begin with one of `openings`, in ascending order."""
        if openings.isdisjoint(self.words):
            return []
        return sorted({start for opening in openings & self.words.keys() for start in self.words[opening]})


def openings(regex: str) -> frozenset[str] | None:
    """The letters, at most LONGEST and in lower case, with one of which every match of `regex` begins.

    None where its text does not tell: where it may begin with a class, an assertion or nothing.
    """
    found = frozenset(chain.from_iterable(map(_openings, _alternatives(regex))))
    return None if "" in found else found


def _openings(alternative: str) -> Iterator[str]:
    """As `openings`, with an empty one for whatever its text does not tell."""
    if alternative.startswith("(?:"):
        group, rest = _leading_group(alternative)
        yield from chain.from_iterable(map(_openings, _alternatives(group)))
        if missing := _NONE_WILL_DO.match(rest):
            yield from _openings(rest[missing.end() :])
    else:
        letters = _CERTAIN_LETTERS.match(alternative)
        yield letters.group()[:LONGEST].lower() if letters else ""


def _leading_group(alternative: str) -> tuple[str, str]:
    """What stands within the group that `alternative` begins with, and what follows it."""
    end = next(end for end, token, depth in _tokens(alternative) if token == ")" and depth == 0)
    return alternative[len("(?:") : end - 1], alternative[end:]


def _alternatives(regex: str) -> Iterator[str]:
    start = 0
    for end, token, depth in _tokens(regex):
        if token == "|" and depth == 0:
            yield regex[start : end - 1]
            start = end
    yield regex[start:]


def _tokens(regex: str) -> Iterator[tuple[int, str, int]]:
    """Each character, escape or class with its end, and in how many groups what follows it stands."""
    depth = 0
    for token in _TOKEN.finditer(regex):
        depth += {"(": 1, ")": -1}.get(token.group(), 0)
        yield token.end(), token.group(), depth
