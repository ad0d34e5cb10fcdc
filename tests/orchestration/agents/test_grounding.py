import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from orchestration.agents.grounding import grounded
from orchestration.agents.reports import Quote, ReadingReport
from shared.models.facts import Facts

SHOWN = """\
Policy number: AUT-204518. Dana Whitfield, dana@example.com, (614) 555-0142. Riverside Auto Body asks USD
4,850.00; in Germany that would be 4.850,00. It was at Cedar Hollow Road, Columbus, Ohio, on November 10."""


def reported(facts: dict[str, Any], quote: str = "") -> ReadingReport:
    quotes = [Quote(fact=name, words=quote) for name in facts if quote]
    return ReadingReport(summary="Read.", facts=Facts(**facts), quotes=quotes)


def kept(facts: dict[str, Any], quote: str = "") -> Facts:
    return grounded(reported(facts, quote), SHOWN).facts


@pytest.mark.parametrize(
    "facts",
    [
        {"policy_number": "aut 204518"},
        {"email": "Dana@Example.com"},
        {"phone": "+16145550142"},
        {"claimant_name": "Whitfield, Dana"},
        {"claim_amount": Decimal(4850)},
        {"incident_location": "Cedar Hollow Rd, Columbus, OH"},
        {"vendors": ["Riverside Auto Body"]},
    ],
)
def test_what_stands_there_stays_however_it_is_written(facts: dict[str, Any]) -> None:
    assert kept(facts) == Facts(**facts)


@pytest.mark.parametrize(
    "facts",
    [
        {"policy_number": "AUT-204519"},
        {"email": "mallory@example.com"},
        {"phone": "+16145559999"},
        {"claimant_name": "Mallory Price"},
        {"claim_amount": Decimal(48500)},
        {"claim_amount": Decimal(485)},
        {"incident_location": "Elm Street, Springfield"},
        {"vendors": ["Nobody & Sons"]},
    ],
)
def test_what_stands_nowhere_is_dropped(facts: dict[str, Any]) -> None:
    assert kept(facts) == Facts()


READINGS: list[dict[str, Any]] = [
    {"injuries": False},
    {"incident_date": dt.date(2026, 11, 10)},
    {"claim_type": "auto_collision"},
    {"incident_description": "A collision."},
]


@pytest.mark.parametrize("facts", READINGS)
def test_a_reading_stays_with_a_quote_that_stands_there(facts: dict[str, Any]) -> None:
    quote = "at Cedar Hollow Road,\nColumbus, Ohio, on November 10"
    assert kept(facts, quote) == Facts(**facts)


@pytest.mark.parametrize("facts", READINGS)
@pytest.mark.parametrize("quote", ["", "?", "Nobody was hurt at Cedar Hollow Road"])
def test_a_reading_is_dropped_without_a_quote_that_stands_there(facts: dict[str, Any], quote: str) -> None:
    assert kept(facts, quote) == Facts()


def test_a_quote_that_stands_nowhere_is_dropped_from_a_fact_that_does() -> None:
    report = grounded(reported({"policy_number": "AUT-204518"}, "policy of my aunt"), SHOWN)
    assert (report.facts.policy_number, report.quotes) == ("AUT-204518", [])
