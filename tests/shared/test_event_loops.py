"""What belongs to an event loop ends with it."""

import asyncio
from contextlib import suppress

from shared.event_loops import at_end_of_loop


def test_it_is_closed_after_all_tasks_have_ended_and_in_the_same_loop() -> None:
    ended: list[str] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def work() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(0)
        ended.append("task")

    async def close() -> None:
        await asyncio.sleep(0)
        ended.append("connection")
        loops.append(asyncio.get_running_loop())

    async def main() -> asyncio.Task[None]:
        at_end_of_loop(close)
        loops.append(asyncio.get_running_loop())
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        return task

    asyncio.run(main())

    assert ended == ["task", "connection"]
    assert loops[0] is loops[1]
