"""The admin endpoints of the Functions host: its status, and running a function by hand."""

import os
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path

from aiohttp import web

import devhost
from devhost.background_tasks import RunningWork
from devhost.problems import problem


def add_admin_routes(
    app: web.Application,
    data: Path,
    runnable: Mapping[str, Callable[[], Coroutine[None, None, None]]],
    runs: RunningWork,
) -> None:
    """Adds the endpoints to a web application. `runnable` runs a function, by the name of the function."""

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

        runs.start(runnable[name]())
        return web.Response(status=202)

    app.router.add_get("/admin/host/status", status)
    app.router.add_post("/admin/functions/{name}", run)
