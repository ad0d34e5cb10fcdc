"""The stand-in server in a thread of its own, and the command line in this process."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from client.cli import main
from tests.client.stand_in import StandIn


@dataclass
class Server:
    """A running stand-in."""

    url: str
    stand_in: StandIn


@dataclass(frozen=True)
class Ended:
    """What a command returned and printed."""

    code: int
    out: str
    err: str


ROOT = Path(__file__).resolve().parent.parent.parent
Claims = Callable[..., Ended]


@pytest.fixture(scope="session")
def server_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def server(server_loop: asyncio.AbstractEventLoop) -> Iterator[Server]:
    stand_in = StandIn()
    runner = web.AppRunner(stand_in.application(), shutdown_timeout=0)

    async def start() -> str:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    url = asyncio.run_coroutine_threadsafe(start(), server_loop).result()
    yield Server(url, stand_in)
    asyncio.run_coroutine_threadsafe(runner.cleanup(), server_loop).result()


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A claim that names a file which is not there."""
    letter = tmp_path / "claim.md"
    letter.write_text("Somebody drove into my car.\n\n- estimate.pdf\n", encoding="utf-8")
    return letter


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A paper that a claim waits for."""
    report = tmp_path / "police_report.pdf"
    report.write_bytes(b"%PDF-1.7 report")
    return report


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address at which nothing answers, and nothing can begin to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def claims(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Claims:
    """Runs the command line in an empty folder."""
    for name in ("CLAIMS_URL", "CLAIMS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Ended:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        printed = capfd.readouterr()
        return Ended(code, printed.out, printed.err)

    return run
