"""A narrative made ready for reading: one plain text, its lines, labelled fields and sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from reading.matching.passages import Passage
from reading.matching.word_files import Alternatives, WordFile, load
from reading.text.casing import is_careless, is_caseless, recased
from reading.text.markup import plain_lines, quoted_lines
from reading.text.speakers import without_enclosed, without_service
from reading.text.spelling import mended
from reading.text.wrapping import unwrapped


class _Words(WordFile):
    abbreviations: Alternatives


_WORDS = load("abbreviations", _Words)
HEAD, TAIL = 16_000, 4_000
"""How much is read of an overlong text: its beginning, and its end, where signatures are. In characters."""

_LABEL = re.compile(
    r"(?P<label>[A-Za-z][^:=?>\n]{0,70}?)\s{0,3}"
    r"(?:[=-]>|>{1,3}|:{2}|[:=](?!/)|\?(?=\s|\Z)|\.{3,}|\s-\s|\s{4,})"
    r"\s{0,40}(?P<value>.*)\Z"
)
_JOINED_WORDS = re.compile(r"_|(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z])(?=No\b|ID\b)")
"""Where a label of a program joins its words: `policyNo`, `date_of_loss`."""
_BARE_LABEL = re.compile(r"[A-Z][A-Za-z'#/-]*(?: [A-Za-z'#()/-]+){0,4}\??")
"""A line that may be the cell of a table beside the value in the next line."""
_FURTHER_LABEL = re.compile(
    r"(?<=[.;|] )(?P<label>[A-Z][A-Za-z]*(?: [a-z]+){0,3}): "
    r"(?P<value>[^:\n]{2,120}?)(?=[.;|](?:\s+[A-Z]|\s*\Z))"
)
"""A labelled sentence in the middle of a line."""
_LONGEST_LINE = 2_000
_MOST_LABEL_WORDS = 5
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]{0,2}\s+|\n+|\s+-\s+(?=[A-Z])")
_ABBREVIATION = re.compile(rf"(?:\b{_WORDS.abbreviations}|\b[a-z]|\b[ap]\.m)\.[\"')]{{0,2}}\Z", re.IGNORECASE)
_CONTINUES = re.compile(r"[a-z][^@]{0,40}(?:\s|\Z)")
_HALF = 25
_WRAPPED = 50
"""A line at least this long was wrapped; one of half the length only if the next one begins small and that
means anything."""


@dataclass(frozen=True)
class Field:
    """A labelled line, `Policy number: AUT-204518`, or a label with its value in the line below."""

    label: str
    """In lower case."""
    value: str
    line: int
    end: int
    """Where the label ends in its line."""


_NOTHING = Passage("")


@dataclass(frozen=True)
class Narrative:
    """A cleaned narrative. Offsets in `flow` and `sentences` fit together."""

    lines: tuple[str, ...]
    flow: Passage
    """The text with wrapped lines joined; one line for each paragraph, list item or field."""
    quoted: Passage = _NOTHING
    """The letter that this one answers, as far as it was quoted; it is no part of the rest."""

    @cached_property
    def spelled(self) -> "Narrative":
        """The same with misspelt key words set right; its offsets are its own."""
        spelled = mended(self.flow)
        return self if spelled == self.flow else Narrative(self.lines, Passage(spelled))

    @cached_property
    def cased(self) -> "Narrative":
        """The same with capitals where names may be, if the writer used none or nothing else."""
        return self.recased if is_caseless(self.flow) else self

    @cached_property
    def own(self) -> "Narrative":
        """The same without the lines of others in a chat or an enclosed letter; its offsets are its own."""
        lines = without_service(without_enclosed(self.lines))
        return self if lines == self.lines else Narrative(lines, Passage(_reflow(lines)))

    @property
    def is_careless(self) -> bool:
        """Whether names may be written small, beside others that are not."""
        return is_careless(self.flow)

    @cached_property
    def recased(self) -> "Narrative":
        """The same with capitals wherever a name may be."""
        return Narrative(tuple(recased(line) for line in self.lines), Passage(recased(self.flow)))

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The labelled lines, in the order of the text."""
        return tuple(_fields(self.lines))

    @cached_property
    def sentences(self) -> tuple[tuple[int, Passage], ...]:
        """Each sentence with its offset in `flow`."""
        return tuple(_sentences(self.flow))

    def labelled(self, pattern: re.Pattern[str]) -> str | None:
        """The first value whose label matches `pattern` from its beginning to its end."""
        return next(
            (field.value for field in self.fields if field.value and pattern.fullmatch(field.label)), None
        )

    def sentence_at(self, offset: int) -> tuple[int, str]:
        """The sentence that holds `offset`, with its own offset."""
        found = (0, self.flow)
        for start, sentence in self.sentences:
            if start > offset:
                break
            found = (start, sentence)
        return found


def prepare(text: str) -> Narrative:
    """Clean `text` of mark-up and typography, and cut it to what is read."""
    text = text.replace("\r\n", "\n")
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n\n{text[-TAIL:]}"
    return _prepared(text)


@lru_cache(maxsize=32)  # agents look into a document one after the other, for one thing each
def _prepared(text: str) -> Narrative:
    lines = unwrapped(plain_lines(text), _looks_labelled)
    return Narrative(lines, Passage(_reflow(lines)), Passage("\n".join(quoted_lines(text))))


def _reflow(lines: tuple[str, ...]) -> str:
    whole = "\n".join(lines)
    small_goes_on = not (is_caseless(whole) or is_careless(whole))
    paragraphs: list[str] = []
    previous = ""
    for line in lines:
        wrapped = len(previous) >= _WRAPPED and line and not _looks_labelled(line)
        goes_on = small_goes_on and len(previous) >= _HALF and previous[-1] not in ".:!?"
        if wrapped or (goes_on and _CONTINUES.match(line)):
            paragraphs[-1] = f"{paragraphs[-1]} {line}"
        elif line:
            paragraphs.append(line)
        previous = line
    return "\n".join(paragraphs)


def _looks_labelled(line: str) -> bool:
    found = _LABEL.match(line[:400])
    return bool(found) and len(found["label"].split()) <= _MOST_LABEL_WORDS


def _fields(lines: tuple[str, ...]) -> Iterator[Field]:
    for number, line in enumerate(lines):
        found = _LABEL.match(line[:_LONGEST_LINE])
        if not found:
            if (following := lines[number + 1 : number + 2]) and following[0] and _BARE_LABEL.fullmatch(line):
                yield Field(_label(line), following[0], number, len(line))
            continue
        value = found["value"].strip(" :-\t")
        if not value:
            below = next((later for later in lines[number + 1 : number + 4] if later), "")
            value = "" if _looks_labelled(below) else below
        yield Field(_label(found["label"]), value, number, found.start("value"))
        for further in _FURTHER_LABEL.finditer(line, found.start("value"), _LONGEST_LINE):
            yield Field(_label(further["label"]), further["value"], number, further.start("value"))


def _label(written: str) -> str:
    return _JOINED_WORDS.sub(" ", written).strip(" #(.").lower()


@lru_cache(maxsize=1024)
def _sentence(text: str) -> Passage:
    """One for all the forms of a narrative that have the sentence alike, since what it remembers is dear."""
    return Passage(text)


def _sentences(flow: str) -> Iterator[tuple[int, Passage]]:
    start = 0
    for end in _SENTENCE_END.finditer(flow):
        if "\n" not in end.group() and _ABBREVIATION.search(flow, max(start, end.start() - 12), end.start()):
            continue
        if sentence := flow[start : end.start()].rstrip():
            yield start, _sentence(sentence)
        start = end.end()
    if sentence := flow[start:].rstrip():
        yield start, _sentence(sentence)
