"""What the whole run shares: one storage account."""

from collections.abc import Iterator

import pytest

from devhost import azurite


@pytest.fixture(scope="session")
def storage_account() -> Iterator[str]:
    """The connection string of an empty Azurite."""
    with azurite.running() as port:
        yield azurite.connection_string(port)
