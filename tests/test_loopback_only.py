"""No test reaches another machine, nor does what a test starts."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.host.running import ALONE, collision, eventually, host_on
from tests.loopback_only.sitecustomize import NetworkRefused

ELSEWHERE = "192.0.2.1"
"""Set apart for documentation by RFC 5737: nobody has this address."""


def datagram() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender:
        sender.sendto(b"hello", (ELSEWHERE, 9))


WAYS: dict[str, Callable[[], object]] = {
    "connection": lambda: socket.create_connection((ELSEWHERE, 80)),
    "connection of an event loop": lambda: asyncio.run(asyncio.open_connection(ELSEWHERE, 80)),
    "connection over IPv6": lambda: socket.create_connection(("2001:db8::1", 80)),
    "datagram": datagram,
    "look-up": lambda: socket.getaddrinfo("models.example.com", 443),
    "old look-up": lambda: socket.gethostbyname("models.example.com"),
    "HTTP client": lambda: httpx.get(f"http://{ELSEWHERE}", trust_env=False),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_this_process_reaches_no_other_machine(way: Callable[[], object]) -> None:
    with pytest.raises(NetworkRefused):
        way()


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost"])
def test_this_process_reaches_itself(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((address, server.getsockname()[1])).close()


def test_a_python_that_a_test_starts_reaches_no_other_machine() -> None:
    program = f"import socket; socket.create_connection(({ELSEWHERE!r}, 80))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "NetworkRefused" in ran.stderr


async def test_a_host_asks_no_model_on_another_machine(tmp_path: Path) -> None:
    model = {
        "AGENT_MODEL": "openai",
        "OPENAI_API_KEY": "key",
        "OPENAI_CHAT_MODEL_ID": "small",
        "OPENAI_BASE_URL": f"http://{ELSEWHERE}/v1",
    }
    async with host_on(tmp_path / "data", *ALONE, **model) as host:
        await host.submit(collision())
        await eventually(lambda: f"{ELSEWHERE} is refused" in host.log.read_text(encoding="utf-8"))
