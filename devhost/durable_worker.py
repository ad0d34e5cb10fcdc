"""A process that runs an app's orchestrators and activities for a host: `python -m devhost.durable_worker`.

The host writes one line to its standard input, the `Assignment`, and then keeps that open. When it closes,
the host is gone and this process ends at once. SIGTERM lets it finish what it runs. It ignores SIGINT, which
is for the host.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path
from typing import Self

from devhost.errors import HostError
from devhost.gc_tuning import collect_rarely, skip_last_collection


@dataclass(frozen=True)
class Assignment:
    """What a durable worker must know of its host."""

    engine: str
    """The engine's `HOST:PORT`."""
    hub: str
    """The task hub, for an engine that keeps several, or an empty string."""
    client_configuration: str
    """The value of a durable client binding."""

    def to_line(self) -> bytes:
        """One line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """The assignment that `to_line` has written."""
        return cls(**json.loads(line))


def main() -> int:
    """Serves until it is stopped, and returns the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parser = argparse.ArgumentParser(prog="python -m devhost.durable_worker")
    parser.add_argument("--app", type=Path, required=True, metavar="DIR")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    from devhost.logs import log_to_stderr

    log_to_stderr(verbose=arguments.verbose)
    try:
        return asyncio.run(_serve(arguments.app))
    except HostError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        skip_last_collection()


async def _serve(app: Path) -> int:
    from devhost.bridge import Bridge
    from devhost.config import read_host_json
    from devhost.logs import let_app_log
    from devhost.taskhub import open_channel, task_hub
    from devhost.worker import Worker

    host = FileIO(sys.stdin.fileno(), closefd=False)
    line = asyncio.create_task(asyncio.to_thread(host.readline))
    try:
        config = read_host_json(app)
        let_app_log(app, config.log_level)
        worker = await Worker.start(app)
    except HostError:
        if await line:
            raise
        return 1  # the host has loaded the same app, and has printed what is wrong with it
    if not await line:
        return 1
    collect_rarely()
    threading.Thread(target=_end_with, args=[host], name="host", daemon=True).start()
    stop_requested = asyncio.Event()  # until now SIGTERM ends the process, which has nothing to finish
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop_requested.set)

    assignment = Assignment.from_line(line.result())
    worker.client_configuration = assignment.client_configuration
    async with open_channel(assignment.engine, assignment.hub) as channel:
        bridge = Bridge(worker, task_hub(channel), config)
        run = asyncio.create_task(bridge.run())
        stop = asyncio.create_task(stop_requested.wait())
        await asyncio.wait([run, stop], return_when=asyncio.FIRST_COMPLETED)
        run.cancel()
        await asyncio.wait([run])
        await bridge.drain()
    return 0 if run.cancelled() else 1


def _end_with(host: FileIO) -> None:
    host.read()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
