"""A narrative made ready for reading: one plain text, its lines, labelled fields and sentences."""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

HEAD, TAIL = 16_000, 4_000
"""How much is read of an overlong text: its beginning, and its end, where signatures are. In characters."""

_CHARACTERS = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u00a0": " ",
        "\u202f": " ",
        "\u2007": " ",
        "\t": "  ",
        "\u2010": "-",
        "\u2011": "-",
        "\u2013": "-",
        "\u2014": " - ",
        "\u2212": "-",
        "\u200b": "",
        "\u200e": "",
        "\u2060": "",
        "\ufeff": "",
        "\u00ad": "",
        "\r": "\n",
        "\x00": " ",
    }
)
_TAG = re.compile(r"</?[a-zA-Z][^<>@:]{0,200}>")
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((?:https?|mailto):[^()\s]{1,300}\)")
_EMPHASIS = re.compile(r"\*{1,3}|`{1,3}|(?<!\w)_{1,3}(?=\w)|(?<=[\w:.!?])_{1,3}(?!\w)|~~")
_BULLET = re.compile(r"(?:[>\s]{0,12})(?:[-•·◦▪+]\s+|\(?\d{1,2}[.)]\s+(?=\D)|\[[ xX]?\]\s*)?")
_HEADING = re.compile(r"#{1,6}\s+(.{1,200}?)[\s#:]*\Z")
_RULE = re.compile(r"[-=_*|:+.\s]{3,}\Z")
_LABEL = re.compile(
    r"(?P<label>[A-Za-z][^:=?\n]{0,70}?)\s{0,3}(?:[:=](?![/\d])|:(?=\d)|\?(?=\s|\Z)|\.{3,}|\s-\s|\s{4,})"
    r"\s{0,40}(?P<value>.*)\Z"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]{0,2}\s+|\n+|\s+-\s+(?=[A-Z])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:st|ave|blvd|rd|dr|mr|mrs|ms|no|nos|approx|apt|ste|hwy|rte|rt|inc|co|ltd|dept|jr|sr|vs|mt|ft|etc|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|tel|ph|est|e\.g|i\.e|ca|pol|p\.o)|\b[a-z]|\b[ap]\.m)\.[\"')]{0,2}\Z",
    re.IGNORECASE,
)
_WROTE = re.compile(r"On .{5,120} wrote:\s*\Z")
_ORIGINAL = re.compile(r"\n-{2,}\s?Original Message\s?-{2,}", re.IGNORECASE)
_REPLY = re.compile(r"^subject:\s*(?:re|aw)\b", re.IGNORECASE | re.MULTILINE)
_ENOUGH = 150
"""Fewer own characters than this, and the quoted letter is what matters."""
_STREET_LINE = re.compile(r"(?:[A-Za-z ]{1,30}:\s*)?\d{1,6}[A-Za-z]? [A-Z].{2,60}\Z")
_TOWN_LINE = re.compile(r"[A-Z][A-Za-z .'-]{2,30},? (?:[A-Z]{2}|[A-Z][a-z]{3,12}),? \d{5}(?:-\d{4})?\Z")
_WRAPPED = 50
"""A line at least this long that the next one continues was wrapped by the mail program."""


@dataclass(frozen=True)
class Field:
    """A labelled line: `Policy number: AUT-204518`; the label in lower case."""

    label: str
    value: str
    line: int


@dataclass(frozen=True)
class Narrative:
    """A cleaned narrative. Offsets in `flow` and `sentences` fit together."""

    lines: tuple[str, ...]
    flow: str
    """The text with wrapped lines joined; one line for each paragraph, list item or field."""

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        return tuple(_fields(self.lines))

    @cached_property
    def sentences(self) -> tuple[tuple[int, str], ...]:
        """Each sentence with its offset in `flow`."""
        return tuple(_sentences(self.flow))

    def labelled(self, pattern: re.Pattern[str]) -> str | None:
        """The first value whose label matches `pattern` from its beginning to its end."""
        for field in self.fields:
            if field.value and pattern.fullmatch(field.label):
                return field.value
        return None

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
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n\n{text[-TAIL:]}"
    text = _without_quotes(unicodedata.normalize("NFC", text).translate(_CHARACTERS))
    if "<" in text:
        text = _TAG.sub(
            lambda tag: "\n" if tag.group().lower().startswith(("<br", "<p", "</p", "<div")) else " ", text
        )
    if "&" in text:
        text = html.unescape(text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    lines = tuple(_lines(_EMPHASIS.sub("", text) if any(mark in text for mark in "*`_~") else text))
    lines = tuple(_with_town(lines))
    return Narrative(lines=lines, flow=_reflow(lines))


def _without_quotes(text: str) -> str:
    """`text` without what a reply quotes of the letter that it answers; a forwarded letter stays."""
    if "\n>" not in text and not _ORIGINAL.search(text):
        return text
    own = _ORIGINAL.split(text, maxsplit=1)[0] if _REPLY.search(text) else text
    own = "\n".join(line for line in own.split("\n") if not line.startswith(">") and not _WROTE.match(line))
    return own if len(own) > _ENOUGH else text


def _lines(text: str) -> Iterator[str]:
    for raw in text.split("\n"):
        line = raw.strip()
        if not line:
            yield ""
            continue
        if _RULE.match(line):
            yield ""
            continue
        if heading := _HEADING.match(line):
            yield f"{heading.group(1)}:"
            continue
        if "|" in line:
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if line.startswith("|") and len(cells) == 2:
                yield f"{cells[0].rstrip(':')}: {cells[1]}"
            else:
                yield from (cell for cell in cells if cell)
            continue
        bullet = _BULLET.match(line)
        yield line[bullet.end() :].strip() if bullet else line


def _with_town(lines: tuple[str, ...]) -> Iterator[str]:
    """Joins an address that is written on two lines."""
    skip = False
    for line, following in pairwise((*lines, "")):
        if skip:
            skip = False
        elif following and _TOWN_LINE.match(following) and _STREET_LINE.match(line):
            skip = True
            yield f"{line.rstrip(',')}, {following}"
        else:
            yield line


def _reflow(lines: tuple[str, ...]) -> str:
    paragraphs: list[str] = []
    previous = ""
    for line in lines:
        wrapped = len(previous) >= _WRAPPED and line and not _looks_labelled(line)
        if wrapped or (previous and line[:1].islower() and not previous.endswith((".", ":", "!", "?"))):
            paragraphs[-1] = f"{paragraphs[-1]} {line}"
        elif line:
            paragraphs.append(line)
        previous = line
    return "\n".join(paragraphs)


def _looks_labelled(line: str) -> bool:
    found = _LABEL.match(line[:400])
    return bool(found) and len(found.group("label").split()) <= 5


def _fields(lines: tuple[str, ...]) -> Iterator[Field]:
    for number, line in enumerate(lines):
        if not line or not (found := _LABEL.match(line[:2_000])):
            continue
        value = found.group("value").strip(" :-\t")
        if not value:
            following = next((later for later in lines[number + 1 : number + 4] if later), "")
            value = following if following and not _looks_labelled(following) else ""
        yield Field(found.group("label").strip(" #(").lower(), value, number)


def _sentences(flow: str) -> Iterator[tuple[int, str]]:
    start = 0
    for end in _SENTENCE_END.finditer(flow):
        if "\n" not in end.group() and _ABBREVIATION.search(flow, max(start, end.start() - 12), end.start()):
            continue
        if sentence := flow[start : end.start()].rstrip():
            yield start, sentence
        start = end.end()
    if sentence := flow[start:].rstrip():
        yield start, sentence
