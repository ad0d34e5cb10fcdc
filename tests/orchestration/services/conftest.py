"""The settings that the services read: documents of at most 2,000 bytes."""

from collections.abc import Iterator

import pytest

from shared.settings import settings


@pytest.fixture(autouse=True)
def small_documents(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AGENT_MODEL", "offline")
    monkeypatch.setenv("SessionStorage__path", ":memory:")
    monkeypatch.setenv("MAX_DOCUMENT_BYTES", "2000")
    settings.cache_clear()
    yield
    settings.cache_clear()
