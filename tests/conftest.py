"""What the whole run shares: one storage account, signals that arrive, and no network beyond this machine."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from devhost import azurite
from tests.loopback_only.sitecustomize import refuse_the_network

# A shell that runs the tests in the background has them ignore Ctrl-C, and with them all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup has it ignored

# How long an example takes says something of the machine, not of the code.
hypothesis.settings.register_profile("project", deadline=None)
hypothesis.settings.load_profile("project")


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Neither this process nor a Python that it starts reaches another machine."""
    sys.addaudithook(refuse_the_network)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).with_name("loopback_only")), prepend=os.pathsep)
        yield


@pytest.fixture(scope="session")
def storage_account() -> Iterator[str]:
    """The connection string of an empty Azurite."""
    with azurite.running() as port:
        yield azurite.connection_string(port)
