"""What counts as read."""

import json
from decimal import Decimal
from typing import Any

import pytest

from evaluation.report import Evaluation, PartResult, as_json, as_markdown
from evaluation.running import Outcome
from evaluation.scoring import FieldScore, field_scores, same_place
from shared.models.facts import Facts


def outcome(**facts: Any) -> Outcome:
    return Outcome(Facts(**facts), [], [], "officer")


@pytest.mark.parametrize(
    ("read", "labelled"),
    [
        ("Main St, Springfield", "Main St in Springfield"),
        ("59 Millrace Road", "59 Millrace Road, Madison, WI"),
        ("the corner of Broad and High", "Broad and High"),
    ],
)
def test_two_wordings_of_a_place_are_the_same(read: str, labelled: str) -> None:
    assert same_place(read, labelled)


@pytest.mark.parametrize(("read", "labelled"), [("12 Elm Street", "9 Oak Road, Dayton"), ("", "Dayton")])
def test_another_place_is_not(read: str, labelled: str) -> None:
    assert not same_place(read, labelled)


def test_a_misread_value_costs_precision_and_recall_and_a_missed_one_recall() -> None:
    pairs = [
        (outcome(claim_amount=Decimal(5)), outcome(claim_amount=Decimal(5))),
        (outcome(claim_amount=Decimal(6)), outcome(claim_amount=Decimal(7))),
        (outcome(), outcome(claim_amount=Decimal(8))),
    ]
    score = field_scores(pairs)["claim_amount"]
    assert (score.right, score.read, score.stand) == (1, 2, 3)
    assert (score.precision, score.recall, score.f1) == (0.5, 1 / 3, 0.4)


def test_a_no_is_nothing_that_could_be_read() -> None:
    score = field_scores([(outcome(injuries=False), outcome())])["injuries"]
    assert score == FieldScore(0, 0, 0)
    assert field_scores([(outcome(injuries=True), outcome())])["injuries"].precision == 0


def test_the_report_names_the_targets_that_are_missed() -> None:
    same = outcome(claim_type="medical")
    good = PartResult(["a"], [(same, same)], [("x.pdf", "other", "other")])
    bad = PartResult(["a"], [(outcome(claim_type="other"), outcome(claim_type="medical", email="a@b.c"))], [])
    assert Evaluation("offline", {"rules": good, "aside": good}).missed_targets() == []
    poor = Evaluation("offline", {"rules": good, "aside": bad})
    assert poor.missed_targets() == ["claim_type", "email"]
    assert list(bad.misses()) == ["a claim_type: other, not medical", "a email: None, not a@b.c"]
    assert json.loads(as_json(poor))["parts"]["aside"]["claim_type"] == 0
    assert "| claim type | 100.0% | 0.0% | 95% |" in as_markdown(poor)
