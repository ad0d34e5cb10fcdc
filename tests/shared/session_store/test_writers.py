"""Writers of one session at the same time, on every backend."""

import asyncio

import pytest

from shared.errors import RevisionConflict
from shared.session_store import SessionStore
from tests.shared.session_store.samples import add_until_saved, changed, load, message, new_context, texts


async def test_the_later_of_two_writers_gets_a_conflict_and_changes_nothing(store: SessionStore) -> None:
    read = await store.save_session(new_context(), [message("one")])
    winner = await store.save_session(changed(read, risk_score=0.2), [message("winner")])

    with pytest.raises(RevisionConflict):
        await store.save_session(changed(read, risk_score=0.9), [message("loser, with a longer text")])

    assert await load(store) == winner
    assert await texts(store, winner) == ["one", "winner"]


async def test_a_new_session_does_not_replace_one_that_exists(store: SessionStore) -> None:
    first = await store.save_session(new_context(), [message("first")])

    with pytest.raises(RevisionConflict):
        await store.save_session(new_context(), [message("second")])

    assert await load(store) == first


async def test_two_saves_of_equal_content_are_two_revisions(store: SessionStore) -> None:
    session = await store.save_session(new_context())
    tags = {session.tag}

    for _ in range(20):
        session = await store.save_session(session)
        tags.add(session.tag)

    assert len(tags) == 21


async def test_of_32_writers_at_once_every_message_is_there_once(store: SessionStore) -> None:
    await store.save_session(new_context())
    written = [f"writer {number}" for number in range(32)]

    await asyncio.gather(*(add_until_saved(store, text) for text in written))

    session = await load(store)
    assert sorted(await texts(store, session)) == sorted(written)
    assert (session.context.revision, session.context.message_count) == (33, 32)


async def test_a_reader_sees_one_revision_while_others_write(store: SessionStore) -> None:
    session = await store.save_session(new_context())
    is_writing = True

    async def read() -> None:
        while is_writing:
            seen = await load(store)
            assert await texts(store, seen) == [str(n) for n in range(seen.context.message_count)]

    reader = asyncio.create_task(read())
    for number in range(50):
        session = await store.save_session(session, [message(str(number))])
    is_writing = False
    await reader
