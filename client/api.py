"""The HTTP API, call by call, with its answers as types and its refusals as exceptions."""

import asyncio
import ipaddress
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Self, TypedDict, Unpack, cast

import httpx

from client.answers import Claim, Document, Message, Missing, Note, Search, Summary
from client.errors import ApiError, CannotConnect, FieldError, InputError

_TIMEOUT = httpx.Timeout(120, connect=10, pool=None)
"""Seconds. Reading is given long, since an app in Azure that sleeps first has to wake up."""

_ATTEMPTS = 4
"""How often a call is made that the server's limits hold up."""
_LONGEST_WAIT = 60
"""Seconds; a server that says to wait longer is not waited for."""
_PAGE = "1000"
"""Summaries in an answer, at most; the most there may be."""

_CLAIM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

Relocate = Callable[[], Awaitable[str]]
"""Gives the address to go on with, when the server at the present one is gone."""


class _Sent(TypedDict, total=False):
    """What goes with a call: a query, and a body as an object for JSON or as bytes of a type."""

    params: Mapping[str, str]
    body: object
    content: bytes
    content_type: str


class ClaimsApi:
    """A connection to one Claims Orchestrator. Close it, or use it as a context manager.

    Every call raises ApiError where the server refuses, and CannotConnect where none answers. A call that
    a limit of the server holds up (429) is made again when the server says so, three times at most.

    Args:
        url: address of the app, with or without its `/api`.
        key: function key, sent as `x-functions-key`.
        relocate: asked once for a new address when nothing answers any more.
    """

    def __init__(self, url: str, key: str | None = None, *, relocate: Relocate | None = None) -> None:
        self._url = api_url(url)
        self._relocate = relocate
        self._relocating = asyncio.Lock()
        self._http = httpx.AsyncClient(
            headers={"x-functions-key": key} if key else None,
            timeout=_TIMEOUT,
            trust_env=not _is_loopback(self._url),  # a proxy cannot reach this machine's loopback
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def submit(self, content: bytes, content_type: str) -> str:
        """Submit a claim and return its id."""
        return (await self._call("POST", "/claims", content=content, content_type=content_type))["claim_id"]

    async def get(self, claim_id: str) -> Claim:
        return cast(Claim, await self._call("GET", _claim_path(claim_id)))

    async def summaries(self, status: str | None = None, **search: Unpack[Search]) -> AsyncIterator[Summary]:
        """The claims that are searched for, in the server's order, through all pages."""
        params = {"limit": _PAGE}
        for name, value in {"status": status, **search}.items():
            if value is not None:
                params[name] = value.isoformat() if isinstance(value, datetime) else str(value)
        while True:
            page = await self._call("GET", "/claims", params=params)
            for summary in cast(list[Summary], page["claims"]):
                yield summary
            if not page.get("continuation"):
                return
            params["continuation"] = page["continuation"]

    async def missing(self, claim_id: str) -> Missing:
        return cast(Missing, await self._call("GET", f"{_claim_path(claim_id)}/missing-documents"))

    async def history(self, claim_id: str, after: int = 0) -> list[Message]:
        """The messages behind the first `after`."""
        messages: list[Message] = []
        while True:
            position = after + len(messages)
            page = await self._call(
                "GET", f"{_claim_path(claim_id)}/history", params={"after": str(position)}
            )
            messages += page["messages"]
            if not page.get("next") or not page["messages"]:
                return messages

    async def proceed(
        self, claim_id: str, documents: Sequence[Document] = (), notes: Sequence[Note] = ()
    ) -> None:
        """`continue`: hand in documents and notes, and have the claim taken up again."""
        body = {"documents": documents, "notes": notes}
        await self._call("POST", f"{_claim_path(claim_id)}/continue", body=body)

    async def upload(self, claim_id: str, filename: str, content: bytes, type_: str | None = None) -> None:
        """Hand in one document as it is; without a type the server classifies it."""
        params = {"filename": filename} | ({"type": type_} if type_ else {})
        await self._call(
            "POST",
            f"{_claim_path(claim_id)}/documents",
            params=params,
            content=content,
            content_type="application/octet-stream",
        )

    async def decide(self, claim_id: str, decision: Mapping[str, Any]) -> None:
        """Record an officer's decision; its fields are those of the contract."""
        await self._call("POST", f"{_claim_path(claim_id)}/decision", body=decision)

    async def withdraw(self, claim_id: str, reason: str) -> None:
        await self._call("POST", f"{_claim_path(claim_id)}/withdraw", body={"reason": reason})

    async def erase(self, claim_id: str) -> dict[str, Any]:
        return await self._call("DELETE", _claim_path(claim_id))

    async def audit(self, claim_id: str) -> dict[str, Any]:
        """The audit trail, with the first line of it that is broken."""
        return await self._call("GET", f"{_claim_path(claim_id)}/audit")

    async def export(self, claim_id: str) -> bytes:
        """Everything that is kept of a claim, as one zip."""
        response = await self._request("GET", f"{_claim_path(claim_id)}/export")
        if response.headers.get("content-type") == "application/zip":
            return response.content
        _answer(response)  # raises for a refusal
        raise ApiError(response.status_code, _phrase(response), _unexpected(response))

    async def _call(self, method: str, path: str, **sent: Unpack[_Sent]) -> dict[str, Any]:
        return _answer(await self._request(method, path, **sent))

    async def _request(self, method: str, path: str, **sent: Unpack[_Sent]) -> httpx.Response:
        content = sent.get("content")
        if "body" in sent:
            content = json.dumps(sent["body"], ensure_ascii=False, allow_nan=False).encode()
        headers = (
            {"content-type": sent.get("content_type", "application/json")} if content is not None else None
        )

        def request(url: str) -> httpx.Request:
            return self._http.build_request(
                method, url + path, params=sent.get("params"), content=content, headers=headers
            )

        for _ in range(_ATTEMPTS - 1):
            response = await self._ask(request)
            seconds = _seconds_to_wait(response)
            if seconds is None:
                return response
            await asyncio.sleep(seconds)
        return await self._ask(request)

    async def _ask(self, request: Callable[[str], httpx.Request]) -> httpx.Response:
        url = self._url
        response = await self._send(request(url))
        if response is None and self._relocate is not None:
            await self._move_from(url, self._relocate)
            response = await self._send(request(self._url))
        if response is None:
            raise CannotConnect(
                f"no Claims Orchestrator answers at {self._url}: check the address, or start one"
            )
        return response

    async def _move_from(self, url: str, relocate: Relocate) -> None:
        async with self._relocating:
            if self._url == url:
                self._url = api_url(await relocate())

    async def _send(self, request: httpx.Request) -> httpx.Response | None:
        """The answer, or None where no server took the request up, or where asking twice does no harm."""
        try:
            response = await self._http.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return None
        except httpx.TimeoutException:
            raise CannotConnect(f"{self._url} does not answer in time: try again later") from None
        except httpx.HTTPError:
            if request.method == "GET":
                return None
            raise CannotConnect(
                f"{self._url} broke off the connection: look what is done before you repeat it"
            ) from None
        draining = self._relocate is not None and response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        return None if draining else response


def api_url(url: str) -> str:
    """`url` without a slash at its end, and with `/api` where it has no path.

    Raises:
        InputError: it is no http(s) address.
    """
    try:
        parsed = httpx.URL(url.strip())
    except httpx.InvalidURL:
        parsed = httpx.URL()
    complete = parsed.scheme in {"http", "https"} and parsed.host and (parsed.port or 80) < 2**16
    if not complete or parsed.query or parsed.fragment:
        raise InputError(f"{url!r} is no address: give one like https://claims.example.com")
    return str(parsed.copy_with(path=parsed.path.rstrip("/") or "/api"))


def check_claim_id(claim_id: str) -> str:
    """Return `claim_id` if a claim can have it.

    Raises:
        ApiError: it cannot; 404, as there is no such claim.
    """
    if _CLAIM_ID.fullmatch(claim_id):
        return claim_id
    detail = f"there is no claim {claim_id!r}: an id is 1 to 64 letters, digits, '-' or '_'"
    raise ApiError(HTTPStatus.NOT_FOUND, HTTPStatus.NOT_FOUND.phrase, detail)


def _claim_path(claim_id: str) -> str:
    return f"/claims/{check_claim_id(claim_id)}"


def _is_loopback(url: str) -> bool:
    host = httpx.URL(url).host
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _seconds_to_wait(response: httpx.Response) -> int | None:
    """After how many seconds the same call is worth making again; None where it is not."""
    told = response.headers.get("retry-after", "")
    if response.status_code != HTTPStatus.TOO_MANY_REQUESTS or not re.fullmatch(r"[0-9]{1,9}", told):
        return None
    return int(told) if int(told) <= _LONGEST_WAIT else None


def _answer(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty where a success has no body.

    Raises:
        ApiError: the answer is a refusal, or none that this API gives.
    """
    if response.is_success and not response.content:
        return {}
    body = _json_object(response)
    if response.is_success and body is not None:
        return body
    if body is None or "title" not in body:
        raise ApiError(response.status_code, _phrase(response), _unexpected(response))
    errors = cast(list[FieldError], body.get("errors") or [])
    raise ApiError(response.status_code, str(body["title"]), str(body.get("detail") or ""), errors)


def _json_object(response: httpx.Response) -> dict[str, Any] | None:
    try:
        body = response.json()
    except ValueError:
        return None
    return cast(dict[str, Any], body) if isinstance(body, dict) else None


def _phrase(response: httpx.Response) -> str:
    return response.reason_phrase or f"HTTP {response.status_code}"


def _unexpected(response: httpx.Response) -> str:
    address = response.request.url.copy_with(query=None)
    told = f"{address} answered {response.status_code} {response.reason_phrase}".rstrip()
    if response.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return f"{told}: give a function key that is valid there (--key or CLAIMS_KEY)"
    if response.is_redirect:
        return f"{told}: use the address {response.headers.get('location', 'that it names')}"
    if response.is_server_error:
        return f"{told}: try again later, or look into the server's log"
    return f"{told}: is that the address of a Claims Orchestrator?"
