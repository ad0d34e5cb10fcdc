"""Takes mark-up, typography and quotation off a text, and leaves its lines."""

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import cast

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
_DASH = re.compile(r" ?\u2014 ?")
_TAG = re.compile(r"</?[a-zA-Z][^<>@:]{0,200}>")
_LINE_TAGS = ("<br", "<p", "</p", "<div", "</div", "<li", "<tr", "</tr")
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((?:https?|mailto):[^()\s]{1,300}\)")
_EMPHASIS = re.compile(r"(?=[*`_~])(?:\*{1,3}|`{1,3}|(?<!\w)_{1,3}(?=\w)|(?<=[\w:.!?])_{1,3}(?!\w)|~~)")
_BULLET = re.compile(r"[>\s]{0,12}(?:[-•·◦▪+]\s+|\(?\d{1,2}[.)]\s+(?=\D)|\[[ xX]?\]\s*)?")
_HEADING = re.compile(r"#{1,6}\s+(.{1,200}?)[\s#:]*\Z")
_RULE = re.compile(r"[-=_*|:+.\s]{3,}\Z")
_WROTE = re.compile(r"On .{5,120} wrote:\s*\Z")
_ORIGINAL = re.compile(r"\n-{2,}\s?Original Message\s?-{2,}", re.IGNORECASE)
_REPLY = re.compile(r"^subject:\s*(?:re|aw)\b", re.IGNORECASE | re.MULTILINE)
_ENOUGH = 150
"""Fewer own characters than this, and the quoted letter is what matters."""
_FEWEST_ROWS = 3
"""So many lines of two cells are a table, even without a frame."""
_SEMICOLON_ROW = re.compile(r"\"?([A-Z][\w '/?.()-]{1,40}?)\"?;\"?([^;\s\"][^;\"]*)\"?;?\s*\Z")
_STREET_LINE = re.compile(r"(?:[A-Za-z ]{1,30}:\s*)?\d{1,6}[A-Za-z]? [A-Z].{2,60}\Z")
_TOWN_LINE = re.compile(r"[A-Z][A-Za-z .'-]{2,30},? (?:[A-Z]{2}|[A-Z][a-z]{3,12}),? \d{5}(?:-\d{4})?\Z")


def plain_lines(text: str) -> tuple[str, ...]:
    """The lines of `text` without mark-up; an empty one where there was a rule or none."""
    text = _DASH.sub(" - ", unicodedata.normalize("NFC", text))
    text = _without_quotes(text.translate(_CHARACTERS))
    if "{" in text:
        text = _without_object(text)
    if "<" in text:
        text = _TAG.sub(lambda tag: "\n" if tag.group().lower().startswith(_LINE_TAGS) else " ", text)
    if "&" in text:
        text = html.unescape(text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    return tuple(_with_town(tuple(_lines(_EMPHASIS.sub("", text)))))


def _without_object(text: str) -> str:
    """`text` with a JSON object in it as labelled lines: `contact phone: 614-555-0107`."""
    begin = text.index("{")
    try:
        found, end = json.JSONDecoder().raw_decode(text, begin)
    except (ValueError, RecursionError):
        return text
    lines = "\n".join(_labelled_values(found, ""))
    return f"{text[:begin]}\n{lines}\n{text[end:]}"


def _labelled_values(value: object, label: str) -> Iterator[str]:
    match value:
        case dict():
            for key, inner in cast("dict[str, object]", value).items():
                yield from _labelled_values(inner, f"{label} {key}".strip())
        case list():
            for inner in cast("list[object]", value):
                yield from _labelled_values(inner, label)
        case None:
            pass
        case _:
            yield f"{label}: {value}"


def quoted_lines(text: str) -> tuple[str, ...]:
    """The lines that `plain_lines` leaves out because a reply quotes them."""
    whole = _DASH.sub(" - ", unicodedata.normalize("NFC", text)).translate(_CHARACTERS)
    own = _without_quotes(whole)
    if own == whole:
        return ()
    kept = set(own.split("\n"))
    return tuple(line.lstrip("> ") for line in whole.split("\n") if line not in kept)


def _without_quotes(text: str) -> str:
    """`text` without what a reply quotes of the letter that it answers; a forwarded letter stays."""
    if "\n>" not in text and not _ORIGINAL.search(text):
        return text
    own = _ORIGINAL.split(text, maxsplit=1)[0] if _REPLY.search(text) else text
    own = "\n".join(line for line in own.split("\n") if not line.startswith(">") and not _WROTE.match(line))
    return own if len(own) > _ENOUGH else text


def _lines(text: str) -> Iterator[str]:
    is_table = sum(raw.count("|") == 1 for raw in text.split("\n")) >= _FEWEST_ROWS
    rows = sum(_SEMICOLON_ROW.match(raw) is not None for raw in text.split("\n"))
    if rows >= _FEWEST_ROWS:
        text = "\n".join(_SEMICOLON_ROW.sub(r"\1: \2", raw) for raw in text.split("\n"))
    for raw in text.split("\n"):
        line = raw.strip()
        if not line or _RULE.match(line):
            yield ""
        elif heading := _HEADING.match(line):
            yield f"{heading.group(1)}:"
        elif "|" in line:
            yield from _cells(line, is_table=is_table)
        else:
            bullet = _BULLET.match(line)
            yield line[bullet.end() :].strip() if bullet else line


def _cells(line: str, *, is_table: bool) -> Iterator[str]:
    """A table's row of two cells is a labelled line; other cells are lines of their own."""
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    if (is_table or line.startswith("|")) and len(cells) == 2:
        yield f"{cells[0].rstrip(':?')}: {cells[1]}"
    else:
        yield from (cell for cell in cells if cell)


def _with_town(lines: tuple[str, ...]) -> Iterator[str]:
    """Joins an address that is written on two lines."""
    joined = False
    for line, following in pairwise((*lines, "")):
        if joined:
            joined = False
        elif following and _TOWN_LINE.match(following) and _STREET_LINE.match(line):
            joined = True
            yield f"{line.rstrip(',')}, {following}"
        else:
            yield line
