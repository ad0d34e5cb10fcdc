"""Closes what belongs to an event loop, such as a connection, when the loop ends."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from weakref import WeakKeyDictionary

_endings: WeakKeyDictionary[asyncio.AbstractEventLoop, list[AsyncGenerator[None]]] = WeakKeyDictionary()


def at_end_of_loop(close: Callable[[], Awaitable[None]]) -> None:
    """Has `close` awaited in the running loop once its runner has ended all of the loop's tasks.

    This uses that `asyncio.run` and `asyncio.Runner` close every asynchronous generator that was begun in the
    loop. A process that is killed closes nothing.
    """

    async def until_then() -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await close()

    ending = until_then()
    with suppress(StopIteration):
        ending.__anext__().send(None)
    _endings.setdefault(asyncio.get_running_loop(), []).append(ending)
