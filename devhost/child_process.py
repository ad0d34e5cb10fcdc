"""Starts and ends the processes that the host has beside its own."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


async def start_module(*arguments: str, stdout: int | None = None) -> Process:
    """Starts `python -m` with the arguments. Its standard input ends when this process does."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *arguments,
        cwd=Path(__file__).parent.parent,
        stdin=PIPE,
        stdout=stdout,
        process_group=0,  # Ctrl-C on the terminal is for the host alone
    )


async def end(processes: Sequence[Process], number: signal.Signals) -> None:
    """Sends a signal to processes that may have ended already, and waits until all of them have."""
    for process in processes:
        with suppress(ProcessLookupError):
            process.send_signal(number)
    await asyncio.gather(*(process.wait() for process in processes))
