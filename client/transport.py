"""HTTP to one Claims Orchestrator: a response as a JSON object, a refusal as an exception."""

import asyncio
import ipaddress
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, TypedDict, Unpack, cast

import httpx

from client.errors import ApiError, CannotConnect, FieldError, InputError

_TIMEOUT = httpx.Timeout(120, connect=10, pool=None)
"""Seconds. Reading is given long, since an app in Azure that sleeps first has to wake up."""
_REPEATS = 3
"""How often a call that the server's limits hold up is made again."""
_LONGEST_WAIT = 60
"""Seconds; a server that says to wait longer is not waited for."""
_CLAIM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

Relocate = Callable[[], Awaitable[str]]
"""Gives the address to go on with, when the server at the present one is gone."""


class Content(TypedDict, total=False):
    """What goes with a request: a query, headers, and a body as an object for JSON or as bytes."""

    params: Mapping[str, str]
    headers: Mapping[str, str]
    json: object
    content: bytes


class Transport:
    """A connection to the API of one Claims Orchestrator. Close it with `aclose`.

    Every call raises ApiError where the server refuses, and CannotConnect where none answers. A call that
    a limit of the server holds up (429) is made again when the server says so, three times at most.

    Args:
        url: address of the app, with or without its `/api`.
        key: function key, sent as `x-functions-key`.
        relocate: asked once for a new address when nothing answers any more.

    Raises:
        InputError: the address is none of http or https.
    """

    def __init__(self, url: str, key: str | None = None, *, relocate: Relocate | None = None) -> None:
        self._url = _api_url(url)
        self._relocate = relocate
        self._relocating = asyncio.Lock()
        self._http = httpx.AsyncClient(
            headers={"x-functions-key": key} if key else None,
            timeout=_TIMEOUT,
            trust_env=not _is_loopback(self._url),  # a proxy cannot reach this machine's loopback
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def call(self, method: str, path: str, **content: Unpack[Content]) -> dict[str, Any]:
        """The JSON object of the response; empty where a success has no body."""
        response = await self._request(method, path, **content)
        if response.is_success and not response.content:
            return {}
        body = _json_object(response)
        if response.is_success and body is not None:
            return body
        raise _refusal(response, body)

    async def download(self, path: str, content_type: str) -> bytes:
        """The body of the response, which has to be of that type."""
        response = await self._request("GET", path)
        if response.is_success and response.headers.get("content-type") == content_type:
            return response.content
        raise _refusal(response, _json_object(response))

    async def _request(self, method: str, path: str, **content: Unpack[Content]) -> httpx.Response:
        for _ in range(_REPEATS):
            response = await self._response(method, path, **content)
            seconds = _seconds_to_wait(response)
            if seconds is None:
                return response
            await asyncio.sleep(seconds)
        return await self._response(method, path, **content)

    async def _response(self, method: str, path: str, **content: Unpack[Content]) -> httpx.Response:
        url = self._url
        response = await self._send(method, path, **content)
        if response is None and self._relocate is not None:
            await self._move_from(url, self._relocate)
            response = await self._send(method, path, **content)
        if response is None:
            raise CannotConnect(
                f"no Claims Orchestrator answers at {self._url}: check the address, or start one"
            )
        return response

    async def _move_from(self, url: str, relocate: Relocate) -> None:
        async with self._relocating:
            if self._url == url:
                self._url = _api_url(await relocate())

    async def _send(self, method: str, path: str, **content: Unpack[Content]) -> httpx.Response | None:
        """The response, or None where no server took the request up, or where asking twice does no harm."""
        try:
            response = await self._http.request(method, self._url + path, **content)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return None
        except httpx.TimeoutException:
            raise CannotConnect(f"{self._url} does not answer in time: try again later") from None
        except httpx.HTTPError:
            if method == "GET":
                return None
            raise CannotConnect(
                f"{self._url} broke off the connection: look what is done before you repeat it"
            ) from None
        draining = self._relocate is not None and response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        return None if draining else response


def check_claim_id(claim_id: str) -> str:
    """Return `claim_id` if a claim can have it.

    Raises:
        ApiError: it cannot; 404, as there is no such claim.
    """
    if not _CLAIM_ID.fullmatch(claim_id):
        raise ApiError.not_found(
            f"there is no claim {claim_id!r}: an id is 1 to 64 letters, digits, '-' or '_'"
        )
    return claim_id


def _api_url(url: str) -> str:
    """`url` without a slash at its end, and with `/api` where it has no path."""
    try:
        parsed = httpx.URL(url.strip())
    except httpx.InvalidURL:
        parsed = httpx.URL()
    complete = parsed.scheme in {"http", "https"} and parsed.host and (parsed.port or 80) < 2**16
    if not complete or parsed.query or parsed.fragment:
        raise InputError(f"{url!r} is no address: give one like https://claims.example.com")
    return str(parsed.copy_with(path=parsed.path.rstrip("/") or "/api"))


def _is_loopback(url: str) -> bool:
    host = httpx.URL(url).host
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _seconds_to_wait(response: httpx.Response) -> int | None:
    """After how many seconds the same call is worth making again; None where it is not."""
    retry_after = response.headers.get("retry-after", "")
    if response.status_code != HTTPStatus.TOO_MANY_REQUESTS or not re.fullmatch("[0-9]{1,9}", retry_after):
        return None
    return int(retry_after) if int(retry_after) <= _LONGEST_WAIT else None


def _json_object(response: httpx.Response) -> dict[str, Any] | None:
    try:
        body = response.json()
    except ValueError:
        return None
    return cast(dict[str, Any], body) if isinstance(body, dict) else None


def _refusal(response: httpx.Response, problem: dict[str, Any] | None) -> ApiError:
    """The error that a problem of RFC 9457 is, or a response that this API does not give."""
    if problem is None or "title" not in problem:
        phrase = response.reason_phrase or f"HTTP {response.status_code}"
        return ApiError(response.status_code, phrase, _unexpected(response))
    errors = cast(list[FieldError], problem.get("errors") or [])
    return ApiError(response.status_code, str(problem["title"]), str(problem.get("detail") or ""), errors)


def _unexpected(response: httpx.Response) -> str:
    address = response.request.url.copy_with(query=None)
    fact = f"{address} answered {response.status_code} {response.reason_phrase}".rstrip()
    if response.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return f"{fact}: give a function key that is valid there (--key or CLAIMS_KEY)"
    if response.is_redirect:
        return f"{fact}: use the address {response.headers.get('location', 'that it names')}"
    if response.is_server_error:
        return f"{fact}: try again later, or look into the server's log"
    return f"{fact}: is that the address of a Claims Orchestrator?"
