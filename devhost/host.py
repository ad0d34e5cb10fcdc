"""The host as a whole: starts its parts in order, waits, and ends them so that nothing is interrupted."""

import asyncio
import errno
import logging
import os
import signal
import socket
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc.aio
from aiohttp import web

from devhost.admin import add_admin_routes
from devhost.background_tasks import RunningWork
from devhost.blobs import BlobTrigger
from devhost.bridge import Bridge
from devhost.client_binding import client_configuration
from devhost.config import HostConfig, apply_settings, durable_workers, read_host_json
from devhost.durable_processes import DurableProcesses
from devhost.durable_worker import Assignment
from devhost.engine_process import EngineProcess
from devhost.errors import HostError
from devhost.gc_tuning import collect_rarely
from devhost.http import Gate, make_web_app
from devhost.lock import DataFolder, host_folder
from devhost.logs import let_app_log
from devhost.management import add_management_routes
from devhost.taskhub import TaskHub, open_channel, task_hub
from devhost.timers import Timer
from devhost.upload_links import UploadLinks
from devhost.worker import Worker

_log = logging.getLogger("devhost")

_SERVED = {"httpTrigger", "blobTrigger", "timerTrigger", "orchestrationTrigger", "activityTrigger"}
_PATIENCE_WITH_ENGINE = 2.0  # seconds


@dataclass(frozen=True)
class Options:
    """The options with which the host is started."""

    app: Path
    data: Path
    port: int
    engine: str | None
    """The address of a durabletask sidecar to use instead of the in-memory engine."""
    workers: int | None
    """The number of processes for the durable functions. 0 is the host's own, None leaves it to settings."""


async def serve(options: Options) -> int:
    """Runs the host until SIGTERM or SIGINT, lets what runs finish, and returns the exit code.

    Raises:
        HostError: the host cannot start, or a part of it ended.
    """
    stop_requested = _stop_on_signal()
    app, data = options.app.resolve(), options.data.resolve()
    async with AsyncExitStack() as cleanup:
        folder = DataFolder(data)
        cleanup.callback(folder.release)
        listener = cleanup.enter_context(_bind(options.port))
        apply_settings(app, data)
        config = read_host_json(app)
        let_app_log(app, config.log_level)

        engine = await EngineProcess.spawn() if options.engine is None else None
        if engine:
            cleanup.push_async_callback(engine.stop)
        processes = DurableProcesses(app, count) if (count := durable_workers(options.workers)) else None
        if processes:
            cleanup.push_async_callback(processes.stop)
            await processes.warm_up()
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        links = UploadLinks.enable(origin)
        worker = await Worker.start(app)
        address = await engine.address() if engine else options.engine or ""
        hub_name = "" if engine else config.hub_name
        channel = await cleanup.enter_async_context(_connected(address, hub_name))

        worker.client_configuration = client_configuration(address, origin, config.hub_name)
        if processes:
            processes.assign(Assignment(address, hub_name, worker.client_configuration))
        hub = task_hub(channel)
        host = _Host(worker, config, hub, processes or Bridge(worker, hub, config), data)
        if links:
            links.serve(host.web_app)
        runner = web.AppRunner(host.web_app, access_log=None, auto_decompress=False)
        await runner.setup()
        cleanup.push_async_callback(runner.cleanup)
        site = web.SockSite(runner, listener)
        await site.start()
        url = f"{origin}/{config.route_prefix}".rstrip("/")
        folder.announce(url)
        place = os.environ.get("SessionStorage__path")
        where = options.data if place == str(data) else place or "the storage account"
        print(
            f"Claims Orchestrator is ready: {url} (no key is asked for: loopback only; data in {where})",
            flush=True,
        )

        collect_rarely()
        listeners = host.start_listeners(run_timers=engine is not None)
        if engine:
            listeners.append(asyncio.create_task(engine.ended(), name="the durable engine"))
        try:
            await _first_of(stop_requested, listeners)
        finally:
            await site.stop()
            await host.drain(listeners)
    return 0


class _Host:
    """The listeners of one app."""

    def __init__(
        self,
        worker: Worker,
        config: HostConfig,
        hub: TaskHub,
        durable: Bridge | DurableProcesses,
        data: Path,
    ) -> None:
        self._gate = Gate()
        self._by_hand = RunningWork()
        self._durable = durable
        notes = host_folder(data) / "timers"
        self._timers = {
            function.name: Timer(worker, function, notes) for function in worker.triggered_by("timerTrigger")
        }
        blobs = [BlobTrigger.open(worker, function) for function in worker.triggered_by("blobTrigger")]
        self._blobs = [blob for blob in blobs if blob]
        for function in worker.functions.values():
            if function.kind not in _SERVED:
                _log.warning("function %s never runs here: no %s", function.name, function.kind)
        self.web_app = make_web_app(worker, config.route_prefix, self._gate)
        runnable = {name: timer.fire for name, timer in self._timers.items()}
        add_admin_routes(self.web_app, data, runnable, self._by_hand)
        add_management_routes(self.web_app, hub)

    def start_listeners(self, *, run_timers: bool) -> list[asyncio.Task[None]]:
        """Begins to take work. With `run_timers` each timer function runs once right away."""
        listeners: Mapping[str, Coroutine[Any, Any, None]] = {
            "the bridge to the engine": self._durable.run(),
            **{f"timer {name}": timer.run(at_start=run_timers) for name, timer in self._timers.items()},
            **{f"blob listener {i}": blob.run() for i, blob in enumerate(self._blobs)},
        }
        return [asyncio.create_task(listener, name=name) for name, listener in listeners.items()]

    async def drain(self, listeners: list[asyncio.Task[None]]) -> None:
        """Stops taking work, and waits for what runs."""
        for listener in listeners:
            listener.cancel()
        await asyncio.gather(*listeners, return_exceptions=True)
        timers = [timer.drain() for timer in self._timers.values()]
        blobs = [blob.drain() for blob in self._blobs]
        await asyncio.gather(
            self._gate.drain(), self._by_hand.drain(), self._durable.drain(), *timers, *blobs
        )


def _stop_on_signal() -> asyncio.Event:
    """An event that the first signal sets. The second signal ends the process at once."""
    requested = asyncio.Event()

    def on_signal(number: signal.Signals) -> None:
        if requested.is_set():
            os._exit(128 + number)
        _log.info("finishing what is under way; once more ends at once")
        requested.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, on_signal, number)
    return requested


def _bind(port: int) -> socket.socket:
    """A socket that is bound to the port on loopback and does not listen yet."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        reason = "in use" if error.errno == errno.EADDRINUSE else f"not to be had ({error.strerror})"
        raise HostError(
            f"port {port} is {reason}: choose another with --port, or 0 for any free one"
        ) from error
    return listener


@asynccontextmanager
async def _connected(address: str, hub_name: str) -> AsyncGenerator[grpc.aio.Channel]:
    async with open_channel(address, hub_name) as channel:
        try:
            await asyncio.wait_for(channel.channel_ready(), _PATIENCE_WITH_ENGINE)
        except TimeoutError:
            raise HostError(f"no durable engine answers at {address}") from None
        yield channel


async def _first_of(stop_requested: asyncio.Event, listeners: list[asyncio.Task[None]]) -> None:
    """Waits for the request to stop. No listener ends by itself, so one that does ends the host."""
    stop = asyncio.create_task(stop_requested.wait())
    done, _ = await asyncio.wait([stop, *listeners], return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    for listener in listeners:
        if listener in done:
            error = listener.exception()
            if isinstance(error, HostError):
                raise error
            raise HostError(f"{listener.get_name()} ended unexpectedly") from error
