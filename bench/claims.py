"""Whole claims over HTTP, against the bare engine; and where the time goes."""

import asyncio
import statistics
import tempfile
from pathlib import Path
from typing import ClassVar, Self, override

from pydantic import BaseModel

from bench import bare_engine
from bench.part import Effort, Part, Target
from bench.running import REPOSITORY, Lap, host, many_claims
from bench.shares import Sampler

MANY = 16


class Comparison(BaseModel):
    """Rates a second, latencies in milliseconds."""

    at_a_time: int
    bare_rate: float
    claim_rate: float
    ratio: float
    resume_median: float
    resume_p95: float


class Claims(Part):
    TITLE: ClassVar[str] = "Whole claims"

    comparisons: list[Comparison]
    shares: dict[str, float]

    @classmethod
    @override
    async def measure(cls, effort: Effort) -> Self:
        with tempfile.TemporaryDirectory(dir=REPOSITORY.parent) as folder:
            async with host(Path(folder) / "data") as (url, pid):
                await many_claims(url, 8, 8)  # imports, caches
                comparisons = [await _compare(url, at, effort.rounds, effort.claims) for at in (1, MANY)]
                sampler = Sampler(pid, Path(folder) / "stacks.txt")
                await many_claims(url, effort.claims, MANY)
                return cls(comparisons=comparisons, shares=sampler.stop())

    @override
    def targets(self) -> list[Target]:
        return [
            Target(
                f"Claims a second at {c.at_a_time} at a time, of the bare engine's orchestrations",
                c.ratio,
                at_least=0.6,
            )
            for c in self.comparisons
            if c.at_a_time == MANY
        ]

    @override
    def body(self) -> str:
        rows = "\n".join(
            f"| {c.at_a_time} | {c.bare_rate:.1f} | {c.claim_rate:.1f} | {c.ratio:.2f} "
            f"| {c.resume_median:.0f} ms | {c.resume_p95:.0f} ms |"
            for c in self.comparisons
        )
        shares = ", ".join(f"{name} {100 * share:.0f} %" for name, share in self.shares.items())
        return f"""
A claim is submitted over HTTP with its repair estimate, pauses, gets two documents, resumes, awaits its
officer, is decided and handed off: eleven agent turns of the offline agents, every artifact on the disk
(fsync). The floor is Microsoft's in-memory engine and worker as they come, with eleven empty activities and
one event for each orchestration, and no HTTP, storage or agents.

| at a time | bare engine, a second | claims, a second | ratio | resume, median | resume, 95 % |
|---|---|---|---|---|---|
{rows}

Resume is the time from the answer to the last missing document until the claim awaits its officer: seven
agent turns lie in between.

Where the time of the host's processes goes, at {MANY} at a time:
{shares or "not measured, py-spy may not sample here"}.
"""


async def _compare(url: str, at_a_time: int, rounds: int, count: int) -> Comparison:
    """The two in turn, so that both see the same machine."""
    count = count if at_a_time > 1 else count // 8
    bare, ours, laps = list[float](), list[float](), list[Lap]()
    for _ in range(rounds):
        bare.append(count / await asyncio.to_thread(bare_engine.run, count, at_a_time))
        seconds, these = await many_claims(url, count, at_a_time)
        ours.append(count / seconds)
        laps += these
    resumes = sorted(1000 * lap.resume for lap in laps)
    return Comparison(
        at_a_time=at_a_time,
        bare_rate=statistics.median(bare),
        claim_rate=statistics.median(ours),
        ratio=statistics.median(o / b for o, b in zip(ours, bare, strict=True)),
        resume_median=statistics.median(resumes),
        resume_p95=resumes[int(0.95 * (len(resumes) - 1))],
    )
