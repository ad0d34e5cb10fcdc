"""Patterns of phrases, and what counts as said: neither denied, nor supposed, nor long past."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from reading.casing import lowered
from reading.openings import Passage, openings

MOST_MATCHES = 40
"""How many matches of one pattern are looked at."""

_CAPITAL = re.compile(r"(?<![\\?])[A-Z]")
"""A capital that is neither an escape, `\\W`, nor a group's, `(?P<n>`."""


@dataclass(frozen=True)
class Phrases:
    """A pattern that, in a `Passage`, is tried only at the words with which a match can begin.

    Finds all the same what `pattern` finds anywhere.
    """

    pattern: re.Pattern[str]
    openings: frozenset[str] | None
    """None if a match may begin anywhere."""
    cased: bool = False
    """Whether the pattern heeds case; if not, it is in lower case, and so is what it finds."""

    def __post_init__(self) -> None:
        if not self.cased and _CAPITAL.search(self.pattern.pattern):
            raise ValueError(f"phrases are written in lower case: {self.pattern.pattern}")

    def search(self, text: str) -> re.Match[str] | None:
        read = self._as_read(text)
        if self.openings is None or not isinstance(text, Passage):
            return self.pattern.search(read)
        for start in text.starts(self.openings):
            if found := self.pattern.match(read, start):
                return found
        return None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        read = self._as_read(text)
        if self.openings is None or not isinstance(text, Passage):
            yield from self.pattern.finditer(read)
            return
        end = 0
        for start in text.starts(self.openings):
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

    def _as_read(self, text: str) -> str:
        if self.cased:
            return text
        return text.lowered if isinstance(text, Passage) else lowered(text)


class Lexicon[Meaning]:
    """Phrases with what they mean, of which only those are tried that a passage can hold."""

    def __init__(self, rows: Iterable[tuple[Meaning, Phrases]]) -> None:
        self._rows = tuple(rows)
        self._everywhere = frozenset(
            number for number, (_, pattern) in enumerate(self._rows) if pattern.openings is None
        )
        self._by_opening: dict[str, set[int]] = {}
        for number, (_, pattern) in enumerate(self._rows):
            for opening in pattern.openings or ():
                self._by_opening.setdefault(opening, set()).add(number)

    def possible(self, text: Passage) -> Iterator[tuple[Meaning, Phrases]]:
        """The rows, in their order, that `text` has a word to begin with."""
        known = self._by_opening.keys() & text.openings.keys()
        for number in sorted(self._everywhere.union(*(self._by_opening[opening] for opening in known))):
            yield self._rows[number]


Weighted = tuple[tuple[float, re.Pattern[str] | Phrases], ...]
"""Patterns with the weight of what they find."""


def phrases(alternatives: str, *, before: str = "", after: str = "") -> Phrases:
    """A pattern of whole words, whatever their case.

    `alternatives` stand apart by ` | ` or a new line, each a regular expression of its own (a
    backslash at the end of a line continues it);
    `before` and `after` are what has to surround them.
    """
    whole_words = rf"(?:{_joined(alternatives)})\b"
    pattern = re.compile(rf"{before}\b{whole_words}{after}")
    return Phrases(pattern, None if before else openings(whole_words))


def word_first(regex: str, *, cased: bool = False) -> Phrases:
    """A pattern of what begins with a word; unless `cased`, it is in lower case and heeds no case."""
    return Phrases(re.compile(rf"\b(?:{regex})"), openings(regex), cased)


def anywhere(regex: str) -> Phrases:
    """A pattern in lower case that heeds neither case nor where words begin."""
    return Phrases(re.compile(regex), None)


def one_of(alternatives: str, *, before: str = "", after: str = "") -> re.Pattern[str]:
    """As `phrases`, without regard to where words begin and end."""
    return re.compile(rf"{before}(?:{_joined(alternatives)}){after}", re.IGNORECASE)


def _joined(alternatives: str) -> str:
    whole_lines = re.sub(r"\\\n\s*", "", alternatives.strip())
    return "|".join(re.split(r"\s+\|\s+|\s*\n\s*", whole_lines))


def heaviest(table: Weighted, text: str) -> float:
    """The greatest weight among the patterns that `text` holds; 0 without any."""
    return max((weight for weight, pattern in table if pattern.search(text)), default=0.0)


def limited(
    pattern: re.Pattern[str] | Phrases, text: str, most: int = MOST_MATCHES
) -> Iterator[re.Match[str]]:
    """The first `most` matches, so that a hostile text costs a bounded time."""
    return islice(pattern.finditer(text), most)


_ONWARD = r"(?!(?:and|but|so|because|when|while|which|who|that|then|until|before|after|since|as|if)\b)"
"""Not one of the words at which a negation ends."""
_AUXILIARY = "(?:did|does|do|was|were|is|are|has|have|had|ca|could|would|should|wo|must)"
"""Before `nt`: `didnt` denies, `department` does not."""
_DENIED_BEFORE = one_of(
    rf"""
    \b(?:no(?!,)|without|neither|nor|zero|free of|none of(?: the)?|lack of)\b\
    (?:(?!, ?(?:we|i|he|she|they)\b)[ ,/]+{_ONWARD}[\w'-]+){{0,5}}[ ,/]*
    \b(?:not|never|nobody|no one|noone|nothing|none|denies|denied|cannot)\b(?: +{_ONWARD}[\w'-]+){{0,4}} *
    \b(?:ruled out|rules out|no (?:sign|evidence|trace) of|excluded)(?: +{_ONWARD}[\w'-]+){{0,2}} *
    (?:\wn't|\b{_AUXILIARY}nt)\b(?: +{_ONWARD}[\w'-]+){{0,4}} *
    """,
    after=r"\Z",
)
"""`no` and `without` deny a whole list; `not` and its kin only what follows directly."""
_DENIED_AFTER = one_of(
    rf"""
    \s+(?:{_ONWARD}\w+\s+){{0,3}}?(?:was|were|is|are|did|do|does|had|has|have|could|would)\
    (?:\s+not|n'?t|\s+never)\b
    \s+(?:\w+\s+){{0,3}}?(?:(?:was|were)\s+(?:ruled out|unavailable)|never)\b
    \s+(?:\w+\s+){{0,3}}?[:=]\s*(?:no|none|n/a)\b | \??\s*[:=?>-]{{1,2}}\s*(?:no|none|n/?a|nil|false)\b
    """
)
_SUPPOSED = phrases(
    "whether | if | in case | unless | should | maybe | perhaps | possibly", after=r"(?: [\w']+){0,6} *\Z"
)
_IMAGINED = phrases(
    r"(?:would|could|might|may)(?: \w+)? have(?: been| got)? | (?:afraid|scared|fear) of",
    after=r"(?: \w+)? *\Z",
)
_QUESTION = phrases(
    r"""
    (?:do|does|did|can|could|should|will|would|shall|may|must|have|has|is|are|was|were|am) (?:i|you|we|they\
    |it|this|that|there|my|our|the|any\w*|some\w*)
    what | how | when | which | where | why | who
    """
)
_LONGEST_QUESTION = 120
_LONG_PAST = phrases(
    r"""
    (?:previous|prior|earlier|other|last|past|former|old) (?:\w+ )?claims? | years? ago | in the past
    back in (?:19|20)\d\d | history of | used to | unrelated | separate claim | for example
    such as in case | in case of | if (?:there|i|we|you) (?:is|are|had|were)
    """
)
_BEFORE, _AFTER = 70, 45
"""How far around a match its negation is looked for, in characters."""


def is_negated(text: str, start: int, end: int) -> bool:
    """Whether the sentence `text` denies what it says between `start` and `end`."""
    return bool(
        _DENIED_BEFORE.search(text[max(0, start - _BEFORE) : start])
        or _DENIED_AFTER.match(text[end : end + _AFTER])
    )


def stated_before(sentence: Passage) -> Passage:
    """What a sentence states before it asks something; all of it if it does not ask."""
    if not sentence.endswith("?"):
        return sentence
    start = max(0, len(sentence) - _LONGEST_QUESTION)
    question = _QUESTION.search(sentence[start:])
    return Passage(sentence[: start + question.start()] if question and start else "")


def is_supposed(text: str, start: int) -> bool:
    """Whether the sentence `text` only supposes what it says at `start`: `whether anyone was hurt`."""
    before = text[max(0, start - _BEFORE) : start]
    return bool(_SUPPOSED.search(before) or _IMAGINED.search(before))


def is_long_past(sentence: str) -> bool:
    """Whether the sentence tells of another, earlier matter, or of a mere possibility."""
    return bool(_LONG_PAST.search(sentence))
