"""The words of papers' lines: reading/words/papers.yaml."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator

from reading.incident.amounts import CURRENCY
from reading.matching.word_files import WordFile, load, separated

type Labels = Annotated[frozenset[str], BeforeValidator(separated)]
"""Labels in lower case."""


class _Words(WordFile):
    addressee: Labels
    address: Labels
    maker: Labels
    issued: Labels
    served: Labels
    other_day: Labels
    grand_total: Labels
    total: Labels
    total_words: Labels
    due: Labels
    subtotal: Labels
    summary: Labels
    tax: Labels
    included_tax: Labels
    discount: Labels
    not_part: Labels
    not_priced: Labels


WORDS = load("papers", _Words)
_MOST_WORDS = 4
_NO_LETTER = re.compile(r"[\W\d_]+")
_UNIT = re.compile(rf"(?<![^\W\d_])(?:{CURRENCY})(?![^\W\d_])", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|your|our|plus|and)\s+(?=\w)")
_FIELD = re.compile(
    r"^[ \t|*#>-]{0,8}(?P<label>[^\W\d_][\w '/().-]{0,40}?)[ \t]{0,8}"
    r"(?:[:|]|[ \t]{3})[ \t]{0,40}(?P<value>\S.{0,160})$"
)


def label_of(text: str) -> str:
    """The words of a label, in lower case, without digits, signs and currencies."""
    return _ARTICLE.sub("", _NO_LETTER.sub(" ", _UNIT.sub(" ", text)).strip().lower())


def begins_with(labels: frozenset[str], label: str) -> int:
    """How many characters of a label are one of the labels, the longest one; 0 where it begins with none."""
    words = label.split(" ", _MOST_WORDS)[:_MOST_WORDS]
    starts = (" ".join(words[:count]) for count in range(len(words), 0, -1))
    return next((len(start) for start in starts if start in labels), 0)


def fields(lines: list[str]) -> Iterator[tuple[str, str]]:
    """The labels, as `label_of` has them, and values of the lines that are fields."""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if found := _FIELD.match(line[:240]):
            yield label_of(found["label"]), found["value"].strip()
        elif line.rstrip().endswith(":") and len(line) <= 60 and following.strip():
            yield label_of(line), following.strip()[:160]
