"""The processes that run the durable functions, seen from their host: kept running, and ended with it."""

import asyncio
import logging
import signal
import sys
import time
from asyncio.subprocess import Process
from collections import deque
from contextlib import suppress
from pathlib import Path

from devhost.durable_worker import Assignment
from devhost.errors import HostError

_log = logging.getLogger("devhost")

_MOST_DEATHS, _WITHIN = 5, 60.0  # seconds


class DurableProcesses:
    """Durable workers, each a process with the app of its own."""

    def __init__(self, app: Path, count: int) -> None:
        verbose = ("--verbose",) if _log.isEnabledFor(logging.DEBUG) else ()
        self._command = (sys.executable, "-m", "devhost.durable_worker", "--app", str(app), *verbose)
        self._count = count
        self._line = b""
        self._alive: list[Process] = []
        self._deaths: deque[float] = deque(maxlen=_MOST_DEATHS)

    async def warm_up(self) -> None:
        """Starts the first one, which loads the app while the host does and then waits for `run`.

        The others wait until the host has started: more would only take its share of the machine.
        """
        await self._spawn()

    def assign(self, assignment: Assignment) -> None:
        """Says what they are to serve; before `run`."""
        self._line = assignment.to_line()

    async def run(self) -> None:
        """Puts all of them to work and replaces those that end, until cancelled; then comes `drain`.

        Raises:
            HostError: they keep ending.
        """
        cold = [None] * (self._count - len(self._alive))
        await asyncio.gather(*(self._keep_one(process) for process in [*self._alive, *cold]))

    async def drain(self) -> None:
        """Lets each finish what it runs, and end."""
        for process in self._alive:
            with suppress(ProcessLookupError):
                process.terminate()
        await self._ended()

    async def stop(self) -> None:
        """Ends at once those that are left."""
        for process in self._alive:
            with suppress(ProcessLookupError):
                process.kill()
        await self._ended()

    async def _spawn(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=Path(__file__).parent.parent,
            stdin=asyncio.subprocess.PIPE,
            process_group=0,  # Ctrl-C on the terminal is for the host
        )
        self._alive.append(process)
        return process

    async def _keep_one(self, process: Process | None) -> None:
        while True:
            process = process or await self._spawn()
            if process.stdin:
                process.stdin.write(self._line)
            code = await process.wait()
            self._alive.remove(process)
            self._note_death(code)
            process = None

    def _note_death(self, code: int) -> None:
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        self._deaths.append(time.monotonic())
        if len(self._deaths) == _MOST_DEATHS and self._deaths[-1] - self._deaths[0] < _WITHIN:
            raise HostError(f"durable workers keep ending ({_MOST_DEATHS} within a minute; the last: {how})")
        _log.error("a durable worker ended (%s): another one is started", how)

    async def _ended(self) -> None:
        await asyncio.gather(*(process.wait() for process in self._alive))
