"""What only Blob Storage has: conditions instead of locks, a limit of blocks, a price for each request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from urllib.parse import unquote
from uuid import uuid4

import pytest
from azure.storage.blob.aio import BlobServiceClient

from shared.clock import utc_now
from shared.errors import RevisionConflict, SessionCorrupt
from shared.models.claim import ClaimStatus
from shared.models.inbox import NoteItem
from shared.models.requests import Note
from shared.session_store import Period, Session, SessionStore, SummaryFilter
from shared.session_store.backend import Area, Containers
from shared.session_store.blob.account import by_connection_string
from shared.session_store.blob.backend import BlobBackend
from shared.session_store.blob.objects import LISTED_BYTES
from shared.session_store.blob.summaries import BlobLimits
from shared.session_store.documents import WORTH_COOLING
from tests.shared.session_store.conftest import QUICK, blob_backend, opened
from tests.shared.session_store.faulty_transport import Death, Fault, FaultyTransport
from tests.shared.session_store.samples import (
    begin,
    changed,
    document_item,
    keys,
    load,
    message,
    new_context,
    record,
    texts,
)


@pytest.fixture
def mark() -> str:
    return uuid4().hex[:12]


@pytest.fixture
def transport() -> FaultyTransport:
    return FaultyTransport()


@pytest.fixture
def limits() -> BlobLimits:
    """How far lists go; a test may choose others."""
    return BlobLimits()


@pytest.fixture
async def backend(
    storage_account: str, mark: str, transport: FaultyTransport, limits: BlobLimits
) -> AsyncIterator[BlobBackend]:
    made = blob_backend(storage_account, mark, transport=transport, compact_at=20, limits=limits)
    async with opened(made) as backend:
        yield backend


@pytest.fixture
def store(backend: BlobBackend) -> SessionStore:
    return SessionStore(backend)


async def test_one_more_turn_is_two_requests(store: SessionStore, transport: FaultyTransport) -> None:
    session = await store.save_session(new_context(), [message("one")])
    session = await store.save_session(session, [message("two")])
    transport.requests.clear()
    await store.save_session(session, [message("three")])
    assert [request.rpartition("/")[2] for request in transport.requests] == ["history.jsonl", "context.json"]


@pytest.mark.parametrize("name", ["CLM-1/", "CLM-1//photo.png"])
async def test_a_folder_that_somebody_marked_among_the_uploads_is_exported_and_erased(
    backend: BlobBackend, store: SessionStore, name: str
) -> None:
    uploads = backend.requests.container(Area.UPLOADS)
    await uploads.create_container()

    await uploads.upload_blob(name, b"x")
    assert [found async for found in store.exports.everything("CLM-1")] == [(f"uploads/{name}", b"x")]
    await store.uploads.delete(name)
    assert not await store.holds_anything("CLM-1")

    await uploads.upload_blob(name, b"x")
    await store.delete_session("CLM-1")
    assert not await store.holds_anything("CLM-1")


async def test_the_documents_of_an_archived_claim_cost_less_to_keep(
    store: SessionStore, backend: BlobBackend
) -> None:
    scan, note = bytes(WORTH_COOLING), b"small"
    document = record("estimate.pdf", sha256=sha256(scan).hexdigest()).model_copy(update={"size": len(scan)})
    small = record("note.txt", sha256=sha256(note).hexdigest()).model_copy(update={"size": len(note)})
    for one, content in ((document, scan), (small, note)):
        await store.documents.file(
            "CLM-1", await store.inbox.put("CLM-1", document_item(one), content), one, None
        )
    await store.save_session(new_context(documents=[document, small]))
    blob = backend.requests.blob(Area.SESSIONS, "CLM-1/documents/repair_estimate/estimate.pdf")
    assert (await blob.get_blob_properties()).blob_tier == "Hot"
    await store.archive_session("CLM-1")
    assert (await blob.get_blob_properties()).blob_tier == "Cool"
    assert await store.documents.read("CLM-1", document) == scan
    left = backend.requests.blob(Area.SESSIONS, "CLM-1/documents/repair_estimate/note.txt")
    assert (await left.get_blob_properties()).blob_tier == "Hot"


async def test_documents_that_cannot_be_cooled_keep_no_claim_from_its_archive(
    store: SessionStore, transport: FaultyTransport, caplog: pytest.LogCaptureFixture
) -> None:
    document = record("estimate.pdf", sha256="0" * 64).model_copy(update={"size": WORTH_COOLING})
    await store.save_session(new_context(documents=[document]))
    transport.lost = "comp=batch"
    assert (await store.archive_session("CLM-1")).context.archived_at is not None
    assert "stay in the hot tier" in caplog.text


async def test_a_long_history_costs_no_more_than_a_short_one(
    store: SessionStore, transport: FaultyTransport
) -> None:
    moved: list[int] = []
    session = await store.save_session(new_context(), [message("begin")])
    for messages in (10, 2000):
        session = await store.save_session(session, [message("x" * 500) for _ in range(messages)])
        transport.bytes_moved = 0
        session = await store.save_session(session, [message("one more")])
        moved.append(transport.bytes_moved)
    assert moved[1] < moved[0] * 1.05


async def test_a_history_is_written_anew_before_the_service_takes_no_more(
    backend: BlobBackend, store: SessionStore, storage_account: str, mark: str
) -> None:
    session = await begin(store, new_context(), [message("message 0")])
    for number in range(1, 45):
        session = await store.save_session(session, [message(f"message {number}")])
    written = [f"message {number}" for number in range(45)]
    assert await texts(store, session) == written
    async with opened(blob_backend(storage_account, mark)) as other:
        assert await texts(SessionStore(other), await load(SessionStore(other))) == written
    assert await keys(backend) == [
        "CLM-1/audit.jsonl",
        "CLM-1/context.json",
        "CLM-1/history.jsonl",
        "CLM-1/session.json",
    ]


async def test_a_death_while_the_history_is_written_anew_loses_nothing(
    storage_account: str, mark: str
) -> None:
    async with opened(blob_backend(storage_account, mark)) as backend:
        store = SessionStore(backend)
        session = await store.save_session(new_context(), [message("message 0")])
        for number in range(1, 5):
            await store.save_session(await load(store), [message(f"message {number}")])
    written = [f"message {number}" for number in range(5)]
    for at in range(20):
        transport = FaultyTransport(Fault.DEATH_AFTER, at)
        dying = blob_backend(storage_account, mark, grace=0.05, transport=transport, compact_at=2)
        async with opened(dying):
            with suppress(Death):
                await SessionStore(dying).save_session(await load(SessionStore(dying)), [message("another")])
        async with opened(blob_backend(storage_account, mark)) as backend:
            store = SessionStore(backend)
            session = await load(store)
            found = await texts(store, session)
            assert found[: len(written)] == written
            assert len(found) - len(written) <= 1
            written = found
        if not transport.was_faulty:
            return
    raise AssertionError("it never came to its end")


async def test_a_writer_that_was_given_up_cannot_commit_any_more(
    storage_account: str, mark: str, backend: BlobBackend, store: SessionStore
) -> None:
    session = await store.save_session(new_context(), [message("one")])
    assert session.tag
    # It appended, and then was slower than the grace period.
    slow = f"{message('slow').model_dump_json()}\n".encode()
    blob = backend.requests.blob(Area.SESSIONS, "CLM-1/history.jsonl")
    await blob.append_block(slow, appendpos_condition=session.context.history_bytes)

    async with opened(blob_backend(storage_account, mark, grace=0.05)) as other:
        heir = await SessionStore(other).save_session(session, [message("heir")])

    with pytest.raises(RevisionConflict):
        await store.save_session(session, [message("slow")])
    assert await texts(store, heir) == ["one", "heir"]


async def test_a_writer_that_is_only_slow_is_waited_for(storage_account: str, mark: str) -> None:
    async with (
        opened(blob_backend(storage_account, mark, grace=5)) as one,
        opened(blob_backend(storage_account, mark, grace=5)) as other,
    ):
        session = await SessionStore(one).save_session(new_context(), [message("one")])
        saves = [SessionStore(backend).save_session(session, [message("two")]) for backend in (one, other)]
        ends = await asyncio.gather(*saves, return_exceptions=True)
        assert {type(end) for end in ends} == {Session, RevisionConflict}
        assert await texts(SessionStore(one), await load(SessionStore(one))) == ["one", "two"]


async def test_a_history_that_somebody_cut_short_is_damage_not_an_endless_repair(
    backend: BlobBackend, store: SessionStore
) -> None:
    session = await store.save_session(new_context(), [message("one")])
    await backend.objects.write(Area.SESSIONS, "CLM-1/history.jsonl", b"{}\n")
    with pytest.raises(SessionCorrupt, match="history"):
        await store.save_session(session, [message("two")])


async def test_a_restored_session_goes_on_although_its_history_has_another_type(
    backend: BlobBackend, store: SessionStore
) -> None:
    session = await store.save_session(new_context(), [message("one")])
    history = await backend.objects.read(Area.SESSIONS, "CLM-1/history.jsonl")
    assert history
    await backend.objects.delete(Area.SESSIONS, "CLM-1/history.jsonl")
    await backend.objects.write(Area.SESSIONS, "CLM-1/history.jsonl", history)
    session = await store.save_session(session, [message("two")])
    assert await texts(store, session) == ["one", "two"]


async def test_a_page_costs_the_same_however_much_is_stored(
    store: SessionStore, transport: FaultyTransport
) -> None:
    for number in range(60):
        status = ClaimStatus.PAUSED if number % 2 else ClaimStatus.COMPLETED
        await store.save_session(new_context(f"CLM-{number:02}", status=status))
    for status in (None, ClaimStatus.PAUSED):
        transport.requests.clear()
        page = await store.list_sessions(status, limit=25)
        assert len(page.summaries) == 25
        assert len(transport.requests) == 1


async def test_what_is_due_is_found_without_reading_the_rest(
    store: SessionStore, transport: FaultyTransport
) -> None:
    now = utc_now()
    for number in range(20):
        expires_at = now + timedelta(minutes=number - 2.5)
        await store.save_session(
            new_context(f"CLM-{number:02}", status=ClaimStatus.PAUSED, paused_at=now, expires_at=expires_at)
        )
    transport.requests.clear()
    (found,) = await store.find_sessions(Period(ClaimStatus.PAUSED, before=now))
    due = [summary.claim_id for summary in found]
    assert due == ["CLM-00", "CLM-01", "CLM-02"]
    assert len(transport.requests) == 1


@pytest.mark.parametrize("limits", [BlobLimits(listed=4)])
async def test_a_page_takes_at_most_five_requests_however_much_lies_between_the_claims(
    store: SessionStore, transport: FaultyTransport
) -> None:
    ids = [f"CLM-{number:02}" for number in range(12)]
    for claim_id in ids:
        await store.save_session(new_context(claim_id), [message("one")])
    found: list[str] = []
    continuation, pages = None, 0
    while continuation or not pages:
        transport.requests.clear()
        page = await store.list_sessions(limit=100, continuation=continuation)
        assert len(transport.requests) <= 5
        found += [summary.claim_id for summary in page.summaries]
        continuation, pages = page.continuation, pages + 1
    assert found == ids
    assert pages > 1


@pytest.mark.parametrize("limits", [BlobLimits(filtered=2)])
async def test_a_page_of_a_status_takes_at_most_five_requests_however_few_are_wanted(
    store: SessionStore, transport: FaultyTransport
) -> None:
    for number in range(12):
        missing = ["police_report"] if number == 11 else []
        await store.save_session(
            new_context(f"CLM-{number:02}", status=ClaimStatus.PAUSED, missing_documents=missing)
        )
    wanted, found = SummaryFilter(missing_document="police_report"), list[list[str]]()
    continuation = None
    while continuation or not found:
        transport.requests.clear()
        page = await store.list_sessions(ClaimStatus.PAUSED, 1, continuation, wanted=wanted)
        assert len(transport.requests) <= 5
        found.append([summary.claim_id for summary in page.summaries])
        continuation = page.continuation
    assert found == [[], ["CLM-11"]]


@pytest.mark.parametrize("limits", [BlobLimits(examined=3)])
async def test_what_expires_in_a_range_is_found_without_reading_the_rest(
    store: SessionStore, transport: FaultyTransport
) -> None:
    now = utc_now()
    for number in range(20):
        expires_at = now + timedelta(days=number)
        await store.save_session(
            new_context(f"CLM-{number:02}", status=ClaimStatus.PAUSED, expires_at=expires_at)
        )
    transport.requests.clear()
    wanted = SummaryFilter(expires_after=now + timedelta(days=9), expires_before=now + timedelta(days=12))
    page = await store.list_sessions(ClaimStatus.PAUSED, wanted=wanted)
    assert [summary.claim_id for summary in page.summaries] == ["CLM-09", "CLM-10", "CLM-11"]
    assert page.continuation is None
    assert len(transport.requests) == 1


async def test_a_claim_is_listed_under_one_status_only(store: SessionStore) -> None:
    session = await store.save_session(new_context(), [message("one")])
    for status in (ClaimStatus.PAUSED, ClaimStatus.PROCESSING, ClaimStatus.COMPLETED):
        session = await store.save_session(changed(session, status=status))
        listed = {one: len((await store.list_sessions(one)).summaries) for one in ClaimStatus}
        assert listed == {one: int(one is status) for one in ClaimStatus}


async def test_a_summary_too_long_for_metadata_is_read_from_its_file(store: SessionStore) -> None:
    missing = [f"a_document_of_some_kind_number_{number}" for number in range(400)]
    await store.save_session(new_context(status=ClaimStatus.PAUSED, missing_documents=missing))
    for status in (None, ClaimStatus.PAUSED):
        (summary,) = (await store.list_sessions(status)).summaries
        assert summary.missing_documents == missing


async def test_a_damaged_summary_is_written_anew(
    storage_account: str, mark: str, backend: BlobBackend, store: SessionStore
) -> None:
    await store.save_session(new_context())
    await backend.objects.write(Area.SESSIONS, "CLM-1/session.json", b"{")
    async with opened(blob_backend(storage_account, mark)) as other:
        await SessionStore(other).save_session(
            changed(await load(SessionStore(other)), status=ClaimStatus.PAUSED)
        )
    summary = await store.read_summary("CLM-1")
    assert summary
    assert summary.status is ClaimStatus.PAUSED


async def test_the_reason_of_a_rejection_may_be_in_any_language(backend: BlobBackend) -> None:
    store = SessionStore(backend)
    await store.uploads.reject("CLM-1/Lageplan_東.pdf", b"x", "größer als 5 MB – 東京\n%41")
    blob = backend.requests.blob(Area.REJECTED, "CLM-1/Lageplan_東.pdf")
    properties = await blob.get_blob_properties()
    assert unquote(properties.metadata["reason"]) == "größer als 5 MB – 東京\n%41"


async def test_a_claim_and_its_inbox_are_one_request_where_the_claim_is_known(
    backend: BlobBackend, store: SessionStore, transport: FaultyTransport
) -> None:
    session = await store.save_session(new_context(), [message("one")])
    short = NoteItem(note=Note(type="police", content="They came – 東"))
    long = NoteItem(note=Note(type="police", content="x" * LISTED_BYTES))
    for arrival_id, note in (("a", short), ("b", long)):
        await store.inbox.put("CLM-1", note, entry_id=arrival_id)
    transport.requests.clear()

    seen, waiting = await store.load_with_inbox("CLM-1")
    assert [await store.inbox.read("CLM-1", one) for one in waiting] == [short, long]

    assert seen == session
    # The list, and the entry that is too long to be listed.
    assert [request.partition(" ")[2].partition("/CLM-1")[2] for request in transport.requests] == [
        "",
        "/inbox/b.json",
    ]


async def test_a_snapshot_saves_reading_the_summary(
    storage_account: str, mark: str, store: SessionStore
) -> None:
    await store.save_session(new_context(), [message("one")])
    transport = FaultyTransport()
    async with opened(blob_backend(storage_account, mark, transport=transport)) as other:
        session, _ = await SessionStore(other).load_with_inbox("CLM-1")
        assert session
        await SessionStore(other).save_session(changed(session, status=ClaimStatus.PAUSED))
    assert not [
        request for request in transport.requests if request.startswith("GET") and "session.json" in request
    ]


def test_connections_end_with_the_event_loop_that_used_them(storage_account: str, mark: str) -> None:
    transports: list[FaultyTransport] = []

    def open_service() -> tuple[BlobServiceClient, None]:
        transports.append(FaultyTransport())
        return by_connection_string(storage_account, QUICK, transport=transports[-1])()[0], None

    store = SessionStore(BlobBackend(open_service, Containers(f"s-{mark}", f"u-{mark}")))

    async def use() -> None:
        await asyncio.gather(store.load_with_inbox("CLM-1"), store.session_exists("CLM-1"))
        assert transports[-1].session is not None

    for loops in (1, 2):
        asyncio.run(use())
        assert [transport.session for transport in transports] == [None] * loops
