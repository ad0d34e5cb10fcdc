"""What a claim costs on Blob Storage: its requests, counted before Azurite, and what stays of it."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self, override
from uuid import uuid4

import aiohttp
from azure.storage.blob.aio import BlobServiceClient
from pydantic import BaseModel

from bench import commits
from bench.counting import Count, counting_proxy
from bench.part import Effort, Part, Target
from bench.running import DOCUMENTS, ESTIMATE, LETTER, host, post, until
from devhost import azurite

POLICE = "The police came within ten minutes"
"""How the paragraph of the letter begins that asks for a third document."""
MOST_SECONDS = 180
QUIET = 1.5
"""Seconds after which nothing more is to come."""


MOST_REQUESTS = 70
MOST_STORED = 1.3


class Requests(BaseModel):
    """Of one whole claim, by phase."""

    submit: int
    upload: int
    decide: int

    @property
    def total(self) -> int:
        return self.submit + self.upload + self.decide


class Stored(BaseModel):
    """Bytes of a finished claim."""

    messages: int
    documents: int
    rest: int
    """Context, summary, handoff, audit trail, and all metadata, the index's included."""

    @property
    def ratio(self) -> float:
        """All, of messages and documents."""
        own = self.messages + self.documents
        return (own + self.rest) / own


class Storage(Part):
    TITLE: ClassVar[str] = "Blob Storage: requests and bytes of a claim"

    requests: Requests
    stored: Stored
    turns: dict[str, int]
    """Requests of one more committed turn, by agent."""

    @classmethod
    @override
    async def measure(cls, effort: Effort) -> Self:
        async with asyncio.timeout(MOST_SECONDS):
            requests, stored = await _claim()
        return cls(requests=requests, stored=stored, turns=await commits.requests_of_turns())

    @override
    def targets(self) -> list[Target]:
        return [
            Target("Requests of one more committed turn", max(self.turns.values()), at_most=commits.MOST),
            Target("Requests of a whole claim on Blob Storage", self.requests.total, at_most=MOST_REQUESTS),
            Target(
                "Stored bytes of a finished claim, of its messages and documents",
                self.stored.ratio,
                at_most=MOST_STORED,
            ),
        ]

    @override
    def body(self) -> str:
        requests, stored = self.requests, self.stored
        turns = ", ".join(f"{role} {number}" for role, number in self.turns.items())
        return f"""
A claim on Azurite, one at a time: a letter, one pause, two files dropped into the upload container, eleven
turns, the decision, the archive. Requests are counted before the account; what the embedded host asks to see
new uploads is left out, since in Azure an event tells of them.

| until it pauses | uploads, until it awaits its officer | decision, until it is archived | in all |
|---|---|---|---|
| {requests.submit} | {requests.upload} | {requests.decide} | {requests.total} |

Requests of one more committed turn, of an agent that has read the claim's documents:
{turns}.

What is stored of that claim when it is archived, its messages as lines of `history.jsonl`:

| messages | documents | all else, metadata and index included | all, of messages and documents |
|---|---|---|---|
| {stored.messages:,} bytes | {stored.documents:,} bytes | {stored.rest:,} bytes | {stored.ratio:.2f} |
"""


async def _claim() -> tuple[Requests, Stored]:
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
                claim_id, requests = await _whole_claim(session, url, storage, count)
                return requests, await _stored(storage, claim_id)


async def _whole_claim(
    session: aiohttp.ClientSession, url: str, storage: BlobServiceClient, count: Count
) -> tuple[str, Requests]:
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
    return claim_id, Requests(submit=submit.total, upload=upload.total, decide=decide.total)


async def _stored(storage: BlobServiceClient, claim_id: str) -> Stored:
    """All that any container holds of the claim; its name is in theirs."""
    messages = documents = rest = 0
    async for container in storage.list_containers():
        blobs = storage.get_container_client(container.name).list_blobs(include=["metadata"])
        async for blob in blobs:
            if claim_id not in blob.name.split("/"):
                continue
            rest += sum(len(name) + len(value) for name, value in (blob.metadata or {}).items())
            if blob.name.endswith("/history.jsonl"):
                messages += blob.size
            elif "/documents/" in blob.name:
                documents += blob.size
            else:
                rest += blob.size
    return Stored(messages=messages, documents=documents, rest=rest)


@dataclass
class _Phase:
    total: int = 0


@asynccontextmanager
async def _counted(count: Count) -> AsyncGenerator[_Phase]:
    count.reset()
    phase = _Phase()
    yield phase
    phase.total = sum(count.requests.values())
