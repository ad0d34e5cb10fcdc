import json
from pathlib import Path

import pytest

from devhost.errors import HostError
from devhost.lock import DataFolder, HostInfo, running_host
from tests.devhost.host_process import HostProcess, run_host


def test_a_running_host_can_be_found(host: HostProcess) -> None:
    assert running_host(host.data) == HostInfo(host.process.pid, f"{host.origin}/api")


def test_a_second_host_says_who_holds_the_folder(host: HostProcess) -> None:
    refused = run_host(data=host.data)
    assert refused.returncode == 1
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert f"process {host.process.pid}, {host.origin}/api" in line
    assert "--data" in line


def test_no_host_runs_where_none_has_been(tmp_path: Path) -> None:
    assert running_host(tmp_path / "nothing") is None
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("left", ['{"pid": 1, "url": "http://127.0.0.1:7071/api"}', "{", "[]"])
def test_what_a_killed_host_left_behind_does_not_count(tmp_path: Path, left: str) -> None:
    DataFolder(tmp_path).release()
    (tmp_path / ".host" / "info.json").write_text(left)
    assert running_host(tmp_path) is None
    DataFolder(tmp_path).release()


def test_a_host_that_has_not_announced_itself_is_not_found(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert running_host(tmp_path) is None
    folder.announce("http://127.0.0.1:1/api")
    assert json.loads((tmp_path / ".host" / "info.json").read_text())["url"] == "http://127.0.0.1:1/api"
    folder.release()
    assert not (tmp_path / ".host" / "info.json").exists()


def test_a_folder_that_cannot_be_written_to_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(HostError, match="cannot be written to"):
        DataFolder(tmp_path / "file" / "data")
    refused = run_host(data=tmp_path / "file")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
