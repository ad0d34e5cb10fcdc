"""Reading a session's history, on every backend."""

from semantic_kernel.contents import ChatHistory

from shared.models.claim import Message
from shared.session_store import SessionStore
from tests.shared.session_store.samples import load, message, new_context, texts


async def test_history_is_read_from_any_message_on(store: SessionStore) -> None:
    written = [message(str(number)) for number in range(7)]
    session = await store.save_session(new_context(), written)

    for after in range(9):
        for limit in (None, 0, 1, 3, 20):
            stop = None if limit is None else after + limit
            assert await store.history.read(session, after, limit) == written[after:stop]


async def test_raw_lines_are_those_of_the_messages(store: SessionStore) -> None:
    session = await store.save_session(
        new_context(), [message("one"), message("zwei\u2028\n漢"), message("three")]
    )

    lines = (await store.history.read_lines(session, 1, 1)).decode()

    assert lines.endswith("\n")
    assert Message.model_validate_json(lines) == message("zwei\u2028\n漢")


async def test_a_session_reads_its_own_revision_of_the_history(store: SessionStore) -> None:
    first = await store.save_session(new_context(), [message("one")])
    await store.save_session(first, [message("two")])

    assert await texts(store, first) == ["one"]


async def test_a_chat_history_comes_back_equal(store: SessionStore) -> None:
    chat = ChatHistory(system_message="You are an intake coordinator.")
    chat.add_user_message("My car was hit\nfrom behind", name="claimant", metadata={"step": "intake-1"})

    session = await store.save_session(new_context(), chat)

    assert session.context.message_count == 2
    assert await store.history.read_chat(await load(store)) == chat
