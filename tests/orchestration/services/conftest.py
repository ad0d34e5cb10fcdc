"""The settings that the services read: documents of at most 2,000 bytes."""

from collections.abc import AsyncIterator, Iterator

import pytest

from orchestration.bootstrap import bootstrap
from orchestration.services.context import ServiceContext
from shared.session_store.opening import session_store
from shared.settings import settings


@pytest.fixture(autouse=True)
def small_documents(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AGENT_MODEL", "offline")
    monkeypatch.setenv("SessionStorage__path", ":memory:")
    monkeypatch.setenv("MAX_DOCUMENT_BYTES", "2000")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
async def services(small_documents: None) -> AsyncIterator[ServiceContext]:
    session_store.cache_clear()
    services = bootstrap()
    yield services
    await services.store.close()
    session_store.cache_clear()
