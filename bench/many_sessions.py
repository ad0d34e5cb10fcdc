"""A page and a sweep among many sessions on Azurite; the sweep against the same among few."""

import asyncio
import statistics
import time
from collections.abc import AsyncGenerator, Awaitable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from azure.durable_functions import DurableFunctionsClient
from pydantic import BaseModel

from bench.counting import Count, counting_proxy
from bench.in_process import app_on
from devhost import azurite
from devhost.client_binding import client_configuration
from devhost.engine import Engine
from orchestration.clockwork import Clockwork
from orchestration.upkeep import sweep
from shared.clock import utc_now
from shared.models.claim import ClaimContext, ClaimState, ClaimStatus, ClaimSummary
from shared.models.requests import Submission
from shared.session_store import SessionStore
from shared.session_store.account import Patience, by_connection_string
from shared.session_store.backend import Place
from shared.session_store.blob import BlobBackend
from shared.settings import settings

FEW, MANY, EXPIRED, PAGE = 200, 10_000, 100, 1000
AT_A_TIME = 16
MOST_REQUESTS = 5
"""For a page."""
MOST_SWEEP = 1.3
"""What a sweep among many may take, in times of the one among few."""
REST_OF_A_FINISHED_CLAIM = (
    *("history.jsonl", "audit.jsonl", "handoff.json"),
    *(f"documents/{kind}/{kind}.txt" for kind in ("police_report", "medical_records", "repair_estimate")),
)
"""Blobs beside context and summary, which a list must pass over."""


class ManySessions(BaseModel):
    page_requests: int
    """Of a page whatever the status."""
    status_page_requests: int
    """Of a page of one status."""
    few_ms: float
    """A sweep among few, median."""
    many_ms: float
    few_requests: int
    many_requests: int
    """The most of any sweep."""


@dataclass
class _Account:
    straight: str
    counted: str
    count: Count


async def many_sessions(rounds: int) -> ManySessions:
    engine = Engine()
    address = f"127.0.0.1:{engine.listen(0)}"
    clockwork = Clockwork(DurableFunctionsClient(client_configuration(address, "http://127.0.0.1", "bench")))
    try:
        async with _account(FEW - EXPIRED) as few, _account(MANY - EXPIRED) as many:
            times: dict[int, list[float]] = {FEW: [], MANY: []}
            requests: dict[int, list[int]] = {FEW: [], MANY: []}
            accounts = {FEW: few, MANY: many}
            for number in range(rounds + 1):
                for sessions, account in accounts.items():
                    await _add_expired(account)
                    account.count.reset()
                    is_counted = number == 0  # the first round pays for imports as well
                    taken = await _sweep(account.counted if is_counted else account.straight, clockwork)
                    if is_counted:
                        requests[sessions].append(account.count.requests.total())
                    else:
                        times[sessions].append(taken)
            async with app_on(SessionStorage=many.counted) as store:
                page = await _page(store, many.count, None)
                status_page = await _page(store, many.count, ClaimStatus.PAUSED)
    finally:
        engine.stop()
    return ManySessions(
        page_requests=page,
        status_page_requests=status_page,
        few_ms=statistics.median(times[FEW]),
        many_ms=statistics.median(times[MANY]),
        few_requests=max(requests[FEW]),
        many_requests=max(requests[MANY]),
    )


@asynccontextmanager
async def _account(sessions: int) -> AsyncGenerator[_Account]:
    """An account with that many sessions for which nothing is due, the first page of them finished."""
    with azurite.running() as port:
        async with counting_proxy(port) as (proxy, count):
            straight, counted = azurite.connection_string(port), azurite.connection_string(proxy)
            await _seed(straight, sessions)
            yield _Account(straight, counted, count)


async def _seed(account: str, sessions: int) -> None:
    """Contexts and summaries only, where nobody looks further: a whole save costs twice as many requests."""
    backend = BlobBackend(by_connection_string(account, Patience()))

    async def one(number: int) -> None:
        is_finished = number < PAGE
        context = _context(f"CLM-{number:06}", is_finished=is_finished)
        await backend.commit(
            context.claim_id, expected=None, appends=[], context=context.model_dump_json().encode()
        )
        await backend.write_summary(context.claim_id, ClaimSummary.of(context), is_first=True)
        for name in REST_OF_A_FINISHED_CLAIM if is_finished else ():
            await backend.write(Place.SESSIONS, f"{context.claim_id}/{name}", b"{}\n")

    try:
        await _side_by_side(one(number) for number in range(sessions))
    finally:
        await backend.close()


async def _add_expired(account: _Account) -> None:
    async with app_on(SessionStorage=account.straight) as store:
        now = utc_now()
        contexts = [
            _context(f"XCLM-{uuid4().hex}", expires_at=now - timedelta(minutes=1)) for _ in range(EXPIRED)
        ]
        await _side_by_side(store.save_session(context) for context in contexts)


def _context(claim_id: str, *, is_finished: bool = False, expires_at: datetime | None = None) -> ClaimContext:
    now = utc_now()
    ended = {
        "status": ClaimStatus.COMPLETED,
        "state": ClaimState.HANDED_OFF,
        "completed_at": now,
        "archived_at": now,
    }
    waiting = {
        "status": ClaimStatus.PAUSED,
        "state": ClaimState.VALIDATION_COMPLETE,
        "missing_documents": ["police_report"],
        "required_documents": {"police_report": "the police report"},
        "paused_at": now,
        "expires_at": expires_at or now + timedelta(days=30),
    }
    return ClaimContext.model_validate(
        {
            "claim_id": claim_id,
            "revision": 1,
            "created_at": now,
            "saved_at": now,
            "submission": Submission(narrative="A branch fell on my car."),
            "submission_sha256": "0" * 64,
            **(ended if is_finished else waiting),
        }
    )


async def _sweep(account: str, clockwork: Clockwork) -> float:
    """Milliseconds of a sweep that expires what is due.

    Raises:
        RuntimeError: it expired more or less.
    """
    async with app_on(SessionStorage=account) as store:
        await store.session_exists("CLM-0")  # connects
        started = time.perf_counter()
        result = await sweep(store, clockwork, settings(), utc_now(), thorough=False)
        taken = 1000 * (time.perf_counter() - started)
    if result.expired != EXPIRED or result.failed:
        raise RuntimeError(f"not what the sweep was to do: {result}")
    return taken


async def _page(store: SessionStore, count: Count, status: ClaimStatus | None) -> int:
    await store.session_exists("CLM-0")
    count.reset()
    page = await store.list_sessions(status, limit=PAGE)
    if len(page.summaries) != PAGE or page.continuation is None:
        raise RuntimeError(f"a page of {len(page.summaries)} came")
    return count.requests.total()


async def _side_by_side(tasks: Iterable[Awaitable[object]]) -> None:
    gate = asyncio.Semaphore(AT_A_TIME)

    async def one(task: Awaitable[object]) -> None:
        async with gate:
            await task

    await asyncio.gather(*map(one, tasks))
