"""Links to upload by, on a storage account: one new file by each, and nothing else."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from shared.clock import utc_now
from shared.session_store import SessionStore
from shared.session_store.backend import Area
from shared.session_store.blob.backend import BlobBackend
from tests.shared.session_store.conftest import blob_backend
from tests.shared.session_store.samples import keys, stored

HEADERS = {"x-ms-blob-type": "BlockBlob"}


@pytest.fixture
async def backend(storage_account: str) -> AsyncIterator[BlobBackend]:
    backend = blob_backend(storage_account)
    yield backend
    await backend.close()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


async def link(backend: BlobBackend, **lasting: float) -> str:
    until = utc_now() + timedelta(**lasting or {"hours": 1})
    url = await SessionStore(backend).uploads.link("CLM-1", "police_report", until)
    assert url is not None
    return url


async def test_what_is_put_by_a_link_is_an_upload_of_the_claim(
    backend: BlobBackend, http: httpx.AsyncClient
) -> None:
    answer = await http.put(await link(backend), content=b"report", headers=HEADERS)
    assert answer.status_code == 201, answer.text
    (key,) = await keys(backend, Area.UPLOADS)
    assert key.startswith("CLM-1/police_report/police_report-")
    assert await stored(backend, key, Area.UPLOADS) == b"report"


async def test_a_link_that_has_expired_is_refused(backend: BlobBackend, http: httpx.AsyncClient) -> None:
    answer = await http.put(await link(backend, seconds=-60), content=b"late", headers=HEADERS)
    assert answer.status_code == 403
    assert await keys(backend, Area.UPLOADS) == []


async def test_a_link_neither_reads_nor_lists_nor_replaces_nor_deletes(
    backend: BlobBackend, http: httpx.AsyncClient
) -> None:
    url = await link(backend)
    await http.put(url, content=b"report", headers=HEADERS)
    container, _, query = url.partition("/CLM-1/")[0], "", url.partition("?")[2]

    answers = [
        await http.get(url),
        await http.get(f"{container}?restype=container&comp=list&{query}"),
        await http.delete(url),
        await http.put(url, content=b"another", headers=HEADERS),
    ]

    assert [answer.is_success for answer in answers] == [False] * 4
    (key,) = await keys(backend, Area.UPLOADS)
    assert await stored(backend, key, Area.UPLOADS) == b"report"


async def test_a_link_writes_no_other_blob(backend: BlobBackend, http: httpx.AsyncClient) -> None:
    url = await link(backend)
    for other in (url.replace("CLM-1", "CLM-2"), url.replace("police_report", "repair_estimate")):
        assert (await http.put(other, content=b"x", headers=HEADERS)).status_code == 403
    assert await keys(backend, Area.UPLOADS) == []
