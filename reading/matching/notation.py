"""How words are written in the files of reading/words.

A block of text holds one phrase a line, or several with a comma and a space between them. A line that begins
with `#` is a remark. A phrase is written in small letters, as it stands in a text, with these signs:

    concuss*             the letters may go on: `concussion`, `concussed`, but also `concuss`
    hit a _              `_` stands for one word, or for at least one letter of it
    (my|our) car         one of several
    tail ?lights?        what stands before `?` may be missing: `tail light`, `taillights`
    (very )*late         what stands before `*` may be missing or repeated
    {vehicle}            one of the words of the list `vehicle`

Everything else is a regular expression of Python: `\\b[^.]{0,40}\\b` are up to 40 characters of a sentence.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from reading.matching.openings import Openings, keys, openings

_SEPARATOR = re.compile(r",\s+|\s*\n\s*")
_SIGN = re.compile(
    r"\{(?P<list>[a-z_]+)\}|(?P<kept>\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|\(\?P<\w+>)|(?P<group>\((?!\?))"
    r"|(?<=[a-z])(?<!\\[a-z])(?P<more>\*)|(?P<word>_)"
)
_EXPRESSIONS = {"group": "(?:", "more": r"\w*", "word": r"\w+"}
_IS_PLAIN = re.compile(r"[\w '&-]+\??")


def split(block: str) -> list[str]:
    """The phrases of a block of text, in its order."""
    lines = "\n".join(line for line in block.splitlines() if not line.lstrip().startswith("#"))
    return [phrase for phrase in _SEPARATOR.split(lines.strip()) if phrase]


class Notation:
    """Reads phrases that may name lists."""

    def __init__(self, known: "Notation | None" = None) -> None:
        """
        Args:
            known: a notation whose lists are taken over.
        """
        self._lists: dict[str, Sequence[str]] = dict(known._lists) if known else {}
        self._regexes: dict[str, str] = dict(known._regexes) if known else {}
        self._openings: dict[str, Openings] = dict(known._openings) if known else {}

    def add(self, name: str, phrases: Sequence[str]) -> None:
        """Add a list that later phrases may name, and that may itself name the lists before it.

        That its phrases are expressions is found out when the list is used.

        Raises:
            ValueError: a phrase names an unknown list.
        """
        self._lists[name] = phrases
        self._regexes[name] = self._regex(phrases)
        self._openings[name] = openings(_either(phrases), self._openings)

    def regex(self, phrases: Sequence[str]) -> str:
        """The expression of any one of the phrases, as a part of other expressions.

        Raises:
            ValueError: a phrase is no expression or names an unknown list.
        """
        if all(_IS_PLAIN.fullmatch(phrase) for phrase in phrases):
            return self._regex(phrases)
        return self.compiled(phrases).pattern

    def compiled(
        self, phrases: Sequence[str], *, before: str = "", after: str = "", flags: int = 0
    ) -> re.Pattern[str]:
        """The expression of any one of the phrases, between what has to stand before and after it.

        Raises:
            ValueError: a phrase is no expression or names an unknown list.
        """
        try:
            return re.compile(f"{before}{self._regex(phrases)}{after}", flags)
        except re.PatternError as error:
            raise ValueError(self._fault(phrases) or str(error)) from None

    def keys(self, phrases: Sequence[str]) -> frozenset[str] | None:
        """The keys of an index for whole words that are one of the phrases; None if any word will do."""
        return keys(rf"{_either(phrases)}\b", self._openings)

    def _regex(self, phrases: Sequence[str]) -> str:
        return _either(map(self._translated, phrases))

    def _translated(self, phrase: str) -> str:
        def translated(sign: re.Match[str]) -> str:
            name = sign["list"]
            if name is None:
                return _EXPRESSIONS.get(sign.lastgroup or "", sign.group())
            if name not in self._regexes:
                raise ValueError(f"{phrase!r}: there is no list {name!r}")
            return self._regexes[name]

        return _SIGN.sub(translated, phrase)

    def _fault(self, phrases: Sequence[str]) -> str | None:
        """What is wrong with the first phrase of any list, or of `phrases`, that is no expression."""
        for phrase in chain(*self._lists.values(), phrases):
            try:
                re.compile(self._translated(phrase))
            except re.PatternError as error:
                return f"{phrase!r}: {error}"
        return None


def _either(expressions: Iterable[str]) -> str:
    return f"(?:{'|'.join(expressions)})"
