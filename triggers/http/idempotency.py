"""`Idempotency-Key`: a request that is sent again under its key is answered as it was, and done once.

A key counts within its claim. That of a submission counts everywhere, so its record lies where the key alone
leads: with the claim id that is made of it. What is refused leaves nothing behind: its key may be used again.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

import azure.functions as func

from orchestration.services.keyed_requests import KeyedRequest, RequestRecord
from shared.errors import FieldError, InvalidInput
from shared.names import SUBMISSION_REQUEST, keyed_claim_id
from shared.session_store import SessionStore
from triggers.http.requests import claim_id_of, header
from triggers.http.routes import IDEMPOTENCY_KEY, JSON

_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
_BOUNDARY = re.compile(r'boundary="?([^";,]+)')
_KEPT = ("Location", "Retry-After")
_NOT_ASKED_FOR = frozenset({"code"})
"""Query parameters that are the caller's credentials."""


class Idempotency:
    """Serves each request with a key once. Requests of one key at the same time wait for each other."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def once(
        self,
        store: SessionStore,
        req: func.HttpRequest,
        carry_out: Callable[[KeyedRequest | None], Awaitable[func.HttpResponse]],
    ) -> func.HttpResponse:
        """The answer to a request: that of an earlier attempt, or the one that `carry_out` gives now.

        Raises:
            InvalidInput: the key is malformed, or it was used for another request.
        """
        if IDEMPOTENCY_KEY.name not in req.headers:
            return await carry_out(None)
        home, name = _record_of(req)
        async with self._locks.setdefault((home, name), asyncio.Lock()):
            keyed = await KeyedRequest.find(store, home, name, _fingerprint(req))
            if keyed.record and keyed.record.request != keyed.digest:
                raise _wrong("was used for another request")
            if keyed.record and keyed.record.is_done:
                return _answer_of(keyed.record)
            answer = await carry_out(keyed)
            await _finish(keyed, answer)
            return answer


def _record_of(req: func.HttpRequest) -> tuple[str, str]:
    """The claim with which the request's record lies, and the record's name."""
    key = header(req, IDEMPOTENCY_KEY.name)
    if not _KEY.match(key):
        raise _wrong("must be 1 to 255 visible ASCII characters")
    digest = hashlib.sha256(key.encode()).hexdigest()
    if "claim_id" in req.route_params:
        return claim_id_of(req), digest
    return keyed_claim_id(digest), f"{SUBMISSION_REQUEST}{digest}"


def _fingerprint(req: func.HttpRequest) -> str:
    content_type, body = header(req, "Content-Type"), req.get_body()
    if boundary := _BOUNDARY.search(content_type):
        # A form that is made anew has a new one.
        body = body.replace(boundary[1].encode(), b"")
    query = sorted((name, value) for name, value in req.params.items() if name not in _NOT_ASKED_FOR)
    asked = json.dumps([req.method, dict(req.route_params), query, content_type.partition(";")[0]])
    return hashlib.sha256(asked.encode() + b"\0" + body).hexdigest()


def _answer_of(record: RequestRecord) -> func.HttpResponse:
    return func.HttpResponse(
        record.body, status_code=record.status, headers=record.headers, mimetype=JSON, charset="utf-8"
    )


async def _finish(keyed: KeyedRequest, response: func.HttpResponse) -> None:
    body = response.get_body().decode()
    claim_id = str(json.loads(body).get("claim_id", keyed.home))
    headers = {name: str(response.headers[name]) for name in _KEPT if name in response.headers}
    await keyed.finish(claim_id, response.status_code, headers, body)


def _wrong(message: str) -> InvalidInput:
    name = IDEMPOTENCY_KEY.name
    return InvalidInput(f"{name} {message}", [FieldError(field=name, message=message)])
