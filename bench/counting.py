"""A proxy before the storage account that counts what passes: requests, bytes of their bodies, and time."""

import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

_PER_HOP = {"transfer-encoding", "connection", "keep-alive", "content-length"}


@dataclass
class Count:
    """What passed since it was last reset."""

    requests: Counter[str] = field(default_factory=Counter[str])
    bytes_moved: int = 0
    seconds_there: float = 0
    """From passing requests on until their answers were there, all of them together."""

    def reset(self) -> None:
        self.requests.clear()
        self.bytes_moved = 0
        self.seconds_there = 0


@asynccontextmanager
async def counting_proxy(target: int) -> AsyncGenerator[tuple[int, Count]]:
    """A proxy to the Azurite on port `target`: its own port, and the count.

    What the embedded host asks to see new uploads is not counted: in Azure an event tells of them.
    """
    count = Count()

    async def pass_on(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        is_host_looking = request.query.get("comp") == "list" and "/uploads" in request.path
        if not is_host_looking:
            count.requests[_described(request)] += 1
            count.bytes_moved += len(body)
        sent = time.perf_counter()
        async with session.request(
            request.method,
            f"http://127.0.0.1:{target}{request.raw_path}",
            headers={k: v for k, v in request.headers.items() if k.lower() not in _PER_HOP},
            data=body or None,
            skip_auto_headers={"Content-Type", "Accept-Encoding", "User-Agent"},
        ) as answer:
            content = await answer.read()
            if not is_host_looking:
                count.bytes_moved += len(content)
                count.seconds_there += time.perf_counter() - sent
            headers = {k: v for k, v in answer.headers.items() if k.lower() not in _PER_HOP}
            if request.method == "HEAD":
                headers["Content-Length"] = answer.headers.get("Content-Length", "0")
            return web.Response(status=answer.status, headers=headers, body=content)

    app = web.Application(client_max_size=2**30)
    app.router.add_route("*", "/{path:.*}", pass_on)
    runner = web.AppRunner(app, access_log=None, auto_decompress=False)
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield runner.addresses[0][1], count
        finally:
            await runner.cleanup()


def _described(request: web.Request) -> str:
    name = request.path.rpartition("/")[2]
    kind = name if name.endswith((".json", ".jsonl")) and "/inbox/" not in request.path else "blob"
    if "/inbox/" in request.path:
        kind = "inbox entry" if name.endswith(".json") else "inbox content"
    elif "-index/" in request.path:
        kind = "index"
    return f"{request.method} {request.query.get('comp', '')} {kind}".replace("  ", " ")
