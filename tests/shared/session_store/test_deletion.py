"""Erasing a claim, on every backend."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime
from itertools import count

import pytest

from shared.clock import utc_now
from shared.errors import NotFound, RevisionConflict
from shared.models.claim import ClaimStatus
from shared.session_store import Sealer, Session, SessionStore
from shared.session_store.backend import Area, Backend
from tests.shared.session_store.interrupted import Death, InterruptedBackend
from tests.shared.session_store.samples import (
    changed,
    document_item,
    keys,
    message,
    new_context,
    record,
    stored,
    texts,
)

HELD = (Area.SESSIONS, Area.UPLOADS, Area.REJECTED)


async def test_a_deleted_claim_leaves_nothing_and_its_neighbours_stay(
    backend: Backend, store: SessionStore
) -> None:
    for claim_id in ("CLM-1", "CLM-10", "CLM-1-b"):
        await store.save_session(new_context(claim_id), [message("one")])
        await store.inbox.put(claim_id, document_item(record("estimate.pdf")), b"pdf")
        await backend.objects.write(Area.UPLOADS, f"{claim_id}/police_report/report.pdf", b"pdf")
        await store.uploads.reject(f"{claim_id}/virus.exe", b"mz", "not a document")
    others = [(area, await keys(backend, area)) for area in HELD]

    await store.delete_session("CLM-1")
    await store.delete_session("CLM-1")

    for area, before in others:
        assert await keys(backend, area) == [key for key in before if not key.startswith("CLM-1/")]
    assert await store.load_session("CLM-1") is None


async def test_a_save_after_deletion_is_a_conflict_and_brings_nothing_back(
    backend: Backend, store: SessionStore
) -> None:
    session = await store.save_session(new_context(), [message("one")])
    await store.delete_session("CLM-1")

    with pytest.raises(RevisionConflict):
        await store.save_session(changed(session, status=ClaimStatus.PAUSED), [message("two")])
    await store.refresh_summary(replace(session, recorded=None))
    with pytest.raises(NotFound):
        await store.handoffs.put("CLM-1", {})

    assert await keys(backend) == []


async def test_a_save_racing_a_deletion_brings_nothing_back(backend: Backend, store: SessionStore) -> None:
    for number in range(25):
        session = await store.save_session(new_context(), [message("one")])
        paused = changed(session, status=ClaimStatus.PAUSED)
        save, delete = store.save_session(paused, [message("two")]), store.delete_session("CLM-1")

        outcome, _ = await asyncio.gather(
            *((save, delete) if number % 2 else (delete, save)), return_exceptions=True
        )

        assert outcome is None or isinstance(outcome, Session | RevisionConflict)
        assert await keys(backend) == []


async def test_a_claim_id_is_free_again_after_deletion(store: SessionStore) -> None:
    await store.save_session(new_context(), [message("old"), message("old too")])
    await store.delete_session("CLM-1")

    session = await store.save_session(new_context(), [message("new")])

    assert await texts(store, session) == ["new"]


async def test_reading_on_after_deletion_is_a_conflict_not_corruption(store: SessionStore) -> None:
    session = await store.save_session(new_context(), [message("one")])
    await store.delete_session("CLM-1")

    with pytest.raises(RevisionConflict):
        await store.history.read(session)


async def test_a_deletion_that_died_is_completed_by_the_next(
    backend: Backend, sealer: Sealer, store: SessionStore
) -> None:
    calls = 0
    for calls in count():
        await store.save_session(new_context(), [message("one")])
        await backend.objects.write(Area.UPLOADS, "CLM-1/report.pdf", b"pdf")
        try:
            await SessionStore(InterruptedBackend(backend, calls), sealer).delete_session("CLM-1")
        except Death:
            if calls > 2:  # the tombstone, and what tells the sweep
                assert await store.load_session("CLM-1") is None
            await store.delete_session("CLM-1")
            assert [key for area in HELD for key in await keys(backend, area)] == []
        else:
            break
    assert calls > 5


async def test_a_tombstone_says_that_a_claim_was_erased_and_when_and_nothing_else(
    backend: Backend, store: SessionStore
) -> None:
    assert not await store.erasures.was_erased("CLM-1")
    before = utc_now()
    await store.save_session(new_context(), [message("one")])
    await store.delete_session("CLM-1")
    tombstone = await stored(backend, "tombstones/CLM-1.json", Area.ERASED)
    await store.delete_session("CLM-1")

    assert await store.erasures.was_erased("CLM-1")
    assert not await store.erasures.was_erased("CLM-2")
    said_there = json.loads(tombstone)
    assert said_there.keys() == {"claim_id", "erased_at"}
    assert before <= datetime.fromisoformat(said_there["erased_at"]) <= utc_now()
    assert await stored(backend, "tombstones/CLM-1.json", Area.ERASED) == tombstone


async def test_an_erasure_stays_open_until_it_is_closed_and_the_tombstone_stays(store: SessionStore) -> None:
    await store.delete_session("CLM-1")
    assert [claim_id for claim_id, _ in await store.erasures.list()] == ["CLM-1"]

    await store.erasures.close("CLM-1")

    assert await store.erasures.list() == []
    assert await store.erasures.was_erased("CLM-1")


async def test_when_a_claim_was_created_is_known_until_its_erasure_is_closed(
    backend: Backend, sealer: Sealer, store: SessionStore
) -> None:
    assert await store.created_at("CLM-1") is None
    for calls in count():
        session = await store.save_session(new_context())
        try:
            await SessionStore(InterruptedBackend(backend, calls), sealer).delete_session("CLM-1")
        except Death:
            assert await store.created_at("CLM-1") == session.context.created_at
            await store.delete_session("CLM-1")
        else:
            break
        await store.delete_session("CLM-1")
        assert await store.created_at("CLM-1") == session.context.created_at
    await store.erasures.close("CLM-1")
    assert await store.created_at("CLM-1") is None


async def test_a_claim_of_which_nothing_can_be_read_is_erased(backend: Backend, store: SessionStore) -> None:
    await store.save_session(new_context())
    for name in ("context.json", "session.json"):
        await backend.objects.write(Area.SESSIONS, f"CLM-1/{name}", b"{")

    assert await store.created_at("CLM-1") is None
    await store.delete_session("CLM-1")

    assert await keys(backend) == []
    assert await store.erasures.was_erased("CLM-1")
