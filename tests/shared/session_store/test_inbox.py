"""The inbox of a session, on every backend."""

import asyncio

import pytest

from shared.errors import SessionCorrupt
from shared.models.inbox import DocumentItem, NoteItem, Nudge
from shared.models.requests import Note
from shared.session_store import InboxEntry, Sealer, SessionStore, parts_of
from shared.session_store.backend import Area, Backend
from shared.session_store.inbox import ItemWithContent
from tests.shared.session_store.interrupted import Death, InterruptedBackend
from tests.shared.session_store.samples import (
    changed,
    document_item,
    keys,
    load,
    message,
    new_context,
    record,
)


async def test_entries_are_listed_in_order_and_read_as_they_came(store: SessionStore) -> None:
    first = await store.inbox.put("CLM-1", document_item(record("a.json")), b"{}")
    await asyncio.sleep(0.002)
    second = await store.inbox.put("CLM-1", Nudge())

    assert await store.inbox.list("CLM-1") == [first, second]
    assert isinstance(await store.inbox.read("CLM-1", InboxEntry(second)), Nudge)


async def test_an_item_repeated_under_its_id_arrives_once(store: SessionStore) -> None:
    document = document_item(record("estimate.pdf"))

    for _ in range(2):
        assert await store.inbox.put("CLM-1", document, b"pdf", "upload-1") == "upload-1"

    assert await store.inbox.list("CLM-1") == ["upload-1"]


async def test_an_item_whose_put_died_before_its_entry_is_none(
    backend: Backend, sealer: Sealer, store: SessionStore
) -> None:
    with pytest.raises(Death):
        await SessionStore(InterruptedBackend(backend, 1), sealer).inbox.put(
            "CLM-1", document_item(record("a.pdf")), b"pdf"
        )

    assert await store.inbox.list("CLM-1") == []


async def test_a_snapshot_counts_the_contents_of_each_entry(store: SessionStore) -> None:
    note = NoteItem(note=Note(type="claim_amount", content="900"))
    two: list[ItemWithContent] = [
        (document_item(record("a.pdf")), b"one"),
        (document_item(record("b.pdf")), b"two"),
    ]

    await store.inbox.put("CLM-1", document_item(record("c.pdf")), b"three", "A-000")
    await store.inbox.put_all("CLM-1", [*two, (note, None)], "B-000")
    await store.inbox.put("CLM-1", note, entry_id="C")

    _, waiting = await store.load_with_inbox("CLM-1")
    assert [(one.id, one.contents) for one in waiting] == [("A-000", 1), ("B-000", 2), ("C", 0)]


async def test_what_one_request_brings_arrives_whole_or_not_at_all(
    backend: Backend, sealer: Sealer, store: SessionStore
) -> None:
    note = NoteItem(note=Note(type="claim_amount", content="900"))
    brought: list[ItemWithContent] = [
        (document_item(record("a.pdf")), b"one"),
        (document_item(record("b.pdf")), b"two"),
        (note, None),
    ]
    for calls in range(3):
        dying = SessionStore(InterruptedBackend(backend, calls), sealer)
        with pytest.raises(Death):
            await dying.inbox.put_all("CLM-1", brought, "request")
        assert await store.inbox.list("CLM-1") == []

    assert await store.inbox.put_all("CLM-1", brought, "request") == "request"

    assert await store.inbox.list("CLM-1") == ["request"]
    parts = parts_of("request", await store.inbox.read("CLM-1", InboxEntry("request")))
    assert parts == [(f"request-00{number}", item) for number, (item, _) in enumerate(brought)]
    await store.inbox.clear("CLM-1", ["request", *(part for part, _ in parts)])
    assert await keys(backend) == []


async def test_a_single_thing_needs_no_wrapping_and_nothing_is_no_entry(store: SessionStore) -> None:
    entry = await store.inbox.put_all("CLM-1", [(document_item(record("a.pdf")), b"one")])

    assert isinstance(await store.inbox.read("CLM-1", InboxEntry(entry)), DocumentItem)
    with pytest.raises(ValueError, match="no items"):
        await store.inbox.put_all("CLM-1", [])


async def test_an_inbox_may_come_before_its_claim(store: SessionStore) -> None:
    entry = await store.inbox.put("CLM-1", Nudge())

    assert await store.load_session("CLM-1") is None
    assert (await store.list_sessions()).summaries == []
    await store.save_session(new_context())
    assert await store.inbox.list("CLM-1") == [entry]


async def test_cleared_entries_are_gone_with_their_content(backend: Backend, store: SessionStore) -> None:
    ids = [await store.inbox.put("CLM-1", document_item(record("a.pdf")), b"pdf") for _ in range(3)]

    await store.inbox.clear("CLM-1", ids[:2])
    await store.inbox.clear("CLM-1", ids[:2])

    assert await store.inbox.list("CLM-1") == ids[2:]
    assert await keys(backend) == [f"CLM-1/inbox/{ids[2]}.content", f"CLM-1/inbox/{ids[2]}.json"]


async def test_an_entry_outlasts_its_contents_wherever_clearing_is_cut_off(
    backend: Backend, sealer: Sealer, store: SessionStore
) -> None:
    """What is left without its entry would be found by nobody."""
    brought: list[ItemWithContent] = [
        (document_item(record("a.pdf")), b"one"),
        (document_item(record("b.pdf")), b"two"),
    ]
    for deletions in range(6):
        await store.inbox.put_all("CLM-1", brought, "request")
        with pytest.raises(Death):
            await SessionStore(InterruptedBackend(backend, deletions), sealer).inbox.clear(
                "CLM-1", ["request", "request-000", "request-001"]
            )
        left = await keys(backend, prefix="CLM-1/inbox")
        assert not left or "CLM-1/inbox/request.json" in left


@pytest.mark.parametrize("entry", [None, b"", b'{"kind": "party"}', b'{"kind": "note", "note": "Ms Secret"}'])
async def test_a_damaged_entry_is_named(backend: Backend, store: SessionStore, entry: bytes | None) -> None:
    if entry is not None:
        await backend.objects.write(Area.SESSIONS, "CLM-1/inbox/a.json", entry)

    with pytest.raises(SessionCorrupt, match=r"CLM-1/inbox/a\.json: ") as caught:
        await store.inbox.read("CLM-1", InboxEntry("a"))

    assert "Secret" not in str(caught.value)


async def test_only_a_document_has_content(store: SessionStore) -> None:
    with pytest.raises(ValueError, match="content"):
        await store.inbox.put("CLM-1", Nudge(), b"pdf")


async def test_a_session_is_loaded_with_its_inbox_as_others_left_both(
    backend: Backend, sealer: Sealer, store: SessionStore
) -> None:
    assert await store.load_with_inbox("CLM-1") == (None, [])
    ours = await store.save_session(new_context(), [message("one")])
    entry = await store.inbox.put("CLM-1", Nudge())
    other = SessionStore(backend, sealer)

    for looking in (store, other):
        session, waiting = await looking.load_with_inbox("CLM-1")
        assert session == ours
        assert [one.id for one in waiting] == [entry]
        assert isinstance(await looking.inbox.read("CLM-1", waiting[0]), Nudge)
    theirs = await other.save_session(ours, [message("two")])
    await other.inbox.clear("CLM-1", [entry])

    assert await store.load_with_inbox("CLM-1") == (theirs, [])


async def test_what_waits_is_never_older_than_the_session(store: SessionStore) -> None:
    """Otherwise what was processed meanwhile would be processed once more."""
    await store.save_session(new_context())

    async def process_and_clear() -> None:
        for number in range(8):
            entry = await store.inbox.put("CLM-1", Nudge(), entry_id=f"a{number}")
            await store.save_session(changed(await load(store), taken=[entry], risk_score=number / 10))
            await store.inbox.clear("CLM-1", [entry])
            await store.save_session(changed(await load(store), taken=[]))

    work = asyncio.create_task(process_and_clear())
    while not work.done():
        session, waiting = await store.load_with_inbox("CLM-1")
        assert session
        taken_by_now = session.context.risk_score
        for one in waiting:
            is_taken = taken_by_now is not None and int(one.id[1:]) <= round(10 * taken_by_now)
            assert not is_taken or one.id in session.context.taken
        await asyncio.sleep(0)
    await work
