"""Work that has begun and must be finished before the host ends."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

_log = logging.getLogger("devhost")


class RunningWork:
    """The tasks that a listener has started. They go on when the listener is cancelled."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs `work` in a task of its own, which may be awaited through `asyncio.shield` only."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def drain(self) -> None:
        """Waits until all tasks are done."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("work of the host failed with %s", type(error).__name__, exc_info=error)
