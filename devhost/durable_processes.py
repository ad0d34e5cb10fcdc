"""The processes that run the durable functions, as their host sees them: kept running, and ended with it."""

import asyncio
import logging
import signal
import time
from asyncio.subprocess import Process
from collections import deque
from pathlib import Path

from devhost import child_process
from devhost.durable_worker import Assignment
from devhost.errors import HostError

_log = logging.getLogger("devhost")

_MOST_DEATHS, _WITHIN = 5, 60.0  # seconds


class DurableProcesses:
    """Durable workers, each of which is a process that has loaded the app for itself."""

    def __init__(self, app: Path, count: int) -> None:
        verbose = ("--verbose",) if _log.isEnabledFor(logging.DEBUG) else ()
        self._command = ("devhost.durable_worker", "--app", str(app), *verbose)
        self._count = count
        self._line = b""
        self._alive: list[Process] = []
        self._deaths: deque[float] = deque(maxlen=_MOST_DEATHS)

    async def warm_up(self) -> None:
        """Starts the first worker, which loads the app while the host does and then waits for `run`.

        The others wait until the host has started: more would only take its share of the machine.
        """
        await self._spawn()

    def assign(self, assignment: Assignment) -> None:
        """Sets what the workers are to serve. It is to be called before `run`."""
        self._line = assignment.to_line()

    async def run(self) -> None:
        """Puts all workers to work, and replaces those that end, until it is cancelled. Then comes `drain`.

        Raises:
            HostError: the workers keep ending.
        """
        cold = [None] * (self._count - len(self._alive))
        await asyncio.gather(*(self._keep_one(process) for process in [*self._alive, *cold]))

    async def drain(self) -> None:
        """Lets each worker finish what it runs, and end."""
        await child_process.end(self._alive, signal.SIGTERM)

    async def stop(self) -> None:
        """Ends at once the workers that are left."""
        await child_process.end(self._alive, signal.SIGKILL)

    async def _spawn(self) -> Process:
        process = await child_process.start_module(*self._command)
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
