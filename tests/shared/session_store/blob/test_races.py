"""Two parties on Blob Storage, of which one is held up at any of its requests until the other is done."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from shared.errors import NotFound, RevisionConflict, SessionCorrupt
from shared.models.claim import ClaimStatus
from shared.session_store import SessionStore
from shared.session_store.backend import Area
from tests.shared.session_store.conftest import blob_backend, opened
from tests.shared.session_store.faulty_transport import FaultyTransport
from tests.shared.session_store.samples import (
    add_until_saved,
    begin,
    changed,
    document_item,
    keys,
    load,
    message,
    new_context,
    record,
    step,
    texts,
)

Deed = Callable[[SessionStore], Awaitable[object]]
AREAS = (Area.SESSIONS, Area.UPLOADS, Area.REJECTED)


class HeldTransport(FaultyTransport):
    """Azure's own transport that holds one request back, counted from 0, until it is let go."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._held_at = at
        self.is_holding = asyncio.Event()
        self.go = asyncio.Event()

    async def send(self, request: Any, **options: Any) -> Any:
        if len(self.requests) == self._held_at:
            self.is_holding.set()
            await self.go.wait()
        return await super().send(request, **options)


async def race(storage_account: str, mark: str, at: int, slow: Deed, quick: Deed, compact_at: int) -> bool:
    """Let `quick` be done while `slow` is held at a request; whether it was. Conflicts may come of it."""
    transport = HeldTransport(at)
    async with (
        opened(
            blob_backend(storage_account, mark, grace=0.02, transport=transport, compact_at=compact_at)
        ) as one,
        opened(blob_backend(storage_account, mark, grace=0.02, compact_at=compact_at)) as other,
    ):

        async def run(deed: Deed, store: SessionStore) -> None:
            with suppress(RevisionConflict, NotFound):
                await deed(store)

        held = asyncio.create_task(run(slow, SessionStore(one)))
        holding = asyncio.create_task(transport.is_holding.wait())
        await asyncio.wait([held, holding], return_when=asyncio.FIRST_COMPLETED)
        holding.cancel()
        was_held = transport.is_holding.is_set()
        if was_held:
            await run(quick, SessionStore(other))
        transport.go.set()
        await held
    return was_held


def adding(*words: str) -> Deed:
    async def add(store: SessionStore) -> None:
        for word in words:
            await add_until_saved(store, word)

    return add


async def prepared(storage_account: str, messages: int) -> str:
    mark = uuid4().hex[:12]
    async with opened(blob_backend(storage_account, mark)) as backend:
        session = await begin(SessionStore(backend), new_context(), [message("0")])
        for number in range(1, messages):
            session = await SessionStore(backend).save_session(session, [message(str(number))])
    return mark


async def leave_an_append(storage_account: str, mark: str) -> None:
    """As a writer that dies before its commit."""
    async with opened(blob_backend(storage_account, mark)) as backend:
        session = await load(SessionStore(backend))
        blob = backend.requests.blob(Area.SESSIONS, "CLM-1/history.jsonl")
        await blob.append_block(b"{}\n", appendpos_condition=session.context.history_bytes)


async def all_is_well(storage_account: str, mark: str, expected: set[str]) -> None:
    async with opened(blob_backend(storage_account, mark, grace=0.02)) as backend:
        store = SessionStore(backend)
        await add_until_saved(store, "after all")
        session = await load(store)
        found = await texts(store, session)
        assert sorted(found) == sorted({*expected, "after all"})
        assert (await store.audit.read(session)).broken_line is None


@pytest.mark.parametrize("words", [("quick",), ("quick", "as quick")], ids=len)
@pytest.mark.parametrize("is_torn", [False, True], ids=["compacting", "torn"])
async def test_whoever_writes_while_a_history_is_written_anew_or_cut_off_loses_nothing(
    storage_account: str, words: tuple[str, ...], is_torn: bool
) -> None:
    for at in count():
        mark = await prepared(storage_account, 3)
        if is_torn:
            await leave_an_append(storage_account, mark)
        was_held = await race(
            storage_account, mark, at, adding("slow"), adding(*words), compact_at=1000 if is_torn else 3
        )
        await all_is_well(storage_account, mark, {"0", "1", "2", "slow", *(words if was_held else ())})
        if not was_held:
            assert at > 8
            break


async def pause(store: SessionStore) -> None:
    if session := await store.load_session("CLM-1"):
        await step(store, session, [message("paused")], status=ClaimStatus.PAUSED)


async def summarize(store: SessionStore) -> None:
    """As whoever finds that a commit has left it stale."""
    if session := await store.load_session("CLM-1"):
        await store.save_session(changed(session, status=ClaimStatus.PAUSED), summarize=False)
    if session := await store.load_session("CLM-1"):
        await store.refresh_summary(session)


async def file(store: SessionStore) -> None:
    await store.inbox.put("CLM-1", document_item(record("paper.txt")), b"paper", "a")
    with suppress(SessionCorrupt):  # its content is gone
        await store.documents.file("CLM-1", "a", record("paper.txt", sha256="0" * 64), None)
    await store.inbox.clear("CLM-1", ["a"])


async def hand_off(store: SessionStore) -> None:
    await store.handoffs.put("CLM-1", {"decision": "approve"})


async def erase(store: SessionStore) -> None:
    await store.delete_session("CLM-1")


@pytest.mark.parametrize("is_erasure_slow", [False, True], ids=["held", "erasure-held"])
@pytest.mark.parametrize(
    ("deed", "compact_at", "is_torn"),
    [(pause, 1000, False), (pause, 2, False), (pause, 1000, True), (summarize, 1000, False)],
    ids=["growing", "compacting", "torn", "summary"],
)
async def test_what_is_saved_while_a_claim_is_erased_brings_nothing_back(
    storage_account: str, deed: Deed, compact_at: int, is_torn: bool, is_erasure_slow: bool
) -> None:
    await _erased(storage_account, deed, is_erasure_slow, compact_at, is_torn)


@pytest.mark.parametrize("is_erasure_slow", [False, True], ids=["held", "erasure-held"])
@pytest.mark.parametrize("deed", [file, hand_off])
async def test_what_arrives_while_a_claim_is_erased_is_erased_by_the_sweep(
    storage_account: str, deed: Deed, is_erasure_slow: bool
) -> None:
    await _erased(storage_account, deed, is_erasure_slow, compact_at=1000, is_torn=False)


async def _erased(
    storage_account: str, deed: Deed, is_erasure_slow: bool, compact_at: int, is_torn: bool
) -> None:
    for at in count():
        mark = await prepared(storage_account, 2)
        if is_torn:
            await leave_an_append(storage_account, mark)
        slow, quick = (erase, deed) if is_erasure_slow else (deed, erase)
        was_held = await race(storage_account, mark, at, slow, quick, compact_at)
        async with opened(blob_backend(storage_account, mark)) as backend:
            store = SessionStore(backend)
            if not was_held:
                await erase(store)
            assert await store.load_session("CLM-1") is None
            listed = [
                summary.claim_id
                for status in (None, *ClaimStatus)
                for summary in (await store.list_sessions(status)).summaries
            ]
            assert listed == []
            if await store.holds_anything("CLM-1"):
                assert [claim_id for claim_id, _ in await store.erasures.list()] == ["CLM-1"]
                await erase(store)
            assert [key for area in AREAS for key in await keys(backend, area)] == []
        if not was_held:
            break
