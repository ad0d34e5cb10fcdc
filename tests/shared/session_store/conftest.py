from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from shared.session_store import Sealer, SessionStore
from shared.session_store.backend import Backend
from shared.session_store.keyring import ConfiguredKeys, DataKey
from shared.session_store.local import LocalBackend, TemporaryBackend

BACKENDS: dict[str, Callable[[Path], Backend]] = {
    "local": LocalBackend,
    "temporary": lambda _: TemporaryBackend(),
}


SEALERS: dict[str, Callable[[], Sealer]] = {
    "plain": Sealer,
    "packed": lambda: Sealer(compression="gzip"),
    "sealed": lambda: Sealer(ConfiguredKeys([DataKey("test", b"k" * 32)]), "zstd"),
}


class Kind(NamedTuple):
    """Where a store keeps sessions, and in what form."""

    backend: str
    sealer: str = "plain"


KINDS = [*map(Kind, BACKENDS), Kind("local", "packed"), Kind("local", "sealed")]


@pytest.fixture(params=KINDS, ids="-".join)
def kind(request: pytest.FixtureRequest) -> Kind:
    """What a test promises of one kind of store, it promises of all."""
    return request.param


@pytest.fixture
async def backend(kind: Kind, tmp_path: Path) -> AsyncIterator[Backend]:
    """An empty backend."""
    backend = BACKENDS[kind.backend](tmp_path)
    yield backend
    await backend.close()


@pytest.fixture
def sealer(kind: Kind) -> Sealer:
    return SEALERS[kind.sealer]()


@pytest.fixture
def store(backend: Backend, sealer: Sealer) -> SessionStore:
    return SessionStore(backend, sealer)
