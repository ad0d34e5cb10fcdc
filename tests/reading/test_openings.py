"""The short cut by which phrases are looked for: it must find what the patterns find without it."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reading import (
    amounts,
    claim_types,
    contacts,
    dates,
    descriptions,
    evidence,
    incident_dates,
    names,
    perils,
    places,
    policies,
    read_narrative,
    signals,
    vendors,
)
from reading.casing import lowered
from reading.evidence import Lexicon, Phrases, phrases, word_first
from reading.openings import Passage, openings

MODULES = (
    amounts,
    claim_types,
    contacts,
    dates,
    descriptions,
    evidence,
    incident_dates,
    names,
    perils,
    places,
    policies,
    signals,
    vendors,
)
TEXTS: list[str] = [
    example["text"]
    for example in yaml.safe_load(Path(__file__).with_name("narratives.yaml").read_text("utf-8"))
]


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        (r"cat\b", {"cat"}),
        (r"hailstorm", {"hail"}),
        (r"(?:cat|dogs?)\b", {"cat", "dog", "dogs"}),
        (r"x-?rays?\b", {"x", "xray"}),
        (r"(?:just )?my car", {"just", "my"}),
        (r"(?:very )*good\b", {"very", "good"}),
        (r"(?!no )\d{1,2}th", {"0"}),
        (r"[Tt]his is", {"this"}),
        (r"(?P<day>on|of) the", {"on", "of"}),
        (r"i[1-3]0\b", {"i10", "i20", "i30"}),
        (r"[bc]at\b", {"bat", "cat"}),
        (r"[24]nd", {"0"}),
        (r"pea[-' ]sized", {"pea"}),
        (r"air[\s.-]?bag", {"air", "airb"}),
        (r"hl-?[\d]\b", {"hl", *(f"hl{digit}" for digit in range(10))}),
    ],
)
def test_openings_are_the_first_letters_of_every_word_that_a_match_can_begin_with(
    regex: str, expected: set[str]
) -> None:
    assert openings(regex) == expected


@pytest.mark.parametrize(
    "regex", [r"cat", r"tow\w*\b", r"[a-z]+ way", r"(?:a )?", r".{0,3}end\b", r" lead", r"[^a]b c"]
)
def test_a_pattern_that_any_word_may_begin_has_no_openings(regex: str) -> None:
    assert openings(regex) is None


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


def test_a_lexicon_leaves_out_no_row_that_a_text_holds() -> None:
    tables = (*perils.PERILS.values(), *perils.SUBJECTS.values())
    begins_with_any_word = (1.0, word_first(r"\w+ the\b"))
    rows = [begins_with_any_word, *(row for table in tables for row in table)]
    lexicon = Lexicon(rows)

    for text in TEXTS:
        possible = [pattern for _, pattern in lexicon.possible(Passage(text))]
        assert [pattern for pattern in possible if pattern.search(text)] == [
            pattern for _, pattern in rows if pattern.search(text)
        ]


def test_what_is_replaced_is_replaced_in_the_text_as_it_is_written() -> None:
    pets = phrases("cats? | dog")

    assert pets.sub("-", Passage("My Cat, the CATS and a Dogma")) == "My -, the - and a Dogma"
    assert pets.sub("-", "No match") == "No match"


def test_phrases_in_capitals_are_refused_because_they_would_never_be_found() -> None:
    with pytest.raises(ValueError, match="lower case"):
        phrases("police | NYPD")
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
        case tuple():
            for part in value:  # pyright: ignore[reportUnknownVariableType]
                yield from _within(part)
        case dict():
            for part in value.values():  # pyright: ignore[reportUnknownVariableType]
                yield from _within(part)
        case _:
            pass
