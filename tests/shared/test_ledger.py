"""The book of a policy: order, likeness, what remains, and that no limit is spent twice."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Conflict
from shared.ledger import EntryState, LedgerBook

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 24)


def book(*claims: str, day: dt.date = DAY, amount: int = 820) -> LedgerBook:
    empty = LedgerBook()
    for claim_id in claims:
        empty = registered(empty, claim_id, day=day, amount=amount)
    return empty


def registered(
    before: LedgerBook, claim_id: str, *, kind: str = "auto_collision", day: dt.date = DAY, amount: int = 820
) -> LedgerBook:
    return before.with_claim(claim_id, claim_type=kind, incident_date=day, amount=Decimal(amount), now=NOW)


def test_of_like_claims_only_the_first_has_none_before_it() -> None:
    three = book("A", "B", "C")
    assert [entry.claim_id for entry in three.like_before("C")] == ["A", "B"]
    assert three.like_before("A") == []


def test_a_claim_that_is_registered_again_keeps_its_place() -> None:
    again = registered(book("A", "B"), "A", amount=900)
    assert [(entry.claim_id, entry.number) for entry in again.entries] == [("A", 1), ("B", 2)]
    assert again.like_before("A") == []


@pytest.mark.parametrize(
    ("kind", "days", "amount", "is_like"),
    [
        ("auto_collision", 0, 500, True),
        ("auto_collision", 3, 500, True),
        ("auto_collision", 4, 500, False),
        ("auto_collision", 20, 820, True),
        ("auto_collision", 31, 820, False),
        ("auto_comprehensive", 0, 820, False),
    ],
)
def test_claims_are_alike_by_type_and_days_or_amount(
    kind: str, days: int, amount: int, is_like: bool
) -> None:
    both = registered(book("A"), "B", kind=kind, day=DAY - dt.timedelta(days=days), amount=amount)
    assert bool(both.like_before("B")) is is_like


def test_a_withdrawn_claim_is_repeated_by_none() -> None:
    assert book("A", "B").settled("A", EntryState.CLOSED).like_before("B") == []


def test_a_payout_is_taken_from_what_remains_once() -> None:
    both = book("A", "B").reserved("A", Decimal(320), remaining=Decimal(400))
    assert both.paid_in_year("auto_collision", 2026) == Decimal(320)
    with pytest.raises(Conflict, match="80"):
        both.reserved("B", Decimal(320), remaining=Decimal(400))
    assert both.reserved("A", Decimal(320), remaining=Decimal(400)) == both


def test_what_was_never_paid_is_released() -> None:
    both = book("A", "B").reserved("A", Decimal(320), remaining=Decimal(400))
    assert both.settled("A", EntryState.DENIED).reserved("B", Decimal(400), remaining=Decimal(400))


def test_of_an_erased_claim_day_and_amount_count_and_its_id_is_gone() -> None:
    both = book("A", "B").reserved("A", Decimal(320), remaining=Decimal(400)).erased("A").erased("B")
    assert [(entry.claim_id, entry.paid) for entry in both.entries] == [(None, Decimal(320))]
    assert "A" not in both.model_dump_json(include={"entries": {"__all__": {"claim_id"}}})
    third = registered(both, "C")
    assert third.like_before("C")
    with pytest.raises(Conflict):
        third.reserved("C", Decimal(100), remaining=Decimal(400))


@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(1, 300)), max_size=20), st.integers(0, 900))
def test_reservations_never_exceed_the_limit(wishes: list[tuple[str, int]], limit: int) -> None:
    ours = book(*"ABCDE")
    for claim_id, payout in wishes:
        try:
            ours = ours.reserved(claim_id, Decimal(payout), remaining=Decimal(limit))
        except Conflict:
            continue
        assert ours.paid_in_year("auto_collision", 2026) <= limit
