from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from shared.encryption.keyring import ConfiguredKeys, DataKey
from shared.session_store import Sealer, SessionStore
from shared.session_store.backend import Backend, Containers
from shared.session_store.blob.account import Patience, by_connection_string
from shared.session_store.blob.backend import COMPACT_AT, BlobBackend
from shared.session_store.blob.summaries import BlobLimits
from shared.session_store.listing import MOST_EXAMINED
from shared.session_store.local.backend import LocalBackend, TemporaryBackend
from shared.session_store.local.summaries import LocalLimits

LOCAL: dict[str, Callable[[Path, LocalLimits], Backend]] = {
    "local": lambda path, limits: LocalBackend(path, limits=limits),
    "temporary": lambda _, limits: TemporaryBackend(limits),
}
QUICK = Patience(retries=2, first_pause=0)


def blob_backend(
    storage_account: str,
    mark: str | None = None,
    *,
    grace: float = 0.3,
    compact_at: int = COMPACT_AT,
    transport: object = None,
    limits: BlobLimits | None = None,
) -> BlobBackend:
    """A backend on containers of its own, or on those of an earlier one with the same mark."""
    mark = mark or uuid4().hex[:12]
    return BlobBackend(
        by_connection_string(storage_account, QUICK, transport=transport),
        Containers(f"s-{mark}", f"u-{mark}"),
        grace=grace,
        compact_at=compact_at,
        limits=limits,
    )


@asynccontextmanager
async def opened(backend: BlobBackend) -> AsyncGenerator[BlobBackend]:
    try:
        yield backend
    finally:
        await backend.close()


SEALERS: dict[str, Callable[[], Sealer]] = {
    "plain": Sealer,
    "packed": lambda: Sealer(compression="gzip"),
    "sealed": lambda: Sealer(ConfiguredKeys([DataKey("test", b"k" * 32)]), "zstd"),
}


class Kind(NamedTuple):
    """Where a store keeps sessions, and in what form."""

    backend: str
    sealer: str = "plain"


KINDS = [
    *map(Kind, [*LOCAL, "blob"]),
    *(Kind("local", "packed"), Kind("local", "sealed")),
    *(Kind("blob", "packed"), Kind("blob", "sealed")),
]


@pytest.fixture(params=KINDS, ids="-".join)
def kind(request: pytest.FixtureRequest) -> Kind:
    """What a test promises of one kind of store, it promises of all."""
    return request.param


@pytest.fixture
def most_examined() -> int:
    """How many claims a page may examine; a test may choose another number."""
    return MOST_EXAMINED


@pytest.fixture
async def backend(
    kind: Kind, most_examined: int, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Backend]:
    """An empty backend."""
    if kind.backend == "blob":
        account = request.getfixturevalue("storage_account")
        backend = blob_backend(account, limits=BlobLimits(examined=most_examined))
    else:
        backend = LOCAL[kind.backend](tmp_path, LocalLimits(examined=most_examined))
    yield backend
    await backend.close()


@pytest.fixture
def sealer(kind: Kind) -> Sealer:
    return SEALERS[kind.sealer]()


@pytest.fixture
def store(backend: Backend, sealer: Sealer) -> SessionStore:
    return SessionStore(backend, sealer)
