"""Runs a command so that a signal ends it in order: no host that it started is left behind.

SIGTERM and SIGHUP end a command as Ctrl-C does, with SystemExit. Ctrl-C is caught here too: `asyncio.run`
forgets one that comes as its work ends.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run[T](work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end; a signal cancels it.

    Raises:
        KeyboardInterrupt: Ctrl-C ended it.
        SystemExit: another signal ended it.
    """
    task: asyncio.Task[Any] | None = None
    received: list[int] = []

    def cancel(number: int, frame: FrameType | None) -> None:
        if task is None:
            _end(number, frame)
        received.append(number)
        task.get_loop().call_soon_threadsafe(task.cancel)

    async def cancellable() -> T:
        nonlocal task
        task = asyncio.current_task()
        try:
            return await work
        finally:
            task = None

    with _handled_by(cancel):
        try:
            result = asyncio.run(cancellable())
        except asyncio.CancelledError:
            if received:
                _end(received[-1])
            raise
        if received:
            _end(received[-1])
        return result


async def read_line() -> str:
    """A line that a person types; a signal ends the wait for it at once.

    It blocks the event loop, so nothing else may run there that cannot wait for a person.

    Raises:
        EOFError: there is no further line.
        KeyboardInterrupt: Ctrl-C came in place of one.
        SystemExit: another signal came in place of one.
    """
    with _handled_by(_end):
        await asyncio.sleep(0)  # here ends what a signal cancelled before its handler was exchanged
        return input()  # noqa: ASYNC250 -- nothing else runs


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Generator[None]:
    # One that is ignored (nohup) stays so.
    before = {number: signal.getsignal(number) for number in _ENDING_SIGNALS}
    caught = {number: former for number, former in before.items() if former is not signal.SIG_IGN}
    for number in caught:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, former in caught.items():
            signal.signal(number, former)


def _end(number: int, _frame: FrameType | None = None) -> NoReturn:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)
