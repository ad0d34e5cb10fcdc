"""The embedded host of a data folder: the one that runs there, or one that is started for the time.

The host is a process of its own, since the Functions worker library keeps global state. One data folder
belongs to one host, so clients share it; one whose shared host ends goes on with a host of its own.
"""

import asyncio
import os
import re
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from client.errors import HostError
from devhost.lock import host_folder, running_host

_ROOT = Path(__file__).resolve().parent.parent
_READY = re.compile(rb"http://127\.0\.0\.1:\d+/\S*")
_LOCK_CHECK_SECONDS = 0.1
_HANDOVER_SECONDS = 60.0
"""How long another client's host may take to end before it counts as stuck."""


class EmbeddedHost:
    """The embedded host of one data folder. Close it, or use it as a context manager.

    Args:
        data: the data folder; made by the host where it is not there.
        settings: environment variables for a host that is started here.
        own: serve only from a host that is started here, since another one may have other settings.
    """

    def __init__(self, data: Path, settings: Mapping[str, str] | None = None, *, own: bool = False) -> None:
        self._data = data.absolute()
        self._settings = dict(settings or {})
        self._own = own
        self._process: asyncio.subprocess.Process | None = None
        self._gone: int | None = None
        self._pid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def url(self) -> str:
        """The address of the host that runs on the data folder now; one is started where none runs.

        Raises:
            HostError: it did not start, or another one runs there and `own` was asked for.
        """
        while True:
            running = running_host(self._data)
            if running is None:
                if url := await self._start_unless_another_client_does():
                    return url
            elif self._own and not self._is_ours(running.pid):
                raise HostError(
                    f"another host holds {self._data} (process {running.pid}) with its own settings:"
                    " stop it, or choose another folder"
                )
            elif running.pid != self._gone:
                self._pid = running.pid
                return running.url
            await asyncio.sleep(_LOCK_CHECK_SECONDS)

    async def next_url(self) -> str:
        """The address of the host that follows the present one, which answers no more.

        Raises:
            HostError: the present one does not end, or no other can be started.
        """
        self._gone = self._pid
        try:
            async with asyncio.timeout(_HANDOVER_SECONDS):
                return await self.url()
        except TimeoutError:
            raise HostError(
                f"the host of {self._data} (process {self._gone}) hangs: stop it and try again"
            ) from None

    async def aclose(self) -> None:
        """Stop the host if it was started here, and wait for its end; it finishes what it is at."""
        process, self._process = self._process, None
        if process is not None:
            await _stop(process)

    def _is_ours(self, pid: int) -> bool:
        return self._process is not None and self._process.pid == pid

    async def _start_unless_another_client_does(self) -> str | None:
        folder = host_folder(self._data)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            starting = FileLock(folder / "starting", timeout=0)
            starting.acquire()
        except Timeout:
            return None
        except OSError as error:
            raise HostError(
                f"the data folder {self._data} cannot be written to ({error.strerror}): name another one"
            ) from None
        try:
            return await self._start() if running_host(self._data) is None else None
        finally:
            starting.release()

    async def _start(self) -> str:
        await self.aclose()
        with tempfile.TemporaryFile() as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "devhost", "--port", "0", "--data", str(self._data)),
                cwd=_ROOT,
                env=os.environ | self._settings,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                process_group=0,  # Ctrl-C on the terminal is for the client, which then stops the host
            )
            try:
                url = await _ready_url(process)
            except BaseException:
                await _stop(process)
                raise
            if url is None:
                await process.wait()
                log.seek(0)
                raise HostError(
                    _last_line(log.read()) or f"the embedded host ended with {process.returncode}"
                )
            self._process = process
            self._pid = process.pid
            return url


async def _ready_url(process: asyncio.subprocess.Process) -> str | None:
    """The address from the line that says that the host is ready; None where it ended before."""
    assert process.stdout is not None  # noqa: S101 -- it is a pipe
    async for line in process.stdout:
        if match := _READY.search(line):
            return match[0].decode()
    return None


async def _stop(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await process.communicate()
    except BaseException:
        with suppress(ProcessLookupError):
            process.kill()
        raise


def _last_line(log: bytes) -> str:
    lines = log.decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
