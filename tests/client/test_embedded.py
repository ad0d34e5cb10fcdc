"""The embedded host that a client finds or starts: the real one, with the real app."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from client import HostError, build_orchestrator
from client.embedded import EmbeddedHost
from devhost.lock import running_host
from tests.client.conftest import ROOT, Claims


@asynccontextmanager
async def embedded_host(data: Path, settings: Mapping[str, str] | None = None) -> AsyncGenerator[str]:
    """The address of the host on `data`, found or started."""
    async with EmbeddedHost(data, settings) as host:
        yield await host.url()


async def serves(url: str) -> bool:
    async with httpx.AsyncClient(trust_env=False) as http:
        try:
            return (await http.get(f"{url}/health")).is_success
        except httpx.TransportError:
            return False


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Path, str]]:
    """A data folder with a host that runs for all tests of this module, and the host's address."""
    data = tmp_path_factory.mktemp("shared")
    async with EmbeddedHost(data) as host:
        yield data, await host.url()


async def test_a_host_is_started_for_the_block_and_stopped_behind_it(tmp_path: Path) -> None:
    async with EmbeddedHost(tmp_path / "data") as host:
        url = await host.url()
        assert await serves(url)
        running = running_host(tmp_path / "data")
        assert running is not None
    assert not await serves(url)
    with pytest.raises(ProcessLookupError):
        os.kill(running.pid, 0)


async def test_a_host_that_runs_is_used_and_left_running(shared: tuple[Path, str]) -> None:
    data, url = shared
    async with EmbeddedHost(data) as host:
        assert await host.url() == url
    assert await serves(url)


async def test_clients_that_start_at_once_share_one_host(tmp_path: Path) -> None:
    hosts = [EmbeddedHost(tmp_path) for _ in range(3)]
    try:
        assert len(set(await asyncio.gather(*(host.url() for host in hosts)))) == 1
    finally:
        for host in hosts:
            await host.aclose()


async def test_a_client_whose_host_ends_goes_on_with_another(tmp_path: Path) -> None:
    async with await build_orchestrator({"session_dir": tmp_path}) as first:
        second = await build_orchestrator({"session_dir": tmp_path})
        assert await first.list_sessions() == []
    async with second:
        assert await second.list_sessions() == []


async def test_a_host_with_settings_of_its_own_never_shares_the_folder(shared: tuple[Path, str]) -> None:
    data, _ = shared
    with pytest.raises(HostError, match="another host holds"):
        await build_orchestrator({"session_dir": data, "enable_human_in_loop": False})


async def test_a_host_that_cannot_start_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="SESSION_TTL") as failure:
        await EmbeddedHost(tmp_path, {"SESSION_TTL": "soon"}).url()
    assert "\n" not in str(failure.value)


async def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(HostError, match="cannot be written to"):
        await EmbeddedHost(tmp_path / "file").url()


async def test_without_persistence_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with await build_orchestrator({"enable_session_persistence": False}) as orchestrator:
        assert await orchestrator.list_sessions() == []
    assert os.listdir(tmp_path) == []  # noqa: PTH208 -- nothing else runs in this loop


def test_a_command_finds_the_host_that_runs_on_its_folder(claims: Claims, shared: tuple[Path, str]) -> None:
    data, _ = shared
    outcome = claims("list-sessions", "--data", data)
    assert (outcome.code, outcome.out, outcome.err) == (0, "no claims\n", "")


def test_a_claim_that_the_app_does_not_know_is_one_line(claims: Claims, shared: tuple[Path, str]) -> None:
    outcome = claims("show", "CLM-404", "--data", shared[0])
    assert outcome.code == 1
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_command_that_is_interrupted_leaves_no_host_behind(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    letter = tmp_path / "claim.txt"
    letter.write_text("a crash")
    command = [
        sys.executable,
        "-m",
        "client",
        "process",
        str(letter),
        "--interactive",
        "--data",
        str(tmp_path),
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()  # the first question: the host runs, and the command waits for a person
        assert running_host(tmp_path) is not None
        process.send_signal(number)
        assert process.wait() == code
        assert "Traceback" not in process.stderr.read()
    assert running_host(tmp_path) is None
