"""What counts as read, and what the report says of it."""

import json
from decimal import Decimal
from typing import Any

import pytest

from evaluation.payouts import PayoutResult
from evaluation.report import Evaluation, PartResult, as_json, as_markdown
from evaluation.running import Outcome
from evaluation.scoring import FactScore, Judged, fact_scores, same_place, score
from shared.models.facts import Facts


def outcome(*sure: str, asks: bool = True, **facts: Any) -> Outcome:
    return Outcome(Facts(**facts), [], [], "officer", frozenset(sure), asks)


def judged(read: Outcome, labelled: Outcome, **changes: Any) -> Judged:
    return Judged("a", read, labelled, **changes)


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


def test_a_value_is_right_wrong_or_absent_and_a_misread_one_costs_precision_and_recall() -> None:
    claims = [
        judged(outcome(claim_amount=Decimal(5)), outcome(claim_amount=Decimal(5))),
        judged(outcome(claim_amount=Decimal(6)), outcome(claim_amount=Decimal(7))),
        judged(outcome(), outcome(claim_amount=Decimal(8))),
    ]
    found = fact_scores(claims)["claim_amount"]
    assert (found.right, found.wrong, found.absent) == (1, 1, 1)
    assert (found.precision, found.recall, found.f1) == (0.5, 1 / 3, 0.4)


def test_a_value_of_which_the_claim_says_nothing_is_wrong() -> None:
    found = score("phone", judged(outcome(phone="+16145550107"), outcome()))
    assert (found.wrong, found.absent, found.recall, found.precision) == (1, 0, 1, 0)


def test_what_is_wrong_though_it_was_given_as_sure_is_counted_apart() -> None:
    wrong = judged(outcome("email", email="a@b.c"), outcome(email="d@b.c"))
    assert score("email", wrong).sure_wrong == 1
    assert score("email", judged(outcome(email="a@b.c"), outcome(email="d@b.c"))).sure_wrong == 0
    right = score("email", judged(outcome("email", email="a@b.c"), outcome(email="a@b.c")))
    assert (right.sure, right.sure_wrong) == (1, 0)


@pytest.mark.parametrize(
    ("read", "label", "expected"),
    [
        (False, None, FactScore()),
        (None, None, FactScore()),
        (True, None, FactScore(wrong=1)),
        (True, False, FactScore(wrong=1, misread=1)),
        (False, True, FactScore(wrong=1, misread=1)),
        (False, False, FactScore(right=1)),
        (None, True, FactScore(absent=1)),
    ],
)
def test_a_yes_or_no_that_no_label_names_is_not_a_yes(
    read: bool | None, label: bool | None, expected: FactScore
) -> None:
    assert score("injuries", judged(outcome(injuries=read), outcome(injuries=label))) == expected


def test_of_a_corrected_claim_only_the_corrected_facts_count() -> None:
    one = judged(outcome(email="x@b.c"), outcome(phone="+1614"), measured=frozenset({"phone"}))
    assert score("email", one) == FactScore()
    assert score("phone", one).absent == 1


def test_the_report_names_the_targets_that_are_missed() -> None:
    same = outcome(claim_type="medical")
    good = PartResult([judged(same, same)], [("x.pdf", "other", "other")])
    bad = PartResult([judged(outcome(claim_type="other"), outcome(claim_type="medical", email="a@b.c"))])
    assert Evaluation("offline", {"rules": good, "aside": good}).missed_targets() == []
    poor = Evaluation("offline", {"rules": good, "aside": bad})
    assert poor.missed_targets() == ["claim_type", "email"]
    assert list(bad.misses()) == ["a claim_type: other, not medical", "a email: None, not a@b.c"]
    assert json.loads(as_json(poor))["parts"]["aside"]["claim_type"] == 0
    assert "| claim type | 0.0% | 95% |" in as_markdown(poor)
    assert "| `email` | 0 | 0 | 1 | 0 | 0 | 0.00 |" in as_markdown(poor)


def test_the_report_says_which_share_of_the_sure_values_is_wrong() -> None:
    claims = [judged(outcome("email", email="a@b.c"), outcome(email=label)) for label in ("a@b.c", "d@b.c")]
    page = as_markdown(Evaluation("offline", {"x": PartResult(claims)}))
    assert "| wrong values among those given as sure | 50.0% | at most 1% |" in page


def test_claims_in_other_languages_are_counted_apart() -> None:
    read = outcome(claim_type="other", asks=False)
    part = PartResult([judged(read, outcome(claim_type="medical"), is_english=False)])
    assert part.shares()["claim_type"] == 1
    assert part.foreign() == {"claims": 1, "wrong_type": 1, "nothing_asked": 1, "decided_by_rule": 0}
    assert "1 got a wrong type, 1 were asked for nothing" in as_markdown(Evaluation("offline", {"x": part}))


def test_letters_that_are_read_differently_on_another_way_are_named() -> None:
    one, other = (
        judged(outcome(email="a@b.c"), outcome(email="a@b.c")),
        judged(outcome(), outcome(email="a@b.c")),
    )
    assert PartResult(ways={"text": [one], "mail": [one]}).differing() == []
    part = PartResult(ways={"text": [one], "mail": [other]})
    assert part.differing() == ["a"]
    assert part.of_ways()["mail"].absent == 1


def test_the_report_names_wrong_payouts_and_clean_claims_that_are_not_paid() -> None:
    paid = PayoutResult("Y1", is_clean=True, is_wrong=False, is_paid_exactly=True)
    unpaid = PayoutResult("Y2", is_clean=True, is_wrong=False, is_paid_exactly=False)
    wrong = PayoutResult("N1", is_clean=False, is_wrong=True, is_paid_exactly=False)
    page = as_markdown(Evaluation("offline", payouts=[paid, unpaid, wrong]))
    assert "| wrong payouts | 1 of 3 | N1 |" in page
    assert "| clean claims paid exactly | 1 of 2 | not: Y2 |" in page
