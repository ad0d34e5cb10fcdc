"""`Idempotency-Key`: a request that is sent again under its key is answered as it was, and done once.

What was answered is kept with the claim, under `<claim_id>/requests/`, and erased with it. A key counts
within its claim. That of a submission counts everywhere, so its record lies where the key alone leads: in the
folder of the claim id that is made of it. What is refused leaves nothing behind: its key may be used again.

The record is begun, with the ids that what arrives will have, before anything is done. So a request whose
answer a crash cut off arrives once, however often it is sent.
"""

import asyncio
import functools
import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from weakref import WeakValueDictionary

import azure.functions as func
from pydantic import BaseModel
from ulid import ULID

from shared.errors import Conflict, FieldError, InvalidInput
from shared.names import SUBMISSION_REQUEST, keyed_claim_id
from shared.session_store.opening import session_store
from triggers.http.responses import body_of, claim_id_of, header
from triggers.http.route_table import IDEMPOTENCY_KEY
from triggers.http.routes import JSON, Handler

_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
_BOUNDARY = re.compile(r'boundary="?([^";,]+)')
_KEPT = ("Location", "Retry-After")
_NOT_ASKED_FOR = frozenset({"code"})
"""Query parameters that are the caller's credentials."""


class Record(BaseModel):
    """A request under a key, and its answer; until it is done it may have been cut off."""

    request: str
    """SHA-256 of what was asked for."""
    arrival: str
    """Begins the ids of what arrived by it."""
    is_done: bool
    status: int
    headers: dict[str, str]
    body: str

    def answer(self) -> func.HttpResponse:
        return func.HttpResponse(
            self.body, status_code=self.status, headers=self.headers, mimetype=JSON, charset="utf-8"
        )


@dataclass
class _Keyed:
    """The request that is being served, where it has a key. `home` is the claim that its record lies with."""

    home: str
    name: str
    request: str
    found: Record | None = None


_serving: ContextVar[_Keyed | None] = ContextVar("keyed_request", default=None)
_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


def once(handler: Handler) -> Handler:
    """Serve a request with a key once, and answer it so whenever it comes again.

    Raises:
        InvalidInput: the key is none, or it was used for another request.
    """

    @functools.wraps(handler)
    async def wrapped(req: func.HttpRequest, **bound: object) -> func.HttpResponse:
        if IDEMPOTENCY_KEY.name not in req.headers:
            return await handler(req, **bound)
        keyed = _keyed(req)
        lock = _locks.setdefault(f"{keyed.home}/{keyed.name}", asyncio.Lock())
        async with lock:
            keyed.found = await _read(keyed)
            if keyed.found and keyed.found.request != keyed.request:
                raise _wrong("was used for another request")
            if keyed.found and keyed.found.is_done:
                return keyed.found.answer()
            token = _serving.set(keyed)
            try:
                answer = await handler(req, **bound)
            except Conflict:
                if keyed.found is None or not await _has_arrived(keyed.home, keyed.found):
                    raise
                answer = keyed.found.answer()
            finally:
                _serving.reset(token)
            await _finish(keyed, answer)
            return answer

    return wrapped


def claim_id_of_key() -> str | None:
    """The id that a submission's key gives to its claim; None where the request has no key."""
    keyed = _serving.get()
    return keyed.home if keyed else None


def was_begun() -> bool:
    """Whether this request was taken before, under its key, and cut off."""
    keyed = _serving.get()
    return keyed is not None and keyed.found is not None


async def has_arrived() -> bool:
    """Whether what this request brings came before, under its key: it waits in the inbox or is taken up."""
    keyed = _serving.get()
    if keyed is None or keyed.found is None:
        return False
    return await _has_arrived(keyed.home, keyed.found)


async def arrival_ids(answer: func.HttpResponse) -> Iterator[str | None]:
    """Ids for what a request brings, if it is to be answered by `answer`; to be asked for before it is left.

    None where the request has no key: then each arrival has an id of its own.
    """
    keyed = _serving.get()
    if keyed is None:
        return itertools.repeat(None)
    record = keyed.found
    if record is None:
        record = keyed.found = _record(keyed, answer, is_done=False)
        await session_store().requests.put(keyed.home, keyed.name, record.model_dump_json().encode())
    return (f"{record.arrival}-{number:03d}" for number in itertools.count())


def _keyed(req: func.HttpRequest) -> _Keyed:
    key = header(req, IDEMPOTENCY_KEY.name)
    if not _KEY.match(key):
        raise _wrong("must be 1 to 255 visible ASCII characters")
    digest = hashlib.sha256(key.encode()).hexdigest()
    if "claim_id" in req.route_params:
        return _Keyed(claim_id_of(req), digest, _fingerprint(req))
    return _Keyed(keyed_claim_id(digest), f"{SUBMISSION_REQUEST}{digest}", _fingerprint(req))


def _fingerprint(req: func.HttpRequest) -> str:
    content_type, body = header(req, "Content-Type"), body_of(req)
    if boundary := _BOUNDARY.search(content_type):
        # A form that is made anew has a new one.
        body = body.replace(boundary[1].encode(), b"")
    query = sorted((name, value) for name, value in req.params.items() if name not in _NOT_ASKED_FOR)
    asked = json.dumps([req.method, dict(req.route_params), query, content_type.partition(";")[0]])
    return hashlib.sha256(asked.encode() + b"\0" + body).hexdigest()


def _record(keyed: _Keyed, answer: func.HttpResponse, *, is_done: bool) -> Record:
    return Record(
        request=keyed.request,
        arrival=keyed.found.arrival if keyed.found else str(ULID()),
        is_done=is_done,
        status=answer.status_code,
        headers={name: str(answer.headers[name]) for name in _KEPT if name in answer.headers},
        body=answer.get_body().decode(),
    )


async def _read(keyed: _Keyed) -> Record | None:
    data = await session_store().requests.read(keyed.home, keyed.name)
    return None if data is None else Record.model_validate_json(data)


async def _finish(keyed: _Keyed, answer: func.HttpResponse) -> None:
    claim_id = str(json.loads(answer.get_body()).get("claim_id", keyed.home))
    if not await session_store().session_exists(claim_id):
        return  # erased meanwhile, and its records with it
    data = _record(keyed, answer, is_done=True).model_dump_json().encode()
    for home in dict.fromkeys((claim_id, keyed.home)):
        await session_store().requests.put(home, keyed.name, data)


async def _has_arrived(claim_id: str, record: Record) -> bool:
    """Whether the claim's inbox or its history tells of what a request brought."""
    store = session_store()
    # The inbox first: what is taken up meanwhile is in the history then.
    if any(arrival_id.startswith(record.arrival) for arrival_id in await store.inbox.list(claim_id)):
        return True
    session = await store.load_session(claim_id)
    messages = await store.history.read(session) if session else []
    return any(str(m.metadata.get("step")).startswith(f"arrival.{record.arrival}") for m in messages)


def _wrong(message: str) -> InvalidInput:
    name = IDEMPOTENCY_KEY.name
    return InvalidInput(f"{name} {message}", [FieldError(field=name, message=message)])
