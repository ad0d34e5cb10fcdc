"""With which letters a phrase can begin, and which words of a text begin with them.

Nearly every pattern of phrases finds nothing in nearly every sentence. Comparing the openings of both
tells so at once, and otherwise names the few words at which the pattern has to be tried.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from string import digits

from reading.casing import lowered

LONGEST = 4
"""How many letters of a word its opening has; a shorter word is its own opening."""
DIGIT = "0"
"""The opening of all words that begin with a digit."""

_OPENING = re.compile(rf"\b(?:\d|\w{{1,{LONGEST}}})")

_TOKEN = re.compile(
    r"(?P<atom>\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:<?[=!]|[a-z-]*:|P<\w+>))?|.)"
    r"(?P<often>[?*+]|\{[\d,]+\})?\??",
    re.DOTALL,
)
_ASSERTIONS = frozenset({"(?=", "(?!", "(?<=", "(?<!"})
_MEMBER = re.compile(r"(?P<low>\w)-(?P<high>\w)|\\?.")
_MOST_MEMBERS = 12
"""Of a class of characters; one with more may be anything."""
_ENDS_A_WORD = re.compile(r"\\[sWb]|\\?[^\w\\\[.]|\\\.")
_END, _ANYTHING = " ", "*"
"""In an opening that is being put together: the word ends here; from here on all is possible."""


class Passage(str):
    """A text that remembers how its words begin, for many patterns to be looked for in it."""

    @cached_property
    def lowered(self) -> str:
        """In lower case, every character where it was."""
        return lowered(self)

    @cached_property
    def openings(self) -> dict[str, list[int]]:
        """Where words stand, by their openings in lower case."""
        openings: dict[str, list[int]] = {}
        for found in _OPENING.finditer(self.lowered):
            letters = found[0]
            opening = DIGIT if letters.isdecimal() else letters
            openings.setdefault(opening, []).append(found.start())
        return openings

    def starts(self, openings: frozenset[str]) -> list[int]:
        """Where words with one of the `openings` stand, in ascending order."""
        known = openings & self._known
        if len(known) < 2:
            return self.openings[next(iter(known))] if known else []
        return sorted(start for opening in known for start in self.openings[opening])

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.openings)


def as_passage(text: str) -> Passage:
    """`text`, with what it remembers if it is a passage."""
    return text if isinstance(text, Passage) else Passage(text)


def openings(regex: str) -> frozenset[str] | None:
    """The openings of the words with which a match of `regex` can begin, if it begins with a word.

    Rather too many than too few; None if any word will do, or none is needed.
    """
    begun, _ = _continued(frozenset({""}), _TOKEN.finditer(regex))
    found = frozenset((one + _ANYTHING)[:LONGEST].partition(_END)[0] for one in begun)
    return None if any(not one or _ANYTHING in one for one in found) else found


def _continued(before: frozenset[str], tokens: Iterator[re.Match[str]]) -> tuple[frozenset[str], str]:
    """What the openings `before` a group may be after it, and how often the group stands there."""
    complete: set[str] = set()
    begun = before
    for token in tokens:
        atom, often = token["atom"], token["often"] or ""
        if atom == ")":
            return begun | complete, often
        if atom == "|":
            complete |= begun
            begun = before
            continue
        if atom.startswith("("):
            longer, often = _continued(begun, tokens)
            if atom in _ASSERTIONS:
                continue
        else:
            members = _members(atom)
            longer = frozenset(one + letter for one in begun for letter in _letters(members, first=not one))
        if often not in {"", "?"}:
            longer = frozenset(one + _ANYTHING for one in longer)
        if often[:1] in {"?", "*"} or often.startswith(("{0", "{,")):
            longer |= begun
        complete |= {one for one in longer if _is_complete(one)}
        begun = frozenset(one for one in longer if not _is_complete(one))
    return begun | complete, ""


def _members(atom: str) -> list[str]:
    """The atoms of which `atom`, one of a regular expression's, stands for any; none if they are many."""
    if not atom.startswith("["):
        return [atom]
    if atom.startswith("[^"):
        return []
    members: list[str] = []
    for found in _MEMBER.finditer(atom[1:-1]):
        low, high = found["low"], found["high"]
        members += map(chr, range(ord(low), ord(high) + 1)) if low else [found[0]]
    # In a class a dot is a dot.
    return [r"\." if one == "." else one for one in members] if len(members) <= _MOST_MEMBERS else []


def _letters(members: list[str], *, first: bool) -> Iterator[str]:
    """What one of the `members` may add to an opening."""
    if not members:
        yield _ANYTHING
    for member in members:
        if first and (member == r"\d" or member.isdecimal()):
            yield DIGIT + _END
        elif member == r"\d":
            yield from digits
        elif member.isalnum() or member == "_":
            yield member.lower()
        else:
            yield _END if _ENDS_A_WORD.fullmatch(member) else _ANYTHING


def _is_complete(opening: str) -> bool:
    return len(opening) >= LONGEST or _END in opening or _ANYTHING in opening
