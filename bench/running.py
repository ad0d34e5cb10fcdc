"""A host in a process of its own, and claims driven through it over HTTP, as a portal would."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

REPOSITORY = Path(__file__).parents[1]
LETTER = (REPOSITORY / "samples/claims/rear_end_collision.md").read_bytes()
DOCUMENTS = {
    "police_report": (REPOSITORY / "samples/documents/rear_end_collision/police_report.txt").read_bytes(),
    "medical_records": (REPOSITORY / "samples/documents/rear_end_collision/medical_records.txt").read_bytes(),
}
ESTIMATE = (REPOSITORY / "samples/claims/repair_estimate.txt").read_text(encoding="utf-8")


@asynccontextmanager
async def host(data: Path, *arguments: str, **settings: str) -> AsyncGenerator[tuple[str, int]]:
    """A running host: its URL and its process id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "devhost", "--port", "0", "--data", str(data), *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        if process.stdout is None:
            raise RuntimeError("the host has no standard output")
        line = (await asyncio.to_thread(process.stdout.readline)).decode()
        if "http://" not in line:
            raise RuntimeError("the host did not start; `./dev serve` says why")
        yield line[line.index("http://") :].split()[0], process.pid
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)


@dataclass
class Lap:
    """One claim's times, in seconds."""

    whole: float
    resume: float
    """From the answer to the last document until the claim awaits its decision."""


async def one_claim(session: aiohttp.ClientSession, url: str) -> Lap:
    """Submit, pause, two documents, resume, decision, all artifacts on disk."""
    started = time.perf_counter()
    # No two claims bring the same text, so that nothing that was read for one is known of the next.
    mark = f"\n\nOur reference: {uuid4()}\n"
    submission = {
        "narrative": LETTER.decode() + mark,
        "documents": [
            {"type": "repair_estimate", "filename": "repair_estimate.txt", "text": ESTIMATE + mark}
        ],
    }
    claim = f"{url}/claims/{(await post(session, f'{url}/claims', submission))['claim_id']}"
    await until(session, claim, "paused")
    for kind, content in DOCUMENTS.items():
        query = f"filename={kind}.txt&type={kind}"
        await post(session, f"{claim}/documents?{query}", content + mark.encode())
    resumed = time.perf_counter()
    await until(session, claim, "awaiting_decision")
    resume = time.perf_counter() - resumed
    decision = {"decision": "approve", "officer_id": "bench", "rationale": "plausible"}
    await post(session, f"{claim}/decision", decision)
    await until(session, claim, "completed")
    return Lap(time.perf_counter() - started, resume)


async def many_claims(url: str, count: int, at_a_time: int) -> tuple[float, list[Lap]]:
    """`count` claims, `at_a_time` of them side by side; seconds for all, and each one's lap."""
    gate = asyncio.Semaphore(at_a_time)
    async with aiohttp.ClientSession() as session:

        async def one() -> Lap:
            async with gate:
                return await one_claim(session, url)

        started = time.perf_counter()
        laps = await asyncio.gather(*(one() for _ in range(count)))
        return time.perf_counter() - started, list(laps)


async def post(session: aiohttp.ClientSession, url: str, body: dict[str, Any] | bytes) -> Any:
    given: dict[str, Any] = {"data": body} if isinstance(body, bytes) else {"json": body}
    async with session.post(url, **given) as answer:
        if answer.status >= 300:
            raise RuntimeError(f"{url}: {answer.status} {await answer.text()}")
        return await answer.json()


async def until(session: aiohttp.ClientSession, claim: str, status: str) -> None:
    found = ""
    while found != status:
        if found in {"failed", "expired", "withdrawn"}:
            raise RuntimeError(f"{claim} is {found}")
        async with session.get(f"{claim}?wait=30&until={status},failed") as answer:
            found = (await answer.json())["status"]
