"""A receiver of events on a local port, which does what a test tells it to."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web
from standardwebhooks import Webhook

SECRET = f"whsec_{b64encode(bytes(range(32))).decode()}"
Answer = int | Literal["hang", "cut", "redirect"]


@dataclass
class Receiver:
    """Takes what is signed. `answers` are given one after the other, then each event is taken with a 204."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list[Answer])
    attempts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """What was sent, verified with the Standard Webhooks library, with its `id`."""
    taken: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """What was answered with success."""
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """What happens while an event is on its way."""
    visitors: int = 0
    """How often somebody came where the redirect leads."""

    def answers_with(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def types(self) -> list[str]:
        return [event["type"] for event in self.taken]

    async def take(self, request: web.Request) -> web.StreamResponse:
        event = Webhook(SECRET).verify(await request.read(), dict(request.headers))
        event["id"] = request.headers["webhook-id"]
        self.attempts.append(event)
        if self.meanwhile:
            await self.meanwhile()
        answer = self.answers.pop(0) if self.answers else 204
        match answer:
            case "hang":
                await asyncio.sleep(60)
            case "cut":
                assert request.transport
                request.transport.abort()
            case "redirect":
                raise web.HTTPTemporaryRedirect("/elsewhere")
            case int():
                if answer < 300:
                    self.taken.append(event)
                return web.Response(status=answer)
        return web.Response()

    async def elsewhere(self, _: web.Request) -> web.Response:
        self.visitors += 1
        return web.Response()


@asynccontextmanager
async def receiving(*answers: Answer) -> AsyncGenerator[Receiver]:
    receiver = Receiver(answers=list(answers))
    app = web.Application()
    app.router.add_post("/hooks", receiver.take)
    app.router.add_route("*", "/elsewhere", receiver.elsewhere)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks"
    try:
        yield receiver
    finally:
        await runner.cleanup()


def ids(events: Sequence[dict[str, Any]]) -> list[str]:
    return [event["id"] for event in events]
