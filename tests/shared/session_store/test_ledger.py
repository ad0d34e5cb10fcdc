"""The ledger in storage: many writers, one book, and no amount that is given away twice."""

import asyncio
import datetime as dt
from decimal import Decimal

import pytest

from shared.errors import Conflict, SessionCorrupt
from shared.ledger import EntryState, LedgerBook
from shared.session_store import Sealer, SessionStore
from shared.session_store.backend import Area, Backend

POLICY = "PLC12345"
NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


async def register(store: SessionStore, claim_id: str) -> LedgerBook:
    return await store.ledger.change(
        POLICY,
        lambda book: book.with_claim(
            claim_id,
            claim_type="auto_collision",
            incident_date=dt.date(2026, 3, 1),
            amount=Decimal(800),
            now=NOW,
        ),
    )


async def reserve(store: SessionStore, claim_id: str, *, remaining: int) -> bool:
    try:
        await store.ledger.change(
            POLICY, lambda book: book.reserved(claim_id, Decimal(800), remaining=Decimal(remaining))
        )
    except Conflict:
        return False
    return True


async def test_of_fifty_like_claims_at_once_exactly_one_has_none_before_it(
    backend: Backend, sealer: Sealer
) -> None:
    hosts = [SessionStore(backend, sealer) for _ in range(5)]
    claims = [f"CLM-{number}" for number in range(50)]
    books = await asyncio.gather(*(register(hosts[at % 5], claim) for at, claim in enumerate(claims)))
    first = [claim for claim, book in zip(claims, books, strict=True) if not book.like_before(claim)]
    assert len(first) == 1
    assert {entry.claim_id for entry in (await hosts[0].ledger.read(POLICY)).entries} == set(claims)


async def test_reservations_at_once_never_overdraw_the_limit(backend: Backend, sealer: Sealer) -> None:
    hosts = [SessionStore(backend, sealer) for _ in range(4)]
    claims = [f"CLM-{number}" for number in range(8)]
    for host in hosts:
        for claim in claims:
            await register(host, claim)
    given = await asyncio.gather(
        *(reserve(hosts[at % 4], claim, remaining=2000) for at, claim in enumerate(claims))
    )
    assert sum(given) == 2
    assert (await hosts[0].ledger.read(POLICY)).paid_in_year("auto_collision", 2026) == 1600


async def test_a_claim_that_reserves_again_after_a_crash_takes_nothing_more(
    backend: Backend, sealer: Sealer
) -> None:
    await register(SessionStore(backend, sealer), "CLM-1")
    for _ in range(2):
        assert await reserve(SessionStore(backend, sealer), "CLM-1", remaining=800)
    book = await SessionStore(backend, sealer).ledger.read(POLICY)
    assert book.paid_in_year("auto_collision", 2026) == 800


async def test_a_remembered_book_never_refuses_what_another_host_has_freed(
    backend: Backend, sealer: Sealer
) -> None:
    ours, theirs = SessionStore(backend, sealer), SessionStore(backend, sealer)
    await register(theirs, "CLM-1")
    assert await reserve(theirs, "CLM-1", remaining=800)
    await register(ours, "CLM-2")
    await theirs.ledger.change(POLICY, lambda book: book.settled("CLM-1", EntryState.CLOSED))
    assert await reserve(ours, "CLM-2", remaining=800)


async def test_a_remembered_book_never_hides_a_claim_that_another_host_registered(
    backend: Backend, sealer: Sealer
) -> None:
    ours, theirs = SessionStore(backend, sealer), SessionStore(backend, sealer)
    await register(ours, "CLM-1")
    await register(theirs, "CLM-2")
    assert await reserve(theirs, "CLM-2", remaining=800)
    book = await ours.ledger.change(POLICY, lambda book: book.settled("CLM-2", EntryState.CLOSED))
    assert book.paid_in_year("auto_collision", 2026) == 0


async def test_a_damaged_book_is_an_error_until_it_is_rebuilt(store: SessionStore, backend: Backend) -> None:
    book = await register(store, "CLM-1")
    (stored,) = await backend.objects.list(Area.LEDGER, "")
    assert POLICY not in stored.key
    await backend.objects.write(Area.LEDGER, stored.key, b'{"entries": 7}')
    with pytest.raises(SessionCorrupt):
        await store.ledger.read(POLICY)
    with pytest.raises(SessionCorrupt):
        await register(store, "CLM-2")
    await store.ledger.rebuild(POLICY, book)
    assert await store.ledger.read(POLICY) == book


async def test_hosts_that_start_at_once_end_with_one_secret(backend: Backend, sealer: Sealer) -> None:
    hosts = [SessionStore(backend, sealer) for _ in range(6)]
    keys = await asyncio.gather(*(host.secret.key_for("lookup") for host in hosts))
    assert len(set(keys)) == 1
    assert await hosts[0].secret.key_for("ledger names") not in keys


async def test_a_configured_secret_is_not_stored(backend: Backend, sealer: Sealer) -> None:
    one, other = (SessionStore(backend, sealer, secret=bytes([at]) * 32) for at in (1, 2))
    assert await one.secret.key_for("lookup") != await other.secret.key_for("lookup")
    assert not await backend.objects.list(Area.SESSIONS, "")


async def test_the_secret_is_no_claim(store: SessionStore) -> None:
    await store.secret.key_for("lookup")
    assert (await store.list_sessions()).summaries == []
