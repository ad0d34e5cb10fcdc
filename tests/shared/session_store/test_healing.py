"""What a crash between two writes of a save leaves, on every backend."""

import json

import pytest

from shared.models.claim import ClaimStatus
from shared.session_store import Sealer, SessionStore
from shared.session_store.backend import Area, Backend
from tests.shared.session_store.interrupted import Death, InterruptedBackend
from tests.shared.session_store.samples import changed, load, message, new_context, stored, texts


async def test_a_save_that_died_before_its_summary_is_healed_by_the_next(
    backend: Backend, sealer: Sealer, store: SessionStore
) -> None:
    session = await store.save_session(new_context())
    dying = SessionStore(InterruptedBackend(backend, 1), sealer)

    with pytest.raises(Death):
        await dying.save_session(changed(session, status=ClaimStatus.PAUSED), [message("one")])
    assert json.loads(await stored(backend, "CLM-1/session.json"))["status"] == "processing"
    await store.save_session(await load(store), [message("two")])

    summary = json.loads(await stored(backend, "CLM-1/session.json"))
    assert (summary["status"], summary["message_count"]) == ("paused", 2)


async def test_a_stale_summary_is_healed_without_a_save_too(
    backend: Backend, sealer: Sealer, store: SessionStore
) -> None:
    dying = SessionStore(InterruptedBackend(backend, 1), sealer)
    with pytest.raises(Death):
        await dying.save_session(new_context(status=ClaimStatus.PAUSED))

    await store.refresh_summary(await load(store))

    assert json.loads(await stored(backend, "CLM-1/session.json"))["status"] == "paused"


async def test_messages_that_were_never_committed_are_neither_read_nor_kept(
    backend: Backend, store: SessionStore
) -> None:
    session = await store.save_session(new_context(), [message("one")])
    history = await stored(backend, "CLM-1/history.jsonl")
    await backend.objects.write(Area.SESSIONS, "CLM-1/history.jsonl", history + b'{"role": "user"}\n' * 50)

    assert await texts(store, await load(store)) == ["one"]
    session = await store.save_session(session, [message("two")])

    assert await texts(store, session) == ["one", "two"]
    assert len(await stored(backend, "CLM-1/history.jsonl")) == session.context.history_bytes
