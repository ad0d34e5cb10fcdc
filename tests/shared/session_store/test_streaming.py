"""Documents of the largest size pass through a store in pieces, on every backend."""

import hashlib
import random
import tracemalloc
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager

import pytest

from shared.errors import SessionCorrupt
from shared.models.claim import DocumentRecord
from shared.session_store import SessionStore
from shared.session_store.backend import Area, Backend
from shared.session_store.blob.objects import BLOCK
from shared.session_store.sealing import CHUNK
from shared.session_store.streams import PIECE, Reader, pieces, whole
from tests.shared.session_store.conftest import KINDS
from tests.shared.session_store.interrupted import Death
from tests.shared.session_store.samples import document_item, keys, record, stored

SIZE = 25 * 2**20
MOST_HELD = 8 * 2**20
"""Bytes: a third of the document."""


async def scan(size: int = SIZE, seed: int = 1) -> AsyncIterator[bytes]:
    """A document that nobody holds whole, half of which can be compressed."""
    noise = random.Random(seed)  # noqa: S311 - no secret
    for start in range(0, size, 100_000):
        length = min(100_000, size - start)
        yield noise.randbytes(length // 2) + bytes(length - length // 2)


async def scanned(seed: int = 1) -> DocumentRecord:
    digest = hashlib.sha256()
    async for piece in scan(seed=seed):
        digest.update(piece)
    return record("scan.tiff", sha256=digest.hexdigest())


class Peak:
    held = 0


@contextmanager
def measured() -> Generator[Peak]:
    peak = Peak()
    tracemalloc.start()
    try:
        yield peak
        peak.held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def test_a_large_document_is_put_filed_replaced_and_read_without_being_held(
    backend: Backend, store: SessionStore
) -> None:
    first, second = await scanned(), await scanned(seed=2)
    read = hashlib.sha256()
    await store.inbox.put("CLM-2", document_item(record("a.txt")), b"so that every library is imported")

    with measured() as peak:
        await store.inbox.put("CLM-1", document_item(first), scan(), "a")
        await store.documents.file("CLM-1", "a", first, None)
        await store.inbox.put("CLM-1", document_item(second), scan(seed=2), "b")
        await store.documents.file("CLM-1", "b", second, first)
        opened = await store.documents.open("CLM-1", second)
        assert opened
        async for piece in opened:
            read.update(piece)

    assert read.hexdigest() == second.sha256
    assert peak.held < MOST_HELD
    documents = await keys(backend, prefix="CLM-1/documents")
    assert [key.rpartition("/")[0] for key in documents] == [
        "CLM-1/documents/repair_estimate",
        "CLM-1/documents/repair_estimate/versions",
    ]


async def test_a_sender_that_dies_in_the_middle_leaves_nothing_that_counts(
    backend: Backend, store: SessionStore
) -> None:
    async def breaks_off() -> AsyncIterator[bytes]:
        async for piece in scan(2 * BLOCK):
            yield piece
        raise Death

    with pytest.raises(Death):
        await store.inbox.put("CLM-1", document_item(record("scan.tiff")), breaks_off(), "a")

    assert await store.inbox.list("CLM-1") == []
    assert await keys(backend) == []


@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, CHUNK, CHUNK + 1, 2 * BLOCK, 2 * BLOCK + 1])
async def test_a_document_of_any_size_comes_back(store: SessionStore, size: int) -> None:
    content = await whole(scan(size))
    document = record("scan.tiff", sha256=hashlib.sha256(content).hexdigest())

    await store.inbox.put("CLM-1", document_item(document), pieces(content, 70_001), "a")
    await store.documents.file("CLM-1", "a", document, None)

    assert await store.documents.read("CLM-1", document) == content


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.sealer != "plain"], ids="-".join)
async def test_a_sealed_document_that_was_cut_off_ends_in_an_error(
    backend: Backend, store: SessionStore
) -> None:
    document = await scanned()
    await store.inbox.put("CLM-1", document_item(document), scan(), "a")
    await store.documents.file("CLM-1", "a", document, None)
    name = "CLM-1/documents/repair_estimate/scan.tiff"
    cut = (await stored(backend, name))[: SIZE // 4]
    await backend.objects.write(Area.SESSIONS, name, cut)

    with pytest.raises(SessionCorrupt, match=r"^CLM-1/documents/repair_estimate: is cut off$"):
        await store.documents.read("CLM-1", document)


async def test_a_reader_gives_what_is_asked_for_however_it_comes() -> None:
    reader = Reader(pieces(b"head\nbody", 3))

    assert await reader.peek(2) == b"he"
    assert await reader.line(3) is None
    assert await reader.line(100) == b"head"
    assert [await reader.take(3), await reader.take(3), await reader.take(3)] == [b"bod", b"y", b""]
