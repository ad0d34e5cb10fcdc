import asyncio
import os
from contextlib import aclosing
from pathlib import Path

import pytest

from devhost.blobs import BlobPath, open_source
from devhost.errors import HostError
from devhost.local_folder import LocalFolder
from tests.devhost.host_process import HostProcess, run_host, wait_until


@pytest.mark.parametrize(
    ("path", "name", "variables"),
    [
        ("uploads/{name}", "a.txt", {"name": "a.txt"}),
        ("uploads/{name}", "CLM-1/police report/ä.pdf", {"name": "CLM-1/police report/ä.pdf"}),
        ("uploads/{claim}/{file}", "CLM-1/a.txt", {"claim": "CLM-1", "file": "a.txt"}),
        ("uploads/{claim}/{file}", "a.txt", None),
        ("uploads/{base}.{ext}", "a.b.pdf", {"base": "a.b", "ext": "pdf"}),
        ("uploads/in/{name}", "out/a.txt", None),
        ("uploads", "deep/a.txt", {"name": "deep/a.txt"}),
    ],
)
def test_a_blob_path_takes_a_name_apart(path: str, name: str, variables: dict[str, str] | None) -> None:
    assert BlobPath(path).container == "uploads"
    assert BlobPath(path).variables(name) == variables


@pytest.mark.parametrize("path", ["", "{container}/{name}"])
def test_a_blob_path_begins_with_a_container(path: str) -> None:
    with pytest.raises(ValueError, match="container"):
        BlobPath(path)


def test_an_upload_that_lay_there_before_the_start_is_found(host: HostProcess) -> None:
    (run,) = wait_until(lambda: host.uploads("CLM-0/early.txt"))
    assert run["content"] == "here before the host"
    assert run["length"] == len("here before the host")


def test_an_upload_in_a_new_folder_is_found(host: HostProcess) -> None:
    for number in range(20):
        file = host.data / "drop" / f"CLM-{number}" / "police_report" / "new.txt"
        file.parent.mkdir(parents=True)
        file.write_text(str(number))
    for number in range(20):
        (run,) = wait_until(lambda n=number: host.uploads(f"CLM-{n}/police_report/new.txt"))
        assert run["content"] == str(number)


def test_an_upload_that_stays_runs_its_function_once(host: HostProcess) -> None:
    file = host.data / "drop" / "stays.txt"
    file.write_text("content")
    wait_until(lambda: host.uploads("stays.txt"))
    os.utime(file, ns=(0, file.stat().st_mtime_ns))  # an event without a change
    (host.data / "drop" / "later.txt").write_text("content")
    wait_until(lambda: host.uploads("later.txt"))
    assert len(host.uploads("stays.txt")) == 1


def test_an_upload_that_changes_runs_its_function_again(host: HostProcess) -> None:
    file = host.data / "drop" / "changes.txt"
    file.write_text("first")
    wait_until(lambda: host.uploads("changes.txt"))
    file.write_text("second")
    runs = wait_until(lambda: (found := host.uploads("changes.txt"))[1:] and found)
    assert [run["content"] for run in runs] == ["first", "second"]


def test_a_name_can_be_used_again_once_the_app_has_taken_the_upload(host: HostProcess) -> None:
    file = host.data / "drop" / "taken.txt"
    for count in (1, 2):
        file.write_text("content")
        wait_until(lambda n=count: len(host.uploads("taken.txt")) == n and not file.exists())


def test_a_failing_upload_is_tried_five_times_and_again_when_it_changes(host: HostProcess) -> None:
    file = host.data / "drop" / "poison.txt"
    file.write_text("bad")
    wait_until(lambda: "an upload is left where it is" in host.errors.read_text())
    assert len(host.uploads("poison.txt")) == 5
    assert file.exists()
    file.write_text("still bad")
    wait_until(lambda: len(host.uploads("poison.txt")) == 6)


def test_unfinished_business_is_left_alone(host: HostProcess) -> None:
    drop = host.data / "drop"
    for name in (".hidden", "upload.tmp", "upload.PART"):
        (drop / name).write_text("half")
    (drop / ".git").mkdir()
    (drop / ".git" / "inside.txt").write_text("half")
    (drop / "link.txt").symlink_to(__file__)
    (drop / "finished.txt").write_text("half")
    (drop / "upload.tmp").rename(drop / "upload.txt")
    wait_until(lambda: host.uploads("upload.txt") and host.uploads("finished.txt"))
    for name in (".hidden", "upload.tmp", "upload.PART", ".git/inside.txt", "link.txt"):
        assert host.uploads(name) == []


async def test_a_file_counts_only_once_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "slow.txt"

    async def write_slowly() -> None:
        with file.open("w") as writing:
            for _ in range(10):
                writing.write("more")
                writing.flush()
                await asyncio.sleep(0.02)

    writer = asyncio.create_task(write_slowly())
    await asyncio.sleep(0)
    await LocalFolder(tmp_path).version("slow.txt")
    assert writer.done()
    assert file.read_text() == "more" * 10


async def test_a_lost_file_event_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "there.txt").write_text("content")
    async with aclosing(LocalFolder(tmp_path, rescan=0.01).names()) as looks:
        for _ in range(3):
            assert list(await anext(looks)) == ["there.txt"]


async def test_a_file_that_has_gone_has_no_version(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path)
    assert await folder.version("nothing.txt") is None
    assert await folder.read("nothing.txt") is None


def test_a_folder_in_memory_is_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("Sample__path", ":memory:")
    assert open_source("f", "Sample", "drop") is None


def test_a_connection_without_a_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("Nowhere", raising=False)
    with pytest.raises(HostError, match="Nowhere__path"):
        open_source("f", "Nowhere", "drop")


def test_a_path_setting_that_is_missing_stops_the_start(data: Path) -> None:
    refused = run_host(data=data, SAMPLE_CONTAINER="{name}")
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert "function on_upload" in line
