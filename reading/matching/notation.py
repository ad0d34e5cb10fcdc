"""How words are written in the files of reading/words.

A block of text holds one phrase a line, or several with a comma and a space between them. A line that begins
with `#` is a remark. A phrase is written in small letters, as it stands in a text, with these signs:

    concuss*             the letters may go on: `concussion`, `concussed`, but also `concuss`
    hit a _              `_` stands for one word, or for at least one letter of it
    (my|our) car         one of several
    tail ?lights?        what stands before `?` may be missing: `tail light`, `taillights`
    (very )*late         what stands before `*` may be missing or repeated
    {vehicle}            one of the words of the list `vehicle`

Everything else is a regular expression of Python, such as `\\b[^.]{0,40}\\b`: up to 40 characters of the sentence.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reading.matching.openings import Openings, keys, openings

_SEPARATOR = re.compile(r", +|\s*\n\s*")
_SIGN = re.compile(
    r"\{(?P<list>[a-z_]+)\}|(?P<kept>\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|\(\?P<\w+>)|(?P<group>\((?!\?))"
    r"|(?<=[a-z])(?<!\\[a-z])(?P<more>\*)|(?P<word>_)"
)


def split(block: str) -> list[str]:
    """The phrases of a block of text, in its order."""
    lines = "\n".join(line for line in block.splitlines() if not line.lstrip().startswith("#"))
    return [phrase for phrase in _SEPARATOR.split(lines.strip()) if phrase]


@dataclass(frozen=True)
class WordList:
    """The phrases of a list as one expression."""

    regex: str
    openings: Openings


class Notation:
    """Reads phrases that may name lists."""

    def __init__(self, lists: Mapping[str, WordList] | None = None) -> None:
        self.lists = dict(lists or {})
        self._openings = {name: words.openings for name, words in self.lists.items()}

    def add(self, name: str, phrases: Sequence[str]) -> None:
        """Add a list that later phrases may name, and that may name the lists before it.

        Raises:
            ValueError: a phrase is no expression or names an unknown list.
        """
        regex = self.compiled(phrases).pattern
        self._openings[name] = openings(f"(?:{'|'.join(phrases)})", self._openings)
        self.lists[name] = WordList(regex, self._openings[name])

    def compiled(
        self, phrases: Sequence[str], *, before: str = "", after: str = "", flags: int = 0
    ) -> re.Pattern[str]:
        """The expression of any one of the phrases, between what has to stand before and after it.

        Raises:
            ValueError: a phrase is no expression or names an unknown list.
        """
        expression = f"(?:{'|'.join(map(self._translated, phrases))})"
        try:
            return re.compile(f"{before}{expression}{after}", flags)
        except re.PatternError as error:
            if len(phrases) == 1:
                raise ValueError(f"{phrases[0]!r}: {error}") from None
            for phrase in phrases:
                self.compiled([phrase], before=before, after=after)
            raise ValueError(str(error)) from None

    def keys(self, phrases: Sequence[str]) -> frozenset[str] | None:
        """The keys of an index for whole words that are one of the phrases; None if any word will do."""
        return keys(rf"(?:{'|'.join(phrases)})\b", self._openings)

    def _translated(self, phrase: str) -> str:
        def translated(sign: re.Match[str]) -> str:
            match sign.lastgroup:
                case "list":
                    if sign["list"] not in self.lists:
                        raise ValueError(f"{phrase!r}: there is no list {sign['list']!r}")
                    return self.lists[sign["list"]].regex
                case "group":
                    return "(?:"
                case "more":
                    return r"\w*"
                case "word":
                    return r"\w+"
                case _:
                    return sign.group()

        return _SIGN.sub(translated, phrase)
