"""Saving and loading, on every backend."""

import asyncio
import json
from dataclasses import replace

import pytest

from shared.clock import utc_now
from shared.errors import NotFound
from shared.models.claim import ClaimStatus, Outcome
from shared.session_store import SessionStore
from shared.session_store.backend import Backend
from tests.shared.session_store.samples import add_until_saved, changed, load, message, new_context, stored


async def test_a_saved_session_loads_as_it_was_saved(store: SessionStore) -> None:
    context = new_context(status=ClaimStatus.PAUSED, missing_documents=["police_report"])

    saved = await store.save_session(context, [message("one"), message("two")])

    loaded = await load(store)
    assert loaded == saved
    assert loaded.context.submission == context.submission
    assert await store.history.read(loaded) == [message("one"), message("two")]


async def test_there_is_no_session_before_it_is_saved(store: SessionStore) -> None:
    assert await store.load_session("CLM-1") is None
    assert not await store.session_exists("CLM-1")

    await store.save_session(new_context())

    assert await store.session_exists("CLM-1")


async def test_a_save_counts_itself_and_its_messages(store: SessionStore) -> None:
    before = utc_now()
    first = await store.save_session(new_context(), [message("one")])
    second = await store.save_session(first, [message("two"), message("three")])

    assert [s.context.revision for s in (first, second)] == [1, 2]
    assert [s.context.message_count for s in (first, second)] == [1, 3]
    assert first.context.saved_at is not None
    assert second.context.saved_at is not None
    assert before <= first.context.saved_at <= second.context.saved_at


async def test_a_turn_writes_history_and_context_and_leaves_the_summary(
    backend: Backend, store: SessionStore
) -> None:
    session = await store.save_session(new_context())
    summary = await stored(backend, "CLM-1/session.json")

    session = await store.save_session(session, [message("one")])
    await store.save_session(await load(store), [message("two")])

    assert await stored(backend, "CLM-1/session.json") == summary


async def test_a_change_that_a_list_shows_is_written_to_the_summary(
    backend: Backend, store: SessionStore
) -> None:
    session = await store.save_session(new_context())

    session = await store.save_session(changed(session, status=ClaimStatus.PAUSED))
    paused = json.loads(await stored(backend, "CLM-1/session.json"))
    await store.save_session(
        changed(await load(store), status=ClaimStatus.PROCESSING, outcome=Outcome.DENIED)
    )
    denied = json.loads(await stored(backend, "CLM-1/session.json"))

    assert (paused["status"], paused["revision"]) == ("paused", 2)
    assert (denied["status"], denied["outcome"], denied["revision"]) == ("processing", "denied", 3)


async def test_the_caller_may_do_without_the_summary(backend: Backend, store: SessionStore) -> None:
    session = await store.save_session(new_context())

    before = json.loads(await stored(backend, "CLM-1/session.json"))
    session = await store.save_session(changed(session, status=ClaimStatus.PAUSED), summarize=False)
    done_without = json.loads(await stored(backend, "CLM-1/session.json"))
    await store.save_session(session)
    caught_up = json.loads(await stored(backend, "CLM-1/session.json"))

    assert done_without == before
    assert caught_up["status"] == "paused"


async def test_a_late_summary_does_not_replace_a_later_one(backend: Backend, store: SessionStore) -> None:
    first = await store.save_session(new_context())
    second = await store.save_session(changed(first, status=ClaimStatus.PAUSED))

    await store.refresh_summary(replace(first, recorded=None))

    assert json.loads(await stored(backend, "CLM-1/session.json"))["revision"] == second.context.revision


async def test_the_context_stays_unchanged_in_the_callers_hands(store: SessionStore) -> None:
    context = new_context()

    await store.save_session(context, [message("one")])

    assert (context.revision, context.history_bytes, context.saved_at) == (0, 0, None)


async def test_archiving_stamps_once(store: SessionStore) -> None:
    await store.save_session(new_context())

    first = await store.archive_session("CLM-1")
    second = await store.archive_session("CLM-1")

    assert first.context.archived_at is not None
    assert second.context == first.context
    assert (await store.list_sessions()).summaries[0].archived_at == first.context.archived_at


async def test_archiving_waits_for_other_writers(store: SessionStore) -> None:
    await store.save_session(new_context())

    await asyncio.gather(store.archive_session("CLM-1"), *(add_until_saved(store, str(n)) for n in range(3)))

    session = await load(store)
    assert session.context.archived_at is not None
    assert session.context.message_count == 3


async def test_what_is_not_there_cannot_be_archived(store: SessionStore) -> None:
    with pytest.raises(NotFound):
        await store.archive_session("CLM-1")
