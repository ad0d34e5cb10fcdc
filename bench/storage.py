"""What a claim costs on Blob Storage: its requests, counted before Azurite."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import aiohttp
from azure.storage.blob.aio import BlobServiceClient

from bench.counting import Count, counting_proxy
from bench.running import DOCUMENTS, ESTIMATE, LETTER, host, post, until
from devhost import azurite

POLICE = "The police came within ten minutes"
"""How the paragraph of the letter begins that asks for a third document."""
QUIET = 1.5
"""Seconds after which nothing more is to come."""


@dataclass
class ClaimCost:
    """Storage requests of one whole claim, by phase."""

    submit: int
    upload: int
    decide: int

    @property
    def requests(self) -> int:
        return self.submit + self.upload + self.decide


async def claim_cost() -> ClaimCost:
    """One claim: a letter, one pause, two uploaded documents, eleven turns, the decision, the archive."""
    with azurite.running() as port, tempfile.TemporaryDirectory() as folder:
        async with counting_proxy(port) as (proxy, count):
            account = azurite.connection_string(proxy)
            started = host(Path(folder) / "data", "--workers", "1", SessionStorage=account)
            async with (
                started as (url, _),
                aiohttp.ClientSession() as session,
                BlobServiceClient.from_connection_string(account) as storage,
            ):
                await _whole_claim(session, url, storage, count)  # makes containers, fills caches
                return await _whole_claim(session, url, storage, count)


async def _whole_claim(
    session: aiohttp.ClientSession, url: str, storage: BlobServiceClient, count: Count
) -> ClaimCost:
    mark = f"\n\nOur reference: {uuid4()}\n"
    letter, _, rest = LETTER.decode().partition(POLICE)
    told, _, contact = rest.partition("\n\n")[2].partition("## What will follow")
    letter += told + contact.partition("- repair_estimate.txt")[2]
    async with _counted(count) as submit:
        claim_id = (await post(session, f"{url}/claims", {"narrative": letter + mark}))["claim_id"]
        await asyncio.sleep(QUIET)
    claim = f"{url}/claims/{claim_id}"
    papers = {"repair_estimate": ESTIMATE.encode(), "medical_records": DOCUMENTS["medical_records"]}
    async with _counted(count) as upload:
        for kind, content in papers.items():
            await storage.get_blob_client("uploads", f"{claim_id}/{kind}/{kind}.txt").upload_blob(
                content + mark.encode()
            )
        await asyncio.sleep(2 * QUIET + 2)
    await until(session, claim, "awaiting_decision")
    await asyncio.sleep(QUIET)
    async with _counted(count) as decide:
        decision = {"decision": "approve", "officer_id": "bench", "rationale": "plausible"}
        await post(session, f"{claim}/decision", decision)
        await asyncio.sleep(QUIET)
    await until(session, claim, "completed")
    return ClaimCost(submit.total, upload.total, decide.total)


@dataclass
class _Phase:
    total: int = 0


@asynccontextmanager
async def _counted(count: Count) -> AsyncGenerator[_Phase]:
    count.reset()
    phase = _Phase()
    yield phase
    phase.total = sum(count.requests.values())
