"""A claim that ends without a payout frees what was reserved for it; an erased one leaves no id behind."""

import datetime as dt
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from orchestration.phases.policy_ledger import forget, release
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from orchestration.rules.keys import policy_key
from shared.ledger import EntryState, LedgerBook
from shared.models.claim import ClaimChanges
from shared.models.facts import ClaimFacts, Facts
from shared.models.vocabulary import ClaimStatus, Outcome
from shared.session_store import SessionStore, open_local_store
from tests.shared.session_store.samples import new_context

POLICY = "PLC-12345"
KEY = policy_key(POLICY)


@pytest.fixture
async def store() -> AsyncIterator[SessionStore]:
    store = open_local_store(":memory:")
    yield store
    await store.close()


async def a_reserved_claim(store: SessionStore) -> ClaimUnitOfWork:
    """A claim at work whose payout of 800 is reserved."""
    context = new_context()
    evidence = ClaimFacts.given(Facts(policy_number=POLICY), at=context.created_at)
    claim = await ClaimUnitOfWork.create(
        store, context.with_changes(evidence=evidence), (), records_events=False
    )

    def reserved(book: LedgerBook) -> LedgerBook:
        registered = book.with_claim(
            claim.claim_id,
            claim_type="auto_collision",
            incident_date=dt.date(2026, 3, 1),
            amount=Decimal(800),
            now=context.created_at,
        )
        return registered.reserved(claim.claim_id, Decimal(800), remaining=Decimal(800))

    await store.ledger.change(KEY, reserved)
    return claim


@pytest.mark.parametrize(
    ("ending", "state"),
    [
        ({"status": ClaimStatus.WITHDRAWN}, EntryState.CLOSED),
        ({"status": ClaimStatus.EXPIRED}, EntryState.CLOSED),
        ({"status": ClaimStatus.COMPLETED, "outcome": Outcome.DENIED}, EntryState.DENIED),
    ],
)
async def test_a_claim_that_ends_without_a_payout_frees_its_reservation(
    store: SessionStore, ending: ClaimChanges, state: EntryState
) -> None:
    claim = await a_reserved_claim(store)
    await claim.commit(**ending)
    for _ in range(2):
        await release(store, claim.context)
    (entry,) = (await store.ledger.read(KEY)).entries
    assert (entry.state, entry.paid) == (state, 0)


async def test_a_paid_claim_keeps_its_reservation(store: SessionStore) -> None:
    claim = await a_reserved_claim(store)
    await claim.commit(status=ClaimStatus.COMPLETED, outcome=Outcome.APPROVED)
    await release(store, claim.context)
    assert (await store.ledger.read(KEY)).paid_in_year("auto_collision", 2026) == 800


async def test_of_an_erased_claim_that_was_paid_the_amount_stays_without_its_id(store: SessionStore) -> None:
    claim = await a_reserved_claim(store)
    for _ in range(2):
        await forget(store, claim.context)
    book = await store.ledger.read(KEY)
    assert book.paid_in_year("auto_collision", 2026) == 800
    assert [entry.claim_id for entry in book.entries] == [None]
