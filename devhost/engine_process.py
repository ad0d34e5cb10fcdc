"""The in-memory engine as a child process of the host: it uses another core, and ends with its host."""

import signal
from asyncio.subprocess import PIPE, Process
from typing import Self

from devhost import child_process
from devhost.errors import HostError


class EngineProcess:
    """An engine that watches its standard input, and ends when that closes however the host ended."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def spawn(cls) -> Self:
        """Starts an engine on a free port. It needs a moment until it listens."""
        command = ("devhost.engine", "--port", "0", "--die-with-parent")
        return cls(await child_process.start_module(*command, stdout=PIPE))

    async def address(self) -> str:
        """The engine's `HOST:PORT`, as soon as it listens. It is to be asked for once.

        Raises:
            HostError: the engine did not start. It has written the reason to standard error.
        """
        line = await self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise HostError("the durable engine did not start")
        return line.decode().strip()

    async def ended(self) -> None:
        """Waits until the engine has ended."""
        await self._process.wait()

    async def stop(self) -> None:
        """Ends the engine at once. What it held is lost."""
        await child_process.end([self._process], signal.SIGKILL)
