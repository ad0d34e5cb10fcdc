from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from shared.session_store import SessionStore
from shared.session_store.backend import Backend
from shared.session_store.local import LocalBackend, TemporaryBackend

BACKENDS: dict[str, Callable[[Path], Backend]] = {
    "local": LocalBackend,
    "temporary": lambda _: TemporaryBackend(),
}


@pytest.fixture(params=BACKENDS)
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    """An empty backend of each kind: what a test promises of one, it promises of all."""
    backend = BACKENDS[request.param](tmp_path)
    yield backend
    await backend.close()


@pytest.fixture
def store(backend: Backend) -> SessionStore:
    return SessionStore(backend)
