"""With which letters a match of an expression can begin."""

import re
from collections.abc import Iterable, Iterator, Mapping

LONGEST = 6
"""The most letters of a word that are regarded."""

_TOKEN = re.compile(
    r"(?P<atom>[a-z]+(?=[a-z][?*+{]|[^a-z?*+{]|\Z)|\{[a-z_]+\}|\\."
    r"|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:<?[=!]|[a-z-]*:|P<\w+>))?|.)"
    r"(?P<often>[?*+]|\{[\d,]+\})?\??",
    re.DOTALL,
)
_ASSERTIONS = frozenset({"(?=", "(?!", "(?<=", "(?<!"})
_MEMBER = re.compile(r"(?P<low>\w)-(?P<high>\w)|\\?.")
_MOST_MEMBERS = 12
"""How many characters a class may have; one with more may stand for anything."""
_ENDS_A_WORD = re.compile(r"\\[sWb]|\\?[^\w\\\[.]|\\\.")
_DIGIT = "0"
_END, _ANYTHING = " ", "*"
"""The last sign of an opening behind which the word ends, or anything may stand."""

type Openings = frozenset[str]
"""Letters as `index.folded` has them; behind the last stands `_END`, `_ANYTHING` or nothing."""


def keys(regex: str, lists: Mapping[str, Openings] | None = None) -> frozenset[str] | None:
    """The keys of an `Index` that find every word with which a match of `regex` can begin.

    Rather too many than too few; None if any word will do, or none is needed.

    Args:
        regex: an expression whose matches begin where a word begins.
        lists: the openings of the lists that `regex` names in braces.
    """
    found: list[str] = []
    for one in sorted(one.removesuffix(_ANYTHING) for one in openings(regex, lists or {})):
        if not one.strip():
            return None
        if not found or not one.startswith(found[-1]):
            found.append(one)
    return frozenset(f" {one}" for one in found)


def openings(regex: str, lists: Mapping[str, Openings]) -> Openings:
    """The first letters of the matches of `regex`, LONGEST at most."""
    return _continued(frozenset({""}), _TOKEN.finditer(regex), lists)[0]


def _continued(
    before: Openings, tokens: Iterator[re.Match[str]], lists: Mapping[str, Openings]
) -> tuple[Openings, str]:
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
            longer, often = _continued(begun, tokens, lists)
            if atom in _ASSERTIONS:
                continue
        elif not begun:
            continue
        else:
            longer = frozenset(_limited(one + more) for more in _letters(atom, lists) for one in begun)
        if often not in {"", "?"}:
            longer = frozenset(one if _is_complete(one) else one + _ANYTHING for one in longer)
        if often[:1] in {"?", "*"} or often.startswith(("{0", "{,")):
            longer |= begun
        complete |= {one for one in longer if _is_complete(one)}
        begun = frozenset(one for one in longer if not _is_complete(one))
    return begun | complete, ""


def _letters(atom: str, lists: Mapping[str, Openings]) -> Iterable[str]:
    """What an atom of an expression may add to an opening."""
    if atom.isalpha():
        return (atom.lower(),)
    if atom.startswith("{"):
        return lists[atom[1:-1]]
    return [_letter(member) for member in _members(atom)] or (_ANYTHING,)


def _letter(member: str) -> str:
    """What one character, or a class of which the name is an escape, adds to an opening."""
    if member == r"\d" or member.isdecimal():
        return _DIGIT
    if member.isalnum():
        return member.lower()
    return _END if _ENDS_A_WORD.fullmatch(member) else _ANYTHING


def _members(atom: str) -> list[str]:
    """The atoms any of which `atom` stands for; none if they are many."""
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


def _limited(opening: str) -> str:
    return opening if len(opening) <= LONGEST else opening[:LONGEST] + _ANYTHING


def _is_complete(opening: str) -> bool:
    return opening.endswith((_END, _ANYTHING))
