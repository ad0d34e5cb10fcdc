"""One host for all tests here that do not need one of their own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.host.running import Host, host_on


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Host]:
    async with host_on(tmp_path_factory.mktemp("host") / "data") as running:
        yield running
