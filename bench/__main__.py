"""`./dev bench`: the benchmarks, each as a ratio against a floor that is measured in the same run."""

import argparse
import asyncio
import json
import logging
import os
import platform
import statistics
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import bare_engine, imports, turns
from bench.running import REPOSITORY, Lap, host, many_claims
from bench.shares import Sampler
from bench.storage import ClaimCost, claim_cost

STORAGE_SECONDS = 180
REPORT = REPOSITORY / "docs" / "benchmarks.md"


@dataclass
class Claims:
    """Whole claims against the bare engine; rates a second, latencies in milliseconds."""

    at_a_time: int
    bare_rate: float
    claim_rate: float
    ratio: float
    resume_median: float
    resume_p95: float


@dataclass
class Results:
    machine: str
    claims: list[Claims]
    shares: dict[str, float]
    storage: ClaimCost
    turn_cpu_ms: dict[str, tuple[float, float]]
    import_app_ms: float
    import_floor_ms: float
    import_ratio: float


async def measure(rounds: int, claims: int) -> Results:
    with tempfile.TemporaryDirectory(dir=REPOSITORY.parent) as folder:
        async with host(Path(folder) / "data") as (url, pid):
            await many_claims(url, 8, 8)  # imports, caches
            table = [await _compare(url, at, rounds, claims) for at in (1, 16)]
            sampler = Sampler(pid, Path(folder) / "stacks.txt")
            await many_claims(url, claims, 16)
            shares = sampler.stop()
    async with asyncio.timeout(STORAGE_SECONDS):
        storage = await claim_cost()
    app, floor = imports.run(2 * rounds + 5)
    turn_cpu_ms = turns.run()
    return Results(
        machine=f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        claims=table,
        shares=shares,
        storage=storage,
        turn_cpu_ms=turn_cpu_ms,
        import_app_ms=1000 * app,
        import_floor_ms=1000 * floor,
        import_ratio=app / floor,
    )


async def _compare(url: str, at_a_time: int, rounds: int, count: int) -> Claims:
    """The two in turn, so that both see the same machine."""
    count = count if at_a_time > 1 else count // 8
    bare, ours, laps = list[float](), list[float](), list[Lap]()
    for _ in range(rounds):
        bare.append(count / await asyncio.to_thread(bare_engine.run, count, at_a_time))
        seconds, these = await many_claims(url, count, at_a_time)
        ours.append(count / seconds)
        laps += these
    resumes = sorted(1000 * lap.resume for lap in laps)
    return Claims(
        at_a_time=at_a_time,
        bare_rate=statistics.median(bare),
        claim_rate=statistics.median(ours),
        ratio=statistics.median(o / b for o, b in zip(ours, bare, strict=True)),
        resume_median=statistics.median(resumes),
        resume_p95=resumes[int(0.95 * (len(resumes) - 1))],
    )


def report(results: Results) -> str:
    rows = "\n".join(
        f"| {c.at_a_time} | {c.bare_rate:.1f} | {c.claim_rate:.1f} | {c.ratio:.2f} "
        f"| {c.resume_median:.0f} ms | {c.resume_p95:.0f} ms |"
        for c in results.claims
    )
    turn_rows = "\n".join(
        f"| {role} | {ms:.1f} ms | {most:.1f} ms |" for role, (ms, most) in results.turn_cpu_ms.items()
    )
    storage = results.storage
    shares = ", ".join(f"{name} {100 * share:.0f} %" for name, share in results.shares.items())
    return f"""# Benchmarks

Written by `./dev bench`; the numbers behind it are in `benchmarks.json`. A number of one machine says little,
so each is held against a floor that is measured in the same run, in turn.

Measured on: {results.machine}.

## Whole claims

A claim is submitted over HTTP with its repair estimate, pauses, gets two documents, resumes, awaits its
officer, is decided and handed off: eleven agent turns of the offline agents, every artifact on the disk
(fsync). The floor is Microsoft's in-memory engine and worker as they come, with eleven empty activities and
one event for each orchestration, and no HTTP, storage or agents.

| at a time | bare engine, a second | claims, a second | ratio | resume, median | resume, 95 % |
|---|---|---|---|---|---|
{rows}

Resume is the time from the answer to the last missing document until the claim awaits its officer: seven
agent turns lie in between.

Where the time of the host's processes goes, at 16 at a time:
{shares or "not measured, py-spy may not sample here"}.

## Turns

CPU of one turn of each offline agent up to the decision, beyond its tool calls, over the claims of the
evaluation, each read for the first time. The bound is {turns.MOST_MS:.0f} ms.

| agent | median | 95 % |
|---|---|---|
{turn_rows}

## Storage requests

A claim on Blob Storage (Azurite), one at a time: a letter, one pause, two files dropped into the upload
container, eleven turns, the decision, the archive. Counted before the account; what the embedded host asks to
see new uploads is left out, since in Azure an event tells of them.

| until it pauses | uploads, until it awaits its officer | decision, until it is archived | in all |
|---|---|---|---|
| {storage.submit} | {storage.upload} | {storage.decide} | {storage.requests} |

## Import

What every instance pays before it can answer. The floor imports `azure.durable_functions`,
`azure.storage.blob.aio` and `pydantic` alone.

| | time | ratio |
|---|---|---|
| floor | {results.import_floor_ms:.0f} ms | 1 |
| `import function_app` | {results.import_app_ms:.0f} ms | {results.import_ratio:.2f} |
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each comparison (default: 3)")
    parser.add_argument(
        "--claims", type=int, default=192, help="claims a round at 16 at a time (default: 192)"
    )
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    results = asyncio.run(measure(arguments.rounds, arguments.claims))
    REPORT.write_text(report(results), encoding="utf-8")
    REPORT.with_suffix(".json").write_text(json.dumps(asdict(results), indent=2) + "\n", encoding="utf-8")
    print(REPORT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
