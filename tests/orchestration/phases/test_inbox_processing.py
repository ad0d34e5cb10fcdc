"""Taking up the inbox: what is left in it when a crash comes in between."""

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from orchestration.phases.context import PhaseContext
from orchestration.phases.inbox_processing import apply_inbox
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from shared.session_store import SessionStore
from shared.session_store.backend import Area, Backend
from shared.session_store.local.backend import LocalBackend
from tests.shared.session_store.conftest import blob_backend
from tests.shared.session_store.samples import document_item, keys, load, new_context, record

PAPER = b"Repair estimate: 2,400.00"
INBOX = "CLM-1/inbox"


@pytest.fixture(params=["local", "blob"])
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    """One where a filed document leaves the inbox, and one where it stays until that is cleared."""
    is_blob = request.param == "blob"
    opened = blob_backend(request.getfixturevalue("storage_account")) if is_blob else LocalBackend(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def store(backend: Backend, phases: PhaseContext) -> SessionStore:
    """A claim to which a request brought a paper and a copy of it; the process died with both on record."""
    store = SessionStore(backend)
    await store.save_session(new_context())
    papers = [document_item(record(name, sha256=sha256(PAPER).hexdigest())) for name in ("a.pdf", "copy.pdf")]
    await store.inbox.put_all("CLM-1", [(paper, PAPER) for paper in papers])
    dying = await ClaimUnitOfWork.open(store, "CLM-1")
    assert dying
    await apply_inbox(dying, phases)
    await dying.flush()
    return store


async def take_up_again(store: SessionStore, phases: PhaseContext) -> None:
    claim = await ClaimUnitOfWork.open(store, "CLM-1")
    assert claim
    taken = await apply_inbox(claim, phases)
    await claim.flush()
    await store.inbox.clear("CLM-1", taken)


async def test_of_what_came_together_a_crash_before_the_clearing_leaves_nothing_behind(
    backend: Backend, store: SessionStore, phases: PhaseContext
) -> None:
    before = await load(store)
    assert any(name.endswith("-001.content") for name in await keys(backend, prefix=INBOX))

    await take_up_again(store, phases)

    assert await keys(backend, prefix=INBOX) == []
    assert await load(store) == before
    assert [document.filename for document in before.context.documents] == ["a.pdf"]


async def test_an_entry_on_record_that_cannot_be_read_any_more_is_cleared_all_the_same(
    backend: Backend, store: SessionStore, phases: PhaseContext
) -> None:
    before = await load(store)
    [entry] = await store.inbox.list("CLM-1")
    await backend.objects.write(Area.SESSIONS, f"{INBOX}/{entry}.json", b"damaged")

    await take_up_again(store, phases)

    assert await store.inbox.list("CLM-1") == []
    assert await load(store) == before
