"""Facts of letters with confidence and quotes; yes and no; answers to questions."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from reading import parse_answer, read_document_facts, read_letter
from shared.models.facts import QUOTE_CHARACTERS, SURE

SENT = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
LETTERS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("narratives.yaml").read_text("utf-8"))


def said(text: str, fact: str) -> list[tuple[Any, bool]]:
    """Each value with whether it is sure."""
    found = read_letter(text, sent_at=SENT).found.get(fact, ())
    return [(one.value, one.confidence >= SURE) for one in found]


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter["name"])
def test_every_quote_stands_in_the_letter(letter: dict[str, Any]) -> None:
    for values in read_letter(letter["text"], sent_at=letter["sent_at"]).found.values():
        for found in values:
            assert len(found.quote) <= QUOTE_CHARACTERS
            assert found.start is None or letter["text"][found.start : found.end] == found.quote


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nobody was hurt.", [(False, True)]),
        ("Nobody was hurt, but my dog was.", [(False, False)]),
        ("My dog was hurt in the crash.", []),
        ("A dog bit me.", [(True, True)]),
        ("I was checked at the ER, not injured.", [(False, False), (True, False)]),
        ("An ambulance came.", [(True, False)]),
        ("I think nobody was hurt.", [(False, False)]),
        ("I backed into a post.\n\nDana Whitfield\nAttorney at Law, Personal Injury", []),
    ],
)
def test_injuries_are_of_persons_and_sure_only_if_plain(text: str, expected: list[tuple[bool, bool]]) -> None:
    assert said(text, "injuries") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The police came.", [(True, True)]),
        ("The police were not called.", [(False, True)]),
        ("Police number AUT-204518. I backed into a post.", []),
        ("I backed into a post.\n\nSgt. Dana Whitfield\nColumbus Police Department", []),
    ],
)
def test_police_in_numbers_and_signatures_did_not_come(text: str, expected: list[tuple[bool, bool]]) -> None:
    assert said(text, "police_involved") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I rear-ended the truck ahead.", [("auto_collision", True)]),
        ("I rear-ended the truck ahead in heavy rain.", [("auto_collision", False)]),
        ("Someone cut the cat converter off my car.", [("auto_comprehensive", True)]),
        ("The dog ran out and I hit a tree with my car.", [("auto_comprehensive", False)]),
        ("Hello there.", []),
    ],
)
def test_a_claim_type_is_sure_if_its_evidence_is_clear(text: str, expected: list[tuple[str, bool]]) -> None:
    assert said(text, "claim_type") == expected


@pytest.mark.parametrize(
    ("kind", "answer", "value"),
    [
        ("injuries", "no", False),
        ("injuries", "Nobody was hurt", False),
        ("injuries", "yes, my wife broke her arm", True),
        ("injuries", "no, but my neck hurts", None),
        ("injuries", "not that I know of", None),
        ("injuries", "banana", None),
        ("police_involved", "The police came", True),
        ("theft_or_vandalism", "No.", False),
        ("claim_type", "home storm", "home_storm"),
        ("claim_type", "a car accident", "auto_collision"),
        ("claim_type", "yes", None),
    ],
)
def test_an_answer_says_yes_no_or_nothing(kind: str, answer: str, value: object) -> None:
    assert getattr(parse_answer(kind, answer, sent_at=SENT), kind) == value


@pytest.mark.parametrize(
    ("note", "injuries"),
    [
        ("Customer states the driver was taken to the emergency room.", True),
        ("Nobody was hurt.", None),
        ("Valid for 30 days.", None),
    ],
)
def test_an_estimate_that_tells_of_an_injury_is_believed_and_one_that_tells_of_none_says_nothing(
    note: str, injuries: bool | None
) -> None:
    found = read_document_facts(
        f"RIVERSIDE AUTO BODY\nREPAIR ESTIMATE\nTotal USD 820.00\n{note}", "repair_estimate"
    )
    assert [one.value for one in found.get("injuries", ())] == ([injuries] if injuries else [])
