"""A crash between any two system calls leaves the session before or the session after."""

import json
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path

import pytest

from shared.models.claim import ClaimStatus
from shared.session_store import Session, SessionStore, open_local_store
from shared.session_store.streams import LARGE
from tests.shared.session_store.crashes import Crash, recorded
from tests.shared.session_store.samples import (
    begin,
    document_item,
    load,
    message,
    new_context,
    record,
    step,
    texts,
)

Save = Callable[[SessionStore], Awaitable[Session]]


async def a_turn(store: SessionStore) -> Session:
    return await store.save_session(await load(store), [message("two"), message("two and a half")])


async def a_pause(store: SessionStore) -> Session:
    return await step(store, await load(store), [message("two")], status=ClaimStatus.PAUSED)


async def a_change_without_messages(store: SessionStore) -> Session:
    return await step(store, await load(store), risk_score=0.5)


def temporary_files(root: Path) -> list[Path]:
    return list(root.rglob(".*.tmp"))


async def crash_once(store: SessionStore, save: Save, at: int) -> bool:
    """Whether the save died at that call; False where it was over before."""
    try:
        with recorded(crash_at=at):
            await save(store)
    except Crash:
        return True
    return False


@pytest.mark.parametrize(
    ("save", "added"),
    [(a_turn, ["two", "two and a half"]), (a_pause, ["two"]), (a_change_without_messages, [])],
)
@pytest.mark.parametrize("earlier_crash", [None, 6], ids=["clean", "after an earlier crash"])
async def test_a_crash_anywhere_in_a_save_leaves_before_or_after(
    tmp_path: Path, save: Save, added: list[str], earlier_crash: int | None
) -> None:
    outcomes: list[int] = []
    for at in count():
        root = tmp_path / str(at)
        store = open_local_store(root)
        before = await begin(store, new_context(), [message("one")])
        if earlier_crash is not None:
            assert await crash_once(store, a_turn, earlier_crash)
            assert await load(store) == before
        if not await crash_once(store, save, at):
            break

        store = open_local_store(root)
        found = await load(store)
        history = await texts(store, found)
        outcomes.append(found.context.revision)
        if found.context.revision == 1:
            assert found == before
            assert history == ["one"]
        else:
            assert found.context.revision == 2
            assert history == ["one", *added]
        assert (await store.audit.read(found)).broken_line is None
        (summary,) = (await store.list_sessions()).summaries
        assert (summary.revision, summary.status) == (found.context.revision, found.context.status)

        healed = await store.save_session(found, [message("next")])
        assert await texts(store, await load(store)) == [*history, "next"]
        failed = await step(store, healed, status=ClaimStatus.FAILED)
        trail = await store.audit.read(failed)
        assert (trail.broken_line, trail.lines[-1].act) == (None, "failed")
        in_file = json.loads((root / "sessions/CLM-1/session.json").read_bytes())
        assert in_file["status"] == failed.context.status
    assert outcomes == sorted(outcomes)
    assert set(outcomes) == {1, 2}


async def test_a_crash_anywhere_in_the_first_save_leaves_nothing_or_a_session(tmp_path: Path) -> None:
    async def first_save(store: SessionStore) -> Session:
        return await begin(store, new_context(), [message("one")])

    outcomes: list[bool] = []
    for at in count():
        root = tmp_path / str(at)
        if not await crash_once(open_local_store(root), first_save, at):
            break

        store = open_local_store(root)
        found = await store.load_session("CLM-1")
        listed = [summary.claim_id for summary in (await store.list_sessions()).summaries]
        outcomes.append(found is not None)
        assert listed == ([] if found is None else ["CLM-1"])
        assert await store.session_exists("CLM-1") == (found is not None)
        if found is None:
            found = await first_save(store)
        assert await texts(store, found) == ["one"]
    assert outcomes == sorted(outcomes)
    assert set(outcomes) == {False, True}


async def test_a_crash_anywhere_in_a_deletion_is_completed_by_the_next(tmp_path: Path) -> None:
    for at in count():
        root = tmp_path / str(at)
        store = open_local_store(root)
        await begin(store, new_context(), [message("one")])
        await store.inbox.put("CLM-1", document_item(record("a.pdf")), b"pdf")
        with recorded(crash_at=at) as recorder:
            try:
                await store.delete_session("CLM-1")
            except Crash:
                is_dead = True
            else:
                is_dead = False
        if not is_dead:
            break

        if "unlink" in recorder.calls:
            assert await store.load_session("CLM-1") is None
        await store.delete_session("CLM-1")
        files = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
        assert {path.parts[0] for path in files} == {".locks", "sessions-erased"}


async def test_a_crash_anywhere_in_filing_a_document_loses_no_byte(tmp_path: Path) -> None:
    old, new = record("a.pdf", sha256="0" * 64), record("a.pdf", sha256="1" * 64)
    for at in count():
        root = tmp_path / str(at)
        store = open_local_store(root)
        first = await store.inbox.put("CLM-1", document_item(old), b"old")
        await store.documents.file("CLM-1", first, old, None)
        second = await store.inbox.put("CLM-1", document_item(new), b"new")
        try:
            with recorded(crash_at=at):
                await store.documents.file("CLM-1", second, new, old)
        except Crash:
            pass
        else:
            break

        contents = {path.read_bytes() for path in root.rglob("*") if path.is_file()}
        assert contents >= {b"old", b"new"}


async def test_a_temporary_file_that_a_crash_left_is_no_object_and_does_not_stay(tmp_path: Path) -> None:
    store = open_local_store(tmp_path)
    session = await begin(store, new_context())
    replaced_at = 3  # temporary file, write, fsync
    assert await crash_once(store, lambda store: store.save_session(session), replaced_at)
    assert temporary_files(tmp_path) != []

    await store.save_session(session)

    assert temporary_files(tmp_path) == []


async def test_a_turn_appends_its_own_bytes_however_long_the_history_is(tmp_path: Path) -> None:
    store = open_local_store(tmp_path)
    session = await begin(store, new_context())
    costs: list[int] = []

    for _ in range(5):
        with recorded() as recorder:
            session = await store.save_session(session, [message("turn")])
        costs.append(recorder.written)
        session = await store.save_session(session, [message("x" * 1000) for _ in range(200)])

    # Only the digits of the context's counters grow.
    assert max(costs) - min(costs) < 20


async def test_a_turn_is_one_append_and_one_replacement(tmp_path: Path) -> None:
    store = open_local_store(tmp_path)
    session = await begin(store, new_context())

    with recorded() as recorder:
        await store.save_session(session, [message("turn")])

    append, replace, folder = (
        ["open", "write", "fsync"],
        ["open", "write", "fsync"],
        ["open", "fsync"],
    )
    assert recorder.calls == [*append, *replace, "replace", *folder]


async def test_a_crash_anywhere_while_a_large_document_comes_leaves_no_entry(tmp_path: Path) -> None:
    content = bytes(3 * LARGE)
    outcomes: list[bool] = []
    for at in count():
        root = tmp_path / str(at)
        store = open_local_store(root)
        try:
            with recorded(crash_at=at):
                await store.inbox.put("CLM-1", document_item(record("a.pdf")), content, "a")
        except Crash:
            has_arrived = await store.inbox.list("CLM-1") == ["a"]
        else:
            break

        outcomes.append(has_arrived)
        if has_arrived:
            assert (root / "sessions/CLM-1/inbox/a.content").read_bytes() == content
    assert outcomes == sorted(outcomes)
    assert outcomes.count(False) > 5
