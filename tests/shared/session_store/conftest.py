from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from shared.session_store import SessionStore
from shared.session_store.account import Patience, by_connection_string
from shared.session_store.backend import Backend
from shared.session_store.blob import BlobBackend
from shared.session_store.local import LocalBackend, TemporaryBackend

LOCAL: dict[str, Callable[[Path], Backend]] = {
    "local": LocalBackend,
    "temporary": lambda _: TemporaryBackend(),
}
QUICK = Patience(retries=2, first_pause=0)


def blob_backend(storage_account: str, *, grace: float = 0.3, **options: object) -> BlobBackend:
    """A backend on containers of its own."""
    mark = uuid4().hex[:12]
    return BlobBackend(
        by_connection_string(storage_account, QUICK, **options),
        session_container=f"s-{mark}",
        upload_container=f"u-{mark}",
        grace=grace,
    )


@pytest.fixture(params=[*LOCAL, "blob"])
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    """An empty backend of each kind: what a test promises of one, it promises of all."""
    if request.param == "blob":
        backend = blob_backend(request.getfixturevalue("storage_account"))
    else:
        backend = LOCAL[request.param](tmp_path)
    yield backend
    await backend.close()


@pytest.fixture
def store(backend: Backend) -> SessionStore:
    return SessionStore(backend)
