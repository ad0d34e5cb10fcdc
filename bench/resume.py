"""What a resume costs with a long history in the session, against the same resume with a short one."""

import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar, Self, override

from pydantic import BaseModel

from bench.counting import counting_proxy
from bench.in_process import app_on, decide, send_missing, submit, work_until
from bench.part import Effort, Part, Target
from bench.running import REPOSITORY
from devhost import azurite
from orchestration.bootstrap import App
from orchestration.rules.routing import NextStep
from orchestration.services.claim_queries import load_claim
from shared.models.claim import Message

FEW, MANY = 10, 5000
CHARACTERS = 1000
MOST = 1.5
"""What the resume with many messages may cost, in times of the one with few."""
IO_OF_PROCESS = Path("/proc/self/io")


class Resume(BaseModel):
    """Medians of a resume to done, with few and with many messages in the session."""

    backend: str
    few_ms: float
    many_ms: float
    few_bytes: int | None
    """Moved between app and storage; None where this machine cannot tell."""
    many_bytes: int | None

    @property
    def times(self) -> float:
        return self.many_ms / self.few_ms

    @property
    def bytes_ratio(self) -> float | None:
        return None if self.few_bytes is None or self.many_bytes is None else self.many_bytes / self.few_bytes


class Resumes(Part):
    TITLE: ClassVar[str] = "Resume with a long history"

    resumes: list[Resume]

    @classmethod
    @override
    async def measure(cls, effort: Effort) -> Self:
        rounds = 3 * effort.rounds
        with tempfile.TemporaryDirectory(dir=REPOSITORY.parent) as folder:
            on_disk = {"SessionStorage__path": folder}
            local = await _compare("local", rounds, on_disk, on_disk, _process_bytes)
        with azurite.running() as port:
            async with counting_proxy(port) as (proxy, count):
                straight = {"SessionStorage": azurite.connection_string(port)}
                counted = {"SessionStorage": azurite.connection_string(proxy)}
                azure = await _compare("Azurite", rounds, straight, counted, lambda: count.bytes_moved)
        return cls(resumes=[local, azure])

    @override
    def targets(self) -> list[Target]:
        what = f"Resume to done with {MANY:,} messages, of the one with {FEW}"
        found: list[Target] = []
        for one in self.resumes:
            found.append(Target(f"{what}: time, {one.backend}", one.times, at_most=MOST))
            if one.bytes_ratio is not None:
                found.append(Target(f"{what}: bytes moved, {one.backend}", one.bytes_ratio, at_most=MOST))
        return found

    @override
    def body(self) -> str:
        rows = "\n".join(
            f"| {one.backend} | {one.few_ms:.0f} ms | {one.many_ms:.0f} ms | {one.times:.2f} "
            f"| {_kilobytes(one.few_bytes)} | {_kilobytes(one.many_bytes)} "
            f"| {'' if one.bytes_ratio is None else f'{one.bytes_ratio:.3f}'} |"
            for one in self.resumes
        )
        return f"""
A claim that paused behind intake, with {FEW} or {MANY:,} messages of {CHARACTERS:,} characters more in its
session, is opened by an app that has not seen it yet. It takes up two documents, takes the eight remaining
turns, is decided and handed off, through the workflow's own activities. The bytes are those of the bodies
before the account, and on the disk all that the process reads and writes.

| | {FEW} messages | {MANY:,} messages | ratio | bytes, {FEW} | bytes, {MANY:,} | ratio |
|---|---|---|---|---|---|---|
{rows}
"""


def _kilobytes(count: int | None) -> str:
    return "not measured" if count is None else f"{count / 1000:.0f} kB"


async def _compare(
    backend: str, rounds: int, timed: dict[str, str], counted: dict[str, str], moved: Callable[[], int | None]
) -> Resume:
    """The two in turn, so that both see the same machine; the bytes in laps of their own."""
    times: dict[int, list[float]] = {FEW: [], MANY: []}
    for number in range(rounds + 1):
        for messages, taken in times.items():
            async with _paused_claim(timed, messages) as (app, claim_id):
                started = time.perf_counter()
                await _to_done(app, claim_id)
                if number:  # the first round pays for imports and caches
                    taken.append(1000 * (time.perf_counter() - started))
    amounts: dict[int, int | None] = {}
    for messages in times:
        async with _paused_claim(counted, messages) as (app, claim_id):
            before = moved()
            await _to_done(app, claim_id)
            after = moved()
            amounts[messages] = None if before is None or after is None else after - before
    return Resume(
        backend=backend,
        few_ms=statistics.median(times[FEW]),
        many_ms=statistics.median(times[MANY]),
        few_bytes=amounts[FEW],
        many_bytes=amounts[MANY],
    )


@asynccontextmanager
async def _paused_claim(storage: dict[str, str], messages: int) -> AsyncGenerator[tuple[App, str]]:
    """A claim with that many messages more than its own, and an app that has not seen it yet."""
    async with app_on(**storage) as app:
        claim_id = await submit(app)
        await send_missing(app, claim_id)
        session = await load_claim(app.store, claim_id)
        await app.store.save_session(
            session, [Message(role="assistant", content="x" * CHARACTERS) for _ in range(messages)]
        )
    async with app_on(**storage) as app:
        await app.store.session_exists("CLM-0")  # connects
        yield app, claim_id


async def _to_done(app: App, claim_id: str) -> None:
    """Load, take in the documents, take the remaining turns, be decided, hand off; every step saved."""
    await work_until(app, claim_id, NextStep.WAIT)
    await decide(app, claim_id)
    await work_until(app, claim_id, NextStep.END)


def _process_bytes() -> int | None:
    """Bytes that this process has read and written so far, as Linux counts them."""
    if not IO_OF_PROCESS.exists():
        return None
    counts = dict(line.split(": ") for line in IO_OF_PROCESS.read_text().splitlines())
    return int(counts["rchar"]) + int(counts["wchar"])
