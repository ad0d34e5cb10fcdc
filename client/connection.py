"""The orchestrator for code that is not async: the command line, which also asks questions in between."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from client.config import DEFAULT_DATA
from client.orchestrator import ClaimsOrchestrator, build_orchestrator


@dataclass(frozen=True)
class Target:
    """Which Claims Orchestrator a command drives: the app at `url`, or the embedded host on `data`."""

    url: str | None = None
    key: str | None = None
    data: Path | None = None

    def config(self) -> dict[str, Any]:
        """The settings of `build_orchestrator` for it."""
        if self.url is None:
            return {"session_dir": self.data or DEFAULT_DATA} | ({"key": self.key} if self.key else {})
        return {"url": self.url, "key": self.key}


class Connection:
    """An orchestrator with an event loop of its own, for the length of a `with` block."""

    orchestrator: ClaimsOrchestrator

    def __init__(self, target: Target) -> None:
        self._target = target
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        try:
            self.orchestrator = self.run(build_orchestrator(self._target.config()))
        except BaseException:
            self._runner.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.run(self.orchestrator.aclose())
        finally:
            self._runner.close()

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run one call to its end; Ctrl-C cancels it and raises KeyboardInterrupt."""
        return self._runner.run(work)
