"""A page and a sweep among many sessions on Azurite; the sweep against the same among few."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Self, override
from uuid import uuid4

from azure.durable_functions import DurableFunctionsClient
from pydantic import BaseModel

from bench.counting import Count, counting_proxy
from bench.in_process import app_on
from bench.part import Effort, Part, Target
from bench.running import REPOSITORY
from devhost import azurite
from devhost.client_binding import client_configuration
from devhost.engine import Engine
from devhost.gc_tuning import collect_rarely
from orchestration.bootstrap import App
from orchestration.durable.client import DurableClient
from orchestration.services.sweep import RECENT, SweepResult, sweep
from shared.clock import utc_now
from shared.models.claim import ClaimContext, ClaimState, ClaimStatus, ClaimSummary
from shared.models.requests import Submission
from shared.session_store import Period
from shared.session_store.backend import Area, Containers
from shared.session_store.blob.account import Patience, by_connection_string
from shared.session_store.blob.backend import BlobBackend

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


class Sweep(BaseModel):
    """Of the expired ones among that many sessions; the times are medians."""

    sessions: int
    requests: int
    kilobytes: float
    """Of the requests' bodies and their answers'."""
    ms: float
    own_ms: float
    """Without the time until Azurite had answered."""


class ManySessions(Part):
    TITLE: ClassVar[str] = "Many sessions"

    page_requests: int
    """Of a page whatever the status."""
    status_page_requests: int
    """Of a page of one status."""
    alone: Sweep
    """Among few, in an Azurite that holds nothing else."""
    few: Sweep
    many: Sweep
    local_few_ms: float
    """A sweep on a disk, of an app that has listed before."""
    local_many_ms: float
    local_first_ms: float
    """The first list among many."""

    @classmethod
    @override
    async def measure(cls, effort: Effort) -> Self:
        async with _client() as client, _accounts() as (few, many):
            await _seed(few)
            await _sweep(few, client)  # imports, caches
            alone = [await _sweep(few, client) for _ in range(effort.rounds)]
            await _seed(many)
            page, status_page = await _page(many, None), await _page(many, ClaimStatus.PAUSED)
            rounds = [(await _sweep(few, client), await _sweep(many, client)) for _ in range(effort.rounds)]
            local_few, local_many, local_first = await _local_sweeps(effort.rounds, client)
        return cls(
            page_requests=page,
            status_page_requests=status_page,
            alone=_medians(alone),
            few=_medians([sweep for sweep, _ in rounds]),
            many=_medians([sweep for _, sweep in rounds]),
            local_few_ms=local_few,
            local_many_ms=local_many,
            local_first_ms=local_first,
        )

    @override
    def targets(self) -> list[Target]:
        page = f"Requests of a page of {PAGE:,} summaries among {MANY:,} sessions"
        sweep = f"Sweep of {EXPIRED} expired among {MANY:,} sessions, of the one among {FEW}"
        few, many = self.few, self.many
        return [
            Target(f"{page}, any status", self.page_requests, at_most=MOST_REQUESTS),
            Target(f"{page}, one status", self.status_page_requests, at_most=MOST_REQUESTS),
            Target(f"{sweep}: requests", many.requests / few.requests, at_most=MOST_SWEEP),
            Target(f"{sweep}: bytes moved", many.kilobytes / few.kilobytes, at_most=MOST_SWEEP),
            Target(f"{sweep}: time without Azurite's", many.own_ms / few.own_ms, at_most=MOST_SWEEP),
            Target(f"{sweep}: time", many.ms / few.ms, at_most=MOST_SWEEP),
            Target(f"{sweep}: time, local", self.local_many_ms / self.local_few_ms, at_most=MOST_SWEEP),
        ]

    @override
    def body(self) -> str:
        among = ((f"{FEW}", self.few), (f"{MANY:,}", self.many), (f"{FEW}, alone in Azurite", self.alone))
        rows = "\n".join(
            f"| {sessions} | {sweep.requests} | {sweep.kilobytes:.0f} kB | {sweep.own_ms:.0f} ms "
            f"| {sweep.ms:.0f} ms |"
            for sessions, sweep in among
        )
        return f"""
A store of {FEW} sessions and one of {MANY:,}, swept in turn. {EXPIRED} of them have expired, and no
engine knows them: the sweep itself takes up their inboxes and ends them. A tenth of the others is finished,
with all the blobs of a finished claim, and comes first in the page; the rest is paused.

| sessions | requests of the sweep | bytes moved | time without Azurite's | time |
|---|---|---|---|---|
{rows}

Both stores lie in one Azurite, in containers of their own. It keeps all its blobs in one list, sorts that
anew for each one that is deleted, and looks through it for each listing, so a request takes it the longer
the more it holds in all, whichever store is meant. The last row is what the sweep takes while it holds
nothing else. The time that the sweep itself takes is told apart by the proxy that counts.

A page of {PAGE:,} summaries among {MANY:,} sessions: {self.page_requests} requests whatever the status,
{self.status_page_requests} of one status.

The same sweep on a disk takes {self.local_few_ms:.0f} ms among {FEW} and {self.local_many_ms:.0f} ms among
{MANY:,}. There is no index: each list looks at every claim's file, and reads those that have changed. The
first one of an app reads them all, in {self.local_first_ms:.0f} ms among {MANY:,}.
"""


def _medians(sweeps: list[Sweep]) -> Sweep:
    return Sweep(
        sessions=sweeps[0].sessions,
        requests=max(sweep.requests for sweep in sweeps),
        kilobytes=statistics.median(sweep.kilobytes for sweep in sweeps),
        ms=statistics.median(sweep.ms for sweep in sweeps),
        own_ms=statistics.median(sweep.own_ms for sweep in sweeps),
    )


@dataclass
class _Account:
    """A store, by the settings that name it: straight to Azurite, and through the proxy that counts."""

    sessions: int
    straight: dict[str, str]
    counted: dict[str, str]
    count: Count


@asynccontextmanager
async def _client() -> AsyncGenerator[DurableClient]:
    """On an engine that knows no claim."""
    engine = Engine()
    address = f"127.0.0.1:{engine.listen(0)}"
    try:
        yield DurableClient(
            DurableFunctionsClient(client_configuration(address, "http://127.0.0.1", "bench"))
        )
    finally:
        engine.stop()


@asynccontextmanager
async def _accounts() -> AsyncGenerator[tuple[_Account, _Account]]:
    """One for few sessions and one for many, both of them empty, in one Azurite."""
    with azurite.running() as port:
        async with counting_proxy(port) as (proxy, count):

            def account(name: str, sessions: int) -> _Account:
                containers = {"SESSION_CONTAINER": name, "UPLOAD_CONTAINER": f"{name}-uploads"}
                straight, counted = (
                    {"SessionStorage": azurite.connection_string(at), **containers} for at in (port, proxy)
                )
                return _Account(sessions, straight, counted, count)

            yield account("few", FEW), account("many", MANY)


async def _seed(account: _Account) -> None:
    """All sessions but those that are to expire.

    Contexts and summaries only, where nobody looks further: a whole save costs twice as many requests.
    """
    named = account.straight
    backend = BlobBackend(
        by_connection_string(named["SessionStorage"], Patience()), Containers(named["SESSION_CONTAINER"])
    )
    sessions = account.sessions - EXPIRED

    async def one(number: int) -> None:
        is_finished = number < sessions // 10
        context = _context(f"CLM-{number:06}", is_finished=is_finished)
        await backend.commits.commit(
            context.claim_id, expected=None, appends=[], context=context.model_dump_json().encode()
        )
        await backend.summaries.write(context.claim_id, ClaimSummary.of(context), is_first=True)
        for name in REST_OF_A_FINISHED_CLAIM if is_finished else ():
            await backend.objects.write(Area.SESSIONS, f"{context.claim_id}/{name}", b"{}\n")

    try:
        await _side_by_side(one(number) for number in range(sessions))
    finally:
        await backend.close()


async def _add_expired(storage: dict[str, str]) -> None:
    async with app_on(**storage) as app:
        now = utc_now()
        contexts = [
            _context(f"XCLM-{uuid4().hex}", expires_at=now - timedelta(minutes=1)) for _ in range(EXPIRED)
        ]
        await _side_by_side(app.store.save_session(context) for context in contexts)


def _context(claim_id: str, *, is_finished: bool = False, expires_at: datetime | None = None) -> ClaimContext:
    now = utc_now()
    yesterday = now - timedelta(days=1)  # a sweep looks into the inboxes of what ended of late
    ended = {
        "status": ClaimStatus.COMPLETED,
        "state": ClaimState.HANDED_OFF,
        "completed_at": yesterday,
        "archived_at": yesterday,
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


async def _sweep(account: _Account, client: DurableClient) -> Sweep:
    await _add_expired(account.straight)
    async with app_on(**account.counted) as app:
        account.count.reset()
        ms = await _expire(app, client)
        count = account.count
        return Sweep(
            sessions=account.sessions,
            requests=count.requests.total(),
            kilobytes=count.bytes_moved / 1000,
            ms=ms,
            own_ms=ms - 1000 * count.seconds_there,
        )


async def _local_sweeps(rounds: int, client: DurableClient) -> tuple[float, float, float]:
    """Medians among few and among many, and of the first list among many, in milliseconds."""
    collect_rarely()  # as the host, in which sweeps run
    times: dict[int, list[float]] = {FEW: [], MANY: []}
    first: dict[int, list[float]] = {FEW: [], MANY: []}
    with tempfile.TemporaryDirectory(dir=REPOSITORY.parent) as folder:
        for sessions in times:
            _seed_folder(Path(folder) / str(sessions) / "sessions", sessions - EXPIRED)
        for _ in range(rounds):
            for sessions, taken in times.items():
                storage = {"SessionStorage__path": f"{folder}/{sessions}"}
                await _add_expired(storage)
                async with app_on(**storage) as app:
                    started = time.perf_counter()
                    await app.store.find_sessions(Period(ClaimStatus.PAUSED))
                    first[sessions].append(1000 * (time.perf_counter() - started))
                    taken.append(await _expire(app, client))
    return statistics.median(times[FEW]), statistics.median(times[MANY]), statistics.median(first[MANY])


def _seed_folder(folder: Path, sessions: int) -> None:
    for number in range(sessions):
        context = _context(f"CLM-{number:06}", is_finished=number < sessions // 10)
        (folder / context.claim_id).mkdir(parents=True)
        (folder / context.claim_id / "context.json").write_text(context.model_dump_json(), encoding="utf-8")


async def _expire(app: App, client: DurableClient) -> float:
    """Milliseconds of a sweep that expires what is due.

    Raises:
        RuntimeError: it did more or less.
    """
    later = utc_now() + 2 * RECENT  # so that the inboxes of what an earlier sweep has ended are left alone
    services = replace(app.services, now=lambda: later)
    started = time.perf_counter()
    result = await sweep(services, app.phases, client, thorough=False)
    if result != SweepResult(expired=EXPIRED):
        raise RuntimeError(f"not what the sweep was to do: {result}")
    return 1000 * (time.perf_counter() - started)


async def _page(account: _Account, status: ClaimStatus | None) -> int:
    """Requests of the first page."""
    async with app_on(**account.counted) as app:
        account.count.reset()
        page = await app.store.list_sessions(status, limit=PAGE)
        if len(page.summaries) != PAGE or page.continuation is None:
            raise RuntimeError(f"a page of {len(page.summaries)} came")
        return account.count.requests.total()


async def _side_by_side(tasks: Iterable[Awaitable[object]]) -> None:
    gate = asyncio.Semaphore(AT_A_TIME)

    async def one(task: Awaitable[object]) -> None:
        async with gate:
            await task

    await asyncio.gather(*map(one, tasks))
