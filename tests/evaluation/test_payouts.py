"""What counts as a wrong payout, and how the cases are sent."""

import struct
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from evaluation.payouts import PayoutCase, Sent, as_sent, judged, payout_cases, photo, run_case
from tests.orchestration.app import rulebook

FILE = Path(__file__).parent / "files" / "payouts.yaml"
CASES = {case.id: case for case in payout_cases(FILE)}
OFFLINE = {"AGENT_MODEL": "offline"}


def case(group: str, **fields: Any) -> PayoutCase:
    return PayoutCase.model_validate(
        {"id": "x", "group": group, "kind": "k", "policies": [], "why": "w", "claims": [], **fields}
    )


@pytest.mark.parametrize(
    ("paid", "is_wrong", "exactly"), [([320], False, True), ([], False, False), ([820], True, False)]
)
def test_a_clean_claim_is_paid_exactly_or_not_at_all(paid: list[int], is_wrong: bool, exactly: bool) -> None:
    result = judged(case("Y", payout=320), [Decimal(sum_) for sum_ in paid])
    assert (result.is_wrong, result.is_paid_exactly) == (is_wrong, exactly)


@pytest.mark.parametrize(
    ("fields", "paid", "is_wrong"),
    [
        ({}, [], False),
        ({}, [1], True),
        ({}, [0], True),
        ({"may_pay": 1}, [5], False),
        ({"may_pay": 1}, [5, 5], True),
        ({"sum_at_most": 2000}, [700, 700], False),
        ({"sum_at_most": 2000}, [700, 700, 700], True),
    ],
)
def test_more_than_may_be_paid_is_a_wrong_payout(
    fields: dict[str, Any], paid: list[int], is_wrong: bool
) -> None:
    assert judged(case("N", **fields), [Decimal(sum_) for sum_ in paid]).is_wrong is is_wrong


@pytest.mark.parametrize(
    ("placeholder", "written"),
    [
        ("{{-6}}", "2026-11-24"),
        ("{{+1 compact}}", "20261201"),
        ("{{-6 long}}", "November 24, 2026"),
        ("{{-6 uk}}", "24 November 2026"),
        ("{{-6 fr}}", "24 novembre 2026"),
        ("{{-6 es}}", "24 de noviembre de 2026"),
        ("{{-6 rfc}}", "Tue, 24 Nov 2026 12:00:00 +0000"),
    ],
)
def test_a_placeholder_is_a_day_counted_from_the_thirtieth_of_november(
    placeholder: str, written: str
) -> None:
    assert as_sent(Sent(text=f"on {placeholder}.")).body.decode() == f"on {written}."


def test_a_photo_is_a_picture_that_differs_with_its_seed() -> None:
    kind, width, height = struct.unpack(">12x4sII", photo(3)[:24])
    assert (kind, width, height) == (b"IHDR", 640, 480)
    assert photo(3) != photo(4)
    assert photo(3) == photo(3)


@pytest.mark.parametrize("case_id", ["N1", "N2", "N3"])
async def test_claims_that_no_rule_may_pay_are_worked_to_their_rest(case_id: str) -> None:
    assert not (await run_case(CASES[case_id], OFFLINE, rulebook())).is_wrong


async def test_a_clean_claim_is_never_paid_another_sum() -> None:
    assert not (await run_case(CASES["Y1"], OFFLINE, rulebook())).is_wrong
