"""The host's own endpoints, as the Functions host has them: status, and running a function by hand."""

import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from aiohttp import web

import devhost
from devhost.background_tasks import RunningWork
from devhost.problems import problem


def add_admin_routes(
    app: web.Application, data: Path, runnable: Mapping[str, Callable[[], Awaitable[None]]], runs: RunningWork
) -> None:
    """Adds the endpoints to a web application; `runnable` says how to run a function, by its name."""

    async def status(request: web.Request) -> web.Response:
        return web.json_response(
            {
                "state": "Running",
                "version": devhost.__version__,
                "processId": os.getpid(),
                "dataDirectory": str(data),
            }
        )

    async def run(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in runnable:
            return problem(404, f"there is no function {name} that can be run by hand")

        async def fire() -> None:
            await runnable[name]()

        runs.start(fire())
        return web.Response(status=202)

    app.router.add_get("/admin/host/status", status)
    app.router.add_post("/admin/functions/{name}", run)
