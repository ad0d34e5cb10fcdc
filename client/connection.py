"""The orchestrator for code that is not async: the command line, which also asks questions in between."""

import asyncio
import signal
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from client.config import DEFAULT_DATA
from client.orchestrator import ClaimsOrchestrator, build_orchestrator

_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_DEFAULTS = (signal.SIG_DFL, signal.default_int_handler)


@dataclass(frozen=True)
class Target:
    """Which Claims Orchestrator a command drives: the app at `url`, or the embedded host on `data`."""

    url: str | None = None
    key: str | None = None
    data: Path | None = None

    def config(self) -> dict[str, Any]:
        """The settings of `build_orchestrator` for it."""
        if self.url is None:
            return {"session_dir": self.data or DEFAULT_DATA}
        return {"url": self.url, "key": self.key}


class Connection:
    """An orchestrator with an event loop of its own, for the length of a `with` block.

    SIGTERM and SIGHUP end the block as Ctrl-C does, with SystemExit, so that no host is left behind.
    Ctrl-C is caught here too: `asyncio.Runner` forgets one that comes as its work ends.
    """

    orchestrator: ClaimsOrchestrator

    def __init__(self, target: Target) -> None:
        self._target = target
        self._runner = asyncio.Runner()
        self._task: asyncio.Task[Any] | None = None
        self._signal: int | None = None

    def __enter__(self) -> Self:
        # One that is ignored (nohup) stays so.
        before = {number: signal.getsignal(number) for number in _ENDING_SIGNALS}
        self._caught = {n: handler for n, handler in before.items() if handler in _DEFAULTS}
        for number in self._caught:
            signal.signal(number, self._on_signal)
        try:
            self.orchestrator = self.run(build_orchestrator(self._target.config()))
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.run(self.orchestrator.aclose())
        finally:
            self._close()

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run one call to its end.

        Raises:
            KeyboardInterrupt: Ctrl-C cancelled it.
            SystemExit: a signal ended it.
        """

        async def cancellable() -> T:
            self._task = asyncio.current_task()
            try:
                return await work
            finally:
                self._task = None

        try:
            result = self._runner.run(cancellable())
        except asyncio.CancelledError:
            if self._signal is None:
                raise
            raise self._ended_by(self._signal) from None
        if self._signal is not None:
            raise self._ended_by(self._signal)
        return result

    def _on_signal(self, number: int, _frame: object) -> None:
        self._signal = number
        if self._task is None:
            raise self._ended_by(number)
        self._runner.get_loop().call_soon_threadsafe(self._task.cancel)

    @staticmethod
    def _ended_by(number: int) -> BaseException:
        return KeyboardInterrupt() if number == signal.SIGINT else SystemExit(128 + number)

    def _close(self) -> None:
        for number, handler in self._caught.items():
            signal.signal(number, handler)
        self._runner.close()
