"""Names at their limits and beyond, on every backend."""

from hashlib import sha256

import pytest

from shared.models.inbox import Nudge
from shared.session_store import SessionStore
from shared.session_store.backend import Area, Backend
from tests.shared.session_store.samples import document_item, keys, message, new_context, record

OLD, NEW = b"first estimate", b"second estimate"


LONGEST_NAME = "é" * 98 + ".pdf"


async def test_names_at_their_limits_work(backend: Backend, store: SessionStore) -> None:
    claim_id = "C" * 64
    assert len(LONGEST_NAME.encode()) == 200
    old = record(LONGEST_NAME, sha256=sha256(OLD).hexdigest(), kind="t" * 64)
    new = record(LONGEST_NAME, sha256=sha256(NEW).hexdigest(), kind="t" * 64)
    await store.save_session(new_context(claim_id), [message("one")])

    await store.documents.file(claim_id, await store.inbox.put(claim_id, document_item(old), OLD), old, None)
    await store.documents.file(claim_id, await store.inbox.put(claim_id, document_item(new), NEW), new, old)
    await store.uploads.reject(f"{claim_id}/{LONGEST_NAME}", b"x", "why not")

    assert await store.documents.read(claim_id, new) == NEW
    assert (await store.list_sessions(limit=1)).summaries[0].claim_id == claim_id
    assert await keys(backend, Area.REJECTED) == [f"{claim_id}/{LONGEST_NAME}"]
    await store.delete_session(claim_id)
    held = (Area.SESSIONS, Area.UPLOADS, Area.REJECTED)
    assert [key for area in held for key in await keys(backend, area)] == []
    assert await store.erasures.was_erased(claim_id)


@pytest.mark.parametrize(
    "claim_id", ["../CLM-1", "/etc", "CLM-1/inbox", "", ".", "..", "CLM\0", "C" * 65, "CON"]
)
async def test_a_claim_id_that_is_none_reaches_no_storage(
    backend: Backend, store: SessionStore, claim_id: str
) -> None:
    for call in (
        store.load_session(claim_id),
        store.session_exists(claim_id),
        store.archive_session(claim_id),
        store.delete_session(claim_id),
        store.inbox.put(claim_id, Nudge()),
        store.inbox.list(claim_id),
        store.handoffs.read(claim_id),
    ):
        with pytest.raises(ValueError, match=r"claim id|not usable"):
            await call
    assert [key for area in Area for key in await keys(backend, area)] == []


@pytest.mark.parametrize("key", ["..", "../x", "a/../../x", "a/.", "", "/", "a\0b"])
async def test_a_key_that_leads_out_of_its_area_is_refused(backend: Backend, key: str) -> None:
    for call in (
        backend.objects.read(Area.UPLOADS, key),
        backend.objects.write(Area.UPLOADS, key, b"x"),
        backend.objects.delete(Area.UPLOADS, key),
        backend.objects.delete_tree(Area.UPLOADS, key),
        backend.objects.move(Area.UPLOADS, "a", key),
        backend.commits.commit(key, expected=None, appends=[], context=b"{}"),
    ):
        with pytest.raises(ValueError, match=r"key|claim id"):
            await call


async def test_an_entry_id_that_is_none_is_refused(store: SessionStore) -> None:
    for entry_id in ("../x", "a/b", ".", "a" * 65):
        with pytest.raises(ValueError, match="entry id"):
            await store.inbox.put("CLM-1", Nudge(), entry_id=entry_id)
