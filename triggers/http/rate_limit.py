"""How often a caller may ask (REQUEST_RATE_LIMIT), counted by each process for itself.

A caller is a function key, else an officer whom App Service authenticated, else an address. All are counted
under their hash, and none is logged.
"""

import functools
import hashlib
import math
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache

import azure.functions as func

from shared.errors import TooManyRequests
from shared.settings import settings
from triggers.http.responses import header

Handler = Callable[..., Awaitable[func.HttpResponse]]

MOST_CALLERS = 1_000
"""Who are counted one by one at a time; all others together count as one more."""


class RateLimit:
    """A number of requests for each caller in windows of time, which begin with a caller's first request.

    `rate` is in the notation of the library `limits`, such as `600/minute`.
    """

    def __init__(self, rate: str) -> None:
        # Slow to import; most apps have no such limit.
        from limits import parse
        from limits.aio.storage import MemoryStorage
        from limits.aio.strategies import FixedWindowRateLimiter

        self._rate = parse(rate)
        self._counts = MemoryStorage()
        self._limiter = FixedWindowRateLimiter(self._counts)

    async def check(self, caller: str) -> None:
        """Count a request.

        Raises:
            TooManyRequests: it is one too many; says when the caller's window ends.
        """
        is_new = not await self._counts.get(self._rate.key_for(caller))
        if is_new and len(self._counts.storage) >= MOST_CALLERS:
            caller = "the others"
        if await self._limiter.hit(self._rate, caller):
            return
        window = await self._limiter.get_window_stats(self._rate, caller)
        seconds = max(1, math.ceil(window.reset_time - time.time()))
        allowed = f"{self._rate.amount} requests in {self._rate.get_expiry()} seconds"
        raise TooManyRequests(f"a caller may make {allowed}; try again in {seconds} seconds", seconds)


def limited(handler: Handler) -> Handler:
    """Refuse a request that is one too many of its caller's, before anything of it is looked at.

    Raises:
        TooManyRequests: it is.
    """

    @functools.wraps(handler)
    async def wrapped(req: func.HttpRequest, **bound: object) -> func.HttpResponse:
        if limit := _limit():
            await limit.check(caller_of(req))
        return await handler(req, **bound)

    return wrapped


def caller_of(req: func.HttpRequest) -> str:
    """A hash of who calls, which they cannot choose where the platform is in front.

    Of several keys the Functions host checks the first; of several addresses App Service adds the last.
    """
    in_query = next((value for name, value in req.params.items() if name.lower() == "code"), "")
    key = header(req, "x-functions-key") or in_query
    officer = header(req, "X-MS-CLIENT-PRINCIPAL-ID") if settings().authentication_is_on else ""
    if key:
        named = f"key {key.partition(',')[0].strip()}"
    elif officer:
        named = f"officer {officer}"
    else:
        named = f"address {_without_port(header(req, 'X-Forwarded-For').rpartition(',')[2].strip())}"
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


@lru_cache(maxsize=1)
def _limit() -> RateLimit | None:
    rate = settings().request_rate_limit
    return RateLimit(rate) if rate else None
