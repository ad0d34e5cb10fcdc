"""What services work with in these tests: documents have at most 2,000 bytes."""

from collections.abc import AsyncIterator

import pytest

from orchestration.services.context import ServiceContext
from tests.orchestration.app import app_with


@pytest.fixture
async def services() -> AsyncIterator[ServiceContext]:
    app = app_with(MAX_DOCUMENT_BYTES="2000")
    yield app.services
    await app.store.close()
