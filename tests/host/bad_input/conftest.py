"""Bad input at every edge of the running app: a clear refusal, nothing left behind, nothing in the log.

Whatever text a test sends holds MARK, so that any of it that reaches the host's log is found.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.host.refusals import host_at_rest
from tests.host.running import Host


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Host]:
    async with host_at_rest(tmp_path_factory.mktemp("bad-input") / "data") as running:
        yield running
