"""Requests that are lost and processes that die, at every request of every change, on Blob Storage."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from hashlib import sha256
from itertools import count
from uuid import uuid4

import pytest

from shared.models.claim import ClaimStatus
from shared.session_store import SessionStore
from shared.session_store.backend import Area
from shared.session_store.blob.backend import BlobBackend
from tests.shared.session_store.conftest import blob_backend, opened
from tests.shared.session_store.faulty_transport import Death, Fault, FaultyTransport
from tests.shared.session_store.samples import (
    begin,
    document_item,
    keys,
    load,
    message,
    new_context,
    record,
    step,
    texts,
)

CLAIMS = ("CLM-1", "CLM-2")
PAPER = b"what the police wrote"
Change = Callable[[SessionStore], Awaitable[object]]


async def begin_another(store: SessionStore) -> None:
    await begin(store, new_context("CLM-2"), [message("first")])


async def take_a_turn(store: SessionStore) -> None:
    await store.save_session(await load(store), [message("two"), message("three")])


async def pause(store: SessionStore) -> None:
    await step(store, await load(store), [message("two")], status=ClaimStatus.PAUSED)


async def archive(store: SessionStore) -> None:
    await store.archive_session("CLM-1")


async def file_a_document(store: SessionStore) -> None:
    document = record("paper.txt", sha256=sha256(PAPER).hexdigest())
    entry = await store.inbox.put("CLM-1", document_item(document), PAPER, "a1")
    await store.documents.file("CLM-1", entry, document, None)
    await store.inbox.clear("CLM-1", [entry])


async def erase(store: SessionStore) -> None:
    await store.delete_session("CLM-1")


async def look_again(store: SessionStore) -> None:
    """As whoever finds that a step is on record already."""
    for claim_id in CLAIMS:
        if session := await store.load_session(claim_id):
            await store.refresh_summary(session)


SAVES = [begin_another, take_a_turn, pause]
CHANGES = [*SAVES, archive, file_a_document, erase]


async def everything(storage_account: str, mark: str) -> dict[str, object]:
    """All that a reader can see of two claims, without what differs from run to run."""
    async with opened(blob_backend(storage_account, mark)) as backend:
        return await seen_in(backend)


async def seen_in(backend: BlobBackend) -> dict[str, object]:
    store = SessionStore(backend)
    seen: dict[str, object] = {"objects": [key for area in Area for key in await keys(backend, area)]}
    for claim_id in CLAIMS:
        session = await store.load_session(claim_id)
        if session:
            trail = await store.audit.read(session)
            acts = [line.act for line in trail.lines]
            said_of_it = (acts, trail.broken_line, await texts(store, session))
            seen[claim_id] = (session.context.revision, session.context.status, *said_of_it)
    listed = (await store.list_sessions()).summaries
    by_status = [s for status in ClaimStatus for s in (await store.list_sessions(status)).summaries]
    seen["listed"] = [(s.claim_id, s.status, s.archived_at is not None) for s in listed]
    seen["index"] = sorted((s.claim_id, s.status, s.archived_at is not None) for s in by_status)
    return seen


async def prepared(storage_account: str) -> str:
    mark = uuid4().hex[:12]
    async with opened(blob_backend(storage_account, mark)) as backend:
        await SessionStore(backend).save_session(new_context(), [message("one")])
    return mark


async def run(
    storage_account: str, mark: str, change: Change, fault: Fault | None = None, at: int = 0
) -> bool:
    """Whether the fault came to pass."""
    transport = FaultyTransport(fault, at)
    async with opened(blob_backend(storage_account, mark, grace=0.05, transport=transport)) as backend:
        with suppress(Death):
            await change(SessionStore(backend))
    return transport.was_faulty


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("fault", [Fault.REQUEST_LOST, Fault.ANSWER_LOST])
async def test_what_is_lost_on_the_way_is_repeated_and_counts_once(
    storage_account: str, change: Change, fault: Fault
) -> None:
    faultless = await prepared(storage_account)
    await run(storage_account, faultless, change)
    expected = await everything(storage_account, faultless)

    for at in count():
        mark = await prepared(storage_account)
        was_faulty = await run(storage_account, mark, change, fault, at)
        assert await everything(storage_account, mark) == expected
        if not was_faulty:
            break


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("fault", [Fault.DEATH_BEFORE, Fault.DEATH_AFTER])
async def test_a_death_anywhere_leaves_before_or_after_and_a_repetition_completes_it(
    storage_account: str, change: Change, fault: Fault
) -> None:
    untouched = await prepared(storage_account)
    before = await everything(storage_account, untouched)
    await run(storage_account, untouched, change)
    after = await everything(storage_account, untouched)

    for at in count():
        mark = await prepared(storage_account)
        was_faulty = await run(storage_account, mark, change, fault, at)
        left = await everything(storage_account, mark)
        for claim_id in CLAIMS:
            assert left.get(claim_id) in (before.get(claim_id), after.get(claim_id))
        is_saved = change in SAVES and all(left.get(claim_id) == after.get(claim_id) for claim_id in CLAIMS)
        await run(storage_account, mark, look_again if is_saved else change)
        assert await everything(storage_account, mark) == after
        if not was_faulty:
            break
