"""What the whole run shares: one storage account, and signals that arrive."""

import signal
from collections.abc import Iterator

import hypothesis
import pytest

from devhost import azurite

# A shell that runs the tests in the background has them ignore Ctrl-C, and with them all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says something of the machine, not of the code.
hypothesis.settings.register_profile("project", deadline=None)
hypothesis.settings.load_profile("project")


@pytest.fixture(scope="session")
def storage_account() -> Iterator[str]:
    """The connection string of an empty Azurite."""
    with azurite.running() as port:
        yield azurite.connection_string(port)
