"""Documents, the handoff and uploads, on every backend."""

from hashlib import sha256
from itertools import count

import pytest

from shared.errors import SessionCorrupt
from shared.models.claim import DocumentRecord
from shared.session_store import Sealer, SessionStore
from shared.session_store.backend import Area, Backend
from tests.shared.session_store.interrupted import Death, InterruptedBackend
from tests.shared.session_store.samples import document_item, keys, new_context, record, stored
from tests.shared.session_store.samples import opened as document_opened

OLD, NEW = b"first estimate", b"second estimate"
OLD_RECORD = record("estimate.pdf", sha256=sha256(OLD).hexdigest())
NEW_RECORD = record("estimate.pdf", sha256=sha256(NEW).hexdigest())
VERSION = f"CLM-1/documents/repair_estimate/versions/{sha256(OLD).hexdigest()[:16]}-estimate.pdf"


async def test_a_document_is_filed_under_its_type_and_name(backend: Backend, store: SessionStore) -> None:
    entry = await store.inbox.put("CLM-1", document_item(NEW_RECORD), NEW)

    await store.documents.file("CLM-1", entry, NEW_RECORD, None)

    assert await store.documents.read("CLM-1", NEW_RECORD) == NEW
    assert "CLM-1/documents/repair_estimate/estimate.pdf" in await keys(backend)


async def test_a_replaced_document_is_kept_as_a_version(
    backend: Backend, sealer: Sealer, store: SessionStore
) -> None:
    await store.documents.file(
        "CLM-1", await store.inbox.put("CLM-1", document_item(OLD_RECORD), OLD), OLD_RECORD, None
    )

    entry = await store.inbox.put("CLM-1", document_item(NEW_RECORD), NEW)
    await store.documents.file("CLM-1", entry, NEW_RECORD, OLD_RECORD)

    assert await store.documents.read("CLM-1", NEW_RECORD) == NEW
    assert await document_opened(sealer, VERSION, await stored(backend, VERSION)) == OLD


async def test_a_document_replaced_by_a_reference_is_kept_as_a_version(
    backend: Backend, sealer: Sealer, store: SessionStore
) -> None:
    await store.documents.file(
        "CLM-1", await store.inbox.put("CLM-1", document_item(OLD_RECORD), OLD), OLD_RECORD, None
    )

    reference = record("estimate.pdf")
    await store.documents.file(
        "CLM-1", await store.inbox.put("CLM-1", document_item(reference)), reference, OLD_RECORD
    )

    assert await store.documents.read("CLM-1", reference) is None
    assert await document_opened(sealer, VERSION, await stored(backend, VERSION)) == OLD


@pytest.mark.parametrize("replaces", [OLD_RECORD, None], ids=["replacing", "new"])
async def test_filing_that_died_anywhere_is_completed_by_a_repetition(
    backend: Backend, sealer: Sealer, store: SessionStore, replaces: DocumentRecord | None
) -> None:
    calls = 0
    for calls in count():
        if replaces is not None:
            old = await store.inbox.put("CLM-1", document_item(OLD_RECORD), OLD)
            await store.documents.file("CLM-1", old, OLD_RECORD, None)
        entry = await store.inbox.put("CLM-1", document_item(NEW_RECORD), NEW)
        try:
            dying = SessionStore(InterruptedBackend(backend, calls), sealer)
            await dying.documents.file("CLM-1", entry, NEW_RECORD, replaces)
        except Death:
            is_over = False
        else:
            is_over = True

        await store.documents.file("CLM-1", entry, NEW_RECORD, replaces)
        await store.documents.file("CLM-1", entry, NEW_RECORD, replaces)

        assert await store.documents.read("CLM-1", NEW_RECORD) == NEW
        documents = await keys(backend, prefix="CLM-1/documents")
        assert len(documents) == (1 if replaces is None else 2)
        if replaces is not None:
            assert await document_opened(sealer, VERSION, await stored(backend, VERSION)) == OLD
        await store.delete_session("CLM-1")
        if is_over:
            break
    assert calls == (2 if replaces is None else 4)


async def test_filing_what_never_arrived_is_an_error(store: SessionStore) -> None:
    with pytest.raises(SessionCorrupt, match=r"CLM-1/inbox/a\.json"):
        await store.documents.file("CLM-1", "a", NEW_RECORD, None)


async def test_a_handoff_is_read_as_it_was_put(store: SessionStore) -> None:
    await store.save_session(new_context())
    assert await store.handoffs.read("CLM-1") is None

    await store.handoffs.put("CLM-1", {"decision": "approve", "größe": [1, 2.5, None]})

    assert await store.handoffs.read("CLM-1") == {"decision": "approve", "größe": [1, 2.5, None]}


async def test_a_damaged_handoff_is_named(backend: Backend, store: SessionStore) -> None:
    await backend.objects.write(Area.SESSIONS, "CLM-1/handoff.json", b"[]")

    with pytest.raises(SessionCorrupt, match=r"CLM-1/handoff\.json: "):
        await store.handoffs.read("CLM-1")


async def test_a_rejected_upload_is_put_aside_whole(backend: Backend, store: SessionStore) -> None:
    await backend.objects.write(Area.UPLOADS, "CLM-1/virus.exe", b"mz")

    await store.uploads.reject("CLM-1/virus.exe", b"mz", "no document: größer als erlaubt")
    await store.uploads.delete("CLM-1/virus.exe")
    await store.uploads.delete("CLM-1/virus.exe")

    assert await keys(backend, Area.UPLOADS) == []
    assert await keys(backend, Area.REJECTED) == ["CLM-1/virus.exe"]
    assert await stored(backend, "CLM-1/virus.exe", Area.REJECTED) == b"mz"


@pytest.mark.parametrize(
    "name", ["é" * 127 + ".", "a\nb", "CON", ".hidden", "..", "\udce9.pdf", "a:b?.pdf", "", " "]
)
async def test_an_upload_can_be_rejected_for_its_very_name(
    backend: Backend, store: SessionStore, name: str
) -> None:
    await store.uploads.reject(f"CLM-1/{name}", b"x", "a bad name")

    (key,) = await keys(backend, Area.REJECTED)
    assert key.startswith("CLM-1/")
    assert await stored(backend, key, Area.REJECTED) == b"x"
