"""Death of a process at any of the system calls by which it changes files."""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest

CHANGES = ["open", "mkdir", "write", "fsync", "ftruncate", "replace", "unlink", "rmdir"]


class Crash(BaseException):
    """The process is gone: nothing that catches errors catches this."""


class Recorder:
    """Counts the changes of a block, and ends the block's work at the one that `crash_at` numbers.

    A write that is to crash writes half of its bytes first.
    """

    def __init__(self, crash_at: int | None) -> None:
        self.calls: list[str] = []
        self.written = 0
        self._crash_at = crash_at
        self._is_dead = False

    def wrap(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if self._is_dead or len(self.calls) == self._crash_at:
                if name == "write" and not self._is_dead:
                    call(args[0], args[1][: len(args[1]) // 2])
                self._is_dead = True
                raise Crash
            self.calls.append(name)
            result = call(*args, **kwargs)
            self.written += result if name == "write" else 0
            return result

        return wrapped


@contextmanager
def recorded(crash_at: int | None = None) -> Generator[Recorder]:
    recorder = Recorder(crash_at)
    with pytest.MonkeyPatch.context() as patch:
        for name in CHANGES:
            patch.setattr(os, name, recorder.wrap(name, getattr(os, name)))
        yield recorder
