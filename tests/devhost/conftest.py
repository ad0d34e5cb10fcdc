from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devhost.host_process import HostProcess


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """A host that the tests share; an upload lay in its folder before it started."""
    data = tmp_path_factory.mktemp("shared-host")
    early = data / "drop" / "CLM-0" / "early.txt"
    early.parent.mkdir(parents=True)
    early.write_text("here before the host")
    with HostProcess(data) as shared:
        yield shared


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    return tmp_path / "data"
