"""The in-memory engine as a child of the host: it uses another core and ends with its host."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from devhost.errors import HostError


class EngineProcess:
    """An engine that watches its standard input and ends when that closes, however the host ended."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def spawn(cls) -> Self:
        """Starts an engine on a free port; it needs a moment until it listens."""
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "devhost.engine", "--port", "0", "--die-with-parent"),
                cwd=Path(__file__).parent.parent,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                process_group=0,  # Ctrl-C on the terminal is for the host
            )
        )

    async def address(self) -> str:
        """The engine's `HOST:PORT`, once it listens; to be called once.

        Raises:
            HostError: it did not start; its own words are on standard error.
        """
        line = await self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise HostError("the durable engine did not start")
        return line.decode().strip()

    async def ended(self) -> None:
        """Waits until the engine is gone."""
        await self._process.wait()

    async def stop(self) -> None:
        """Ends the engine at once; what it held is lost."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
