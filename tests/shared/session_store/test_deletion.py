"""Erasing a claim, on every backend."""

import asyncio
from itertools import count

import pytest

from shared.errors import NotFound, RevisionConflict
from shared.models import ClaimStatus
from shared.session_store import Sealer, Session, SessionStore
from shared.session_store.backend import Backend, Place
from tests.shared.session_store.interrupted import Death, InterruptedBackend
from tests.shared.session_store.samples import (
    arrived,
    changed,
    keys,
    new_context,
    record,
    said,
    texts,
)


async def test_a_deleted_claim_leaves_nothing_and_its_neighbours_stay(
    backend: Backend, store: SessionStore
) -> None:
    for claim_id in ("CLM-1", "CLM-10", "CLM-1-b"):
        await store.save_session(new_context(claim_id), [said("one")])
        await store.put_arrival(claim_id, arrived(record("estimate.pdf")), b"pdf")
        await backend.write(Place.UPLOADS, f"{claim_id}/police_report/report.pdf", b"pdf")
        await store.reject_upload(f"{claim_id}/virus.exe", b"mz", "not a document")
    others = [(place, await keys(backend, place)) for place in Place]

    await store.delete_session("CLM-1")
    await store.delete_session("CLM-1")

    for place, before in others:
        assert await keys(backend, place) == [key for key in before if not key.startswith("CLM-1/")]
    assert await store.load_session("CLM-1") is None


async def test_a_save_after_deletion_is_a_conflict_and_brings_nothing_back(
    backend: Backend, store: SessionStore
) -> None:
    session = await store.save_session(new_context(), [said("one")])
    await store.delete_session("CLM-1")

    with pytest.raises(RevisionConflict):
        await store.save_session(changed(session, status=ClaimStatus.PAUSED), [said("two")])
    await store.refresh_summary(session, always=True)
    with pytest.raises(NotFound):
        await store.put_handoff("CLM-1", {})

    assert await keys(backend) == []


async def test_a_save_racing_a_deletion_brings_nothing_back(backend: Backend, store: SessionStore) -> None:
    for number in range(25):
        session = await store.save_session(new_context(), [said("one")])
        paused = changed(session, status=ClaimStatus.PAUSED)
        save, delete = store.save_session(paused, [said("two")]), store.delete_session("CLM-1")

        outcome, _ = await asyncio.gather(
            *((save, delete) if number % 2 else (delete, save)), return_exceptions=True
        )

        assert outcome is None or isinstance(outcome, Session | RevisionConflict)
        assert await keys(backend) == []


async def test_a_claim_id_is_free_again_after_deletion(store: SessionStore) -> None:
    await store.save_session(new_context(), [said("old"), said("old too")])
    await store.delete_session("CLM-1")

    session = await store.save_session(new_context(), [said("new")])

    assert await texts(store, session) == ["new"]


async def test_reading_on_after_deletion_is_a_conflict_not_corruption(store: SessionStore) -> None:
    session = await store.save_session(new_context(), [said("one")])
    await store.delete_session("CLM-1")

    with pytest.raises(RevisionConflict):
        await store.read_history(session)


async def test_a_deletion_that_died_is_completed_by_the_next(
    backend: Backend, sealer: Sealer, store: SessionStore
) -> None:
    calls = 0
    for calls in count():
        await store.save_session(new_context(), [said("one")])
        await backend.write(Place.UPLOADS, "CLM-1/report.pdf", b"pdf")
        try:
            await SessionStore(InterruptedBackend(backend, calls), sealer).delete_session("CLM-1")
        except Death:
            if calls:
                assert await store.load_session("CLM-1") is None
            await store.delete_session("CLM-1")
            assert [key for place in Place for key in await keys(backend, place)] == []
        else:
            break
    assert calls > 3
