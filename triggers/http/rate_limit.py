"""How often a caller may ask (REQUEST_RATE_LIMIT), counted by each process for itself.

A caller is a function key, else an officer whom App Service authenticated, else an address. All are counted
under their hash, and none is logged.
"""

import hashlib
import math
import time

import azure.functions as func

from shared.errors import TooManyRequests
from triggers.http.requests import header

MOST_CALLERS = 1_000
"""Who are counted one by one at a time; all others together count as one more."""


class RateLimit:
    """A number of requests for each caller in windows of time, which begin with a caller's first request.

    `rate` is in the notation of the library `limits`, such as `600/minute`.
    """

    def __init__(self, rate: str, most_callers: int = MOST_CALLERS) -> None:
        # Slow to import; most apps have no such limit.
        from limits import parse
        from limits.aio.storage import MemoryStorage
        from limits.aio.strategies import FixedWindowRateLimiter

        self._rate = parse(rate)
        self._most_callers = most_callers
        self._counts = MemoryStorage()
        self._limiter = FixedWindowRateLimiter(self._counts)

    async def check(self, caller: str) -> None:
        """Count a request.

        Raises:
            TooManyRequests: it is one too many; the error names the end of the caller's window.
        """
        is_new = not await self._counts.get(self._rate.key_for(caller))
        if is_new and len(self._counts.storage) >= self._most_callers:
            caller = "the others"
        if await self._limiter.hit(self._rate, caller):
            return
        window = await self._limiter.get_window_stats(self._rate, caller)
        seconds = max(1, math.ceil(window.reset_time - time.time()))
        allowed = f"{self._rate.amount} requests in {self._rate.get_expiry()} seconds"
        raise TooManyRequests(f"a caller may make {allowed}; try again in {seconds} seconds", seconds)


def caller_of(req: func.HttpRequest, *, authentication_is_on: bool) -> str:
    """A hash of who calls, which they cannot choose where the platform is in front.

    Of several keys the Functions host checks the first; of several addresses App Service adds the last.
    """
    in_query = next((value for name, value in req.params.items() if name.lower() == "code"), "")
    key = header(req, "x-functions-key") or in_query
    officer = header(req, "X-MS-CLIENT-PRINCIPAL-ID") if authentication_is_on else ""
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
