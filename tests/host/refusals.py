"""What a refusal must be: a problem in the app's one shape, nothing left behind, nothing in the log."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.host.running import ALONE, Host, collision, host_on

MARK = "Zaunkönig4711"
"""Stands in everything that is sent, and must stand nowhere in the log."""

DOCUMENT_LIMIT = 2000
REQUEST_LIMIT = 2**20
"""With documents this small, a request's limit is at its own lowest value."""

PAUSED, DECIDABLE, OVER, UNKNOWN = "PAUSED-1", "DECIDABLE-1", "OVER-1", "UNKNOWN-1"

TITLES = {
    400: "Bad request",
    403: "Forbidden",
    404: "Not found",
    409: "Conflict",
    413: "Content too large",
    412: "Precondition failed",
    415: "Unsupported media type",
    422: "Invalid input",
}


@asynccontextmanager
async def host_at_rest(data: Path) -> AsyncGenerator[Host]:
    """A host whose claims all wait or are over, so that what a request changes is the request's doing."""
    async with host_on(data, *ALONE, MAX_DOCUMENT_BYTES=str(DOCUMENT_LIMIT)) as running:
        for claim_id in (PAUSED, DECIDABLE, OVER):
            await running.submit(collision(claim_id=claim_id))
        await asyncio.gather(*(running.until(c, {"paused"}) for c in (PAUSED, DECIDABLE, OVER)))
        await running.bring(DECIDABLE, "repair_estimate", "police_report")
        await running.http.post(f"/claims/{OVER}/withdraw", json={"reason": "settled"})
        await running.until(DECIDABLE, {"awaiting_decision"})
        await running.until(OVER, {"withdrawn"})
        yield running


def stored(host: Host) -> dict[str, bytes | None]:
    """Everything that the app keeps, by path; folders have no content."""
    found = [
        path
        for path in host.data.rglob("*")
        if path.relative_to(host.data).parts[0] not in {".host", ".locks"}
    ]
    return {str(path.relative_to(host.data)): path.read_bytes() if path.is_file() else None for path in found}


def log_of(host: Host) -> str:
    return host.log.read_text(encoding="utf-8", errors="replace")


@asynccontextmanager
async def nothing_left(host: Host) -> AsyncGenerator[None]:
    """What happens within leaves no trace: neither in storage nor, of the input, in the log."""
    before = stored(host)
    yield
    assert stored(host) == before
    assert MARK not in log_of(host)


@asynccontextmanager
async def nothing_left_at_rest(host: Host, seconds: float = 0.15) -> AsyncGenerator[None]:
    """The same where claims were worked just before: begins once nothing is written for some time."""
    before, now = None, stored(host)
    while before != now:
        await asyncio.sleep(seconds)
        before, now = now, stored(host)
    async with nothing_left(host):
        yield


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The body of an answer, which is a problem of RFC 9457 in this app's one shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].partition(";")[0] == "application/problem+json"
    body = answer.json()
    assert body.keys() - {"errors"} == {"type", "title", "status", "detail"}
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    assert len(body["detail"].splitlines()) == 1
    for error in body.get("errors", []):
        assert error.keys() == {"field", "message"}
        assert error["field"]
        assert error["message"]
    return body


async def refused(
    host: Host, status: int, path: str, *, method: str = "POST", field: str | None = None, **request: Any
) -> dict[str, Any]:
    """The problem that a request is answered with, after it left nothing behind."""
    async with nothing_left(host):
        answer = await host.http.request(method, path, **request)
    body = problem(answer, status)
    assert body["title"] == TITLES[status]
    if field is not None:
        assert field in {error["field"] for error in body.get("errors", [])}, body
    return body


def ids[Value](table: Mapping[str, Value]) -> dict[str, Any]:
    """For `parametrize`: the table's values, named by its keys."""
    return {"argvalues": list(table.values()), "ids": list(table)}
