"""The short cut by which phrases are found: they must find what their expression finds without it."""

import datetime as dt
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

import reading
from reading import read_narrative
from reading.incident.perils import PERILS, SUBJECTS
from reading.matching.notation import Notation, split
from reading.matching.passages import Passage, lowered
from reading.matching.phrases import Phrases, word_first

MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(reading.__path__, f"{reading.__name__}.")
]
TEXTS: list[str] = [
    example["text"]
    for example in yaml.safe_load((Path(__file__).parents[1] / "narratives.yaml").read_text("utf-8"))
]


def phrases(block: str) -> Phrases:
    notation, written = Notation(), split(block)
    return Phrases(notation.compiled(written, before=r"\b", after=r"\b"), notation.keys(written))


@pytest.mark.parametrize("shouted", [False, True])
def test_phrases_find_in_a_passage_what_their_pattern_finds_in_the_text(shouted: bool) -> None:
    patterns = [
        pattern for module in MODULES for value in vars(module).values() for pattern in _within(value)
    ]
    compared = 0
    for text in (text.upper() if shouted else text for text in TEXTS):
        passage = Passage(text)
        for pattern in patterns:
            expected = [
                found.span() for found in pattern.pattern.finditer(text if pattern.cased else lowered(text))
            ]
            first = pattern.search(passage)
            assert [found.span() for found in pattern.finditer(passage)] == expected
            assert (first.span() if first else None) == (expected[0] if expected else None)
            compared += len(expected)

    assert compared > 1_000


def test_phrases_are_possible_wherever_they_are_found() -> None:
    signs = [sign for peril in PERILS.values() for _, sign in peril.signs]
    subjects = [subject for table in SUBJECTS.values() for _, subject in table]
    begins_with_any_word = word_first(r"\w+ the\b")
    impossible = 0
    for text in TEXTS:
        passage = Passage(text)
        for phrase in (begins_with_any_word, *signs, *subjects):
            assert phrase.is_possible_in(passage) or not phrase.search(text)
            impossible += not phrase.is_possible_in(passage)

    assert impossible > 1_000


def test_what_is_replaced_is_replaced_in_the_text_as_it_is_written() -> None:
    pets = phrases("cats?, dog")

    assert pets.sub("-", Passage("My Cat, the CATS and a Dogma")) == "My -, the - and a Dogma"
    assert pets.sub("-", "No match") == "No match"


def test_phrases_in_capitals_are_refused_because_they_would_never_be_found() -> None:
    with pytest.raises(ValueError, match="lower case"):
        phrases("police, NYPD")
    assert word_first("NYPD", cased=True).search(Passage("the NYPD came"))


@pytest.mark.parametrize("day", ["FRİDAY", "Frıday", "Friday"])
def test_letters_that_only_resemble_ascii_ones_are_read_like_them(day: str) -> None:
    sent = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    facts = read_narrative(f"My car was stolen on {day}, 13 November.", sent_at=sent)
    alone = read_narrative(f"My car was stolen last {day} at the mall.", sent_at=sent)

    assert facts.incident_date == alone.incident_date == dt.date(2026, 11, 13)


def _within(value: Any) -> Iterator[Phrases]:
    match value:
        case Phrases():
            yield value
        case tuple() | list():
            for part in value:  # pyright: ignore[reportUnknownVariableType]
                yield from _within(part)
        case BaseModel():
            for _, part in value:
                yield from _within(part)
        case dict():
            for part in value.values():  # pyright: ignore[reportUnknownVariableType]
                yield from _within(part)
        case _:
            pass
