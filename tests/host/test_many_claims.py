"""A hundred claims at once, papers in any order, by any way, at any time: each comes through alone."""

import asyncio
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.host.chaos import TURNS, check_completed, check_history
from tests.host.running import Host, collision, host_on, turns_of

CLAIMS = 100
WITHDRAWN_EVERY = 8
LONGEST_WAIT = 3.0
"""Seconds within which a claimant's papers and withdrawals come, from before the submission on."""
BETWEEN_LOOKS = 0.4
PATIENCE = 90.0
"""Seconds until claims that do not end fail the test; no promise, only an end."""

PAYOUT = 100
"""What an officer pays on each: all of them are on one policy, and its limit for the year is 50,000."""

KINDS = ("repair_estimate", "police_report")
WAYS = ("continue", "documents", "upload")
MARKER = re.compile(r"marker-\d{4}", re.IGNORECASE)


@dataclass
class Claim:
    number: int
    ways: dict[str, str]
    """How each paper comes."""
    is_withdrawn: bool
    chance: random.Random = field(repr=False)

    @property
    def claim_id(self) -> str:
        return f"MANY-{self.number:04}"

    @property
    def marker(self) -> str:
        return f"marker-{self.number:04}"

    @property
    def submission(self) -> dict[str, Any]:
        plain = collision(claim_id=self.claim_id)
        return plain | {
            "claimant": {"name": f"Dana {self.marker}", "email": f"{self.marker}@example.com"},
            "incident": plain["incident"] | {"location": f"{self.marker} Road, Columbus"},
            "claim_amount": 2000 + self.number,
            "narrative": f"This is {self.marker}. {plain['incident']['description']}",
        }

    @property
    def papers(self) -> dict[str, bytes]:
        return {kind: f"{kind.replace('_', ' ')} of {self.marker}".encode() for kind in KINDS}

    async def pause(self) -> None:
        await asyncio.sleep(self.chance.uniform(0, LONGEST_WAIT))


async def claimant(host: Host, claim: Claim) -> None:
    """Submits the claim, twice, and brings each paper twice; an upload may be there before the claim."""
    is_known = asyncio.Event()

    async def submit() -> None:
        await claim.pause()
        assert await host.submit(claim.submission) == claim.claim_id
        is_known.set()
        await claim.pause()
        await host.submit(claim.submission)

    async def bring(kind: str) -> None:
        for _ in range(2):
            await claim.pause()
            if claim.ways[kind] != "upload":
                await is_known.wait()
            await bring_by(host, claim, kind, claim.ways[kind])

    async def withdraw() -> None:
        await is_known.wait()
        await claim.pause()
        answer = await host.http.post(f"/claims/{claim.claim_id}/withdraw", json={"reason": "settled"})
        claim.is_withdrawn = answer.status_code == 202
        assert answer.status_code in {202, 409}, answer.text

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(submit())
        for kind in KINDS:
            tasks.create_task(bring(kind))
        if claim.is_withdrawn:
            tasks.create_task(withdraw())


async def bring_by(host: Host, claim: Claim, kind: str, way: str) -> None:
    path, content = f"/claims/{claim.claim_id}", claim.papers[kind]
    if way == "upload":
        folder = host.data / "uploads" / claim.claim_id / kind
        await asyncio.to_thread(drop, folder / f"{kind}.txt", content)
        return
    if way == "continue":
        document = {"type": kind, "filename": f"{kind}.txt", "text": content.decode()}
        answer = await host.http.post(f"{path}/continue", json={"documents": [document]})
    else:
        query = {"type": kind, "filename": f"{kind}.txt"}
        answer = await host.http.post(f"{path}/documents", params=query, content=content)
    # Conflict: the claim was withdrawn, or had all it needed and was decided.
    assert answer.status_code in {201, 202, 409}, answer.text


def drop(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


async def officer(host: Host) -> None:
    """Decides every claim as soon as it is due, until all are over; has the sweep run beside."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await host.admin("sweep")
            page = (await host.http.get("/claims", params={"limit": 1000})).json()
            status = {claim["claim_id"]: claim["status"] for claim in page["claims"]}
            due = [claim_id for claim_id, value in status.items() if value == "awaiting_decision"]
            for answer in await asyncio.gather(
                *(host.decide(claim_id, payout_amount=PAYOUT) for claim_id in due)
            ):
                # Conflict: decided in the last look, or withdrawn since this one.
                assert answer.status_code in {202, 409}, answer.text
            if len(status) == CLAIMS and set(status.values()) <= {"completed", "withdrawn"}:
                return
            await asyncio.sleep(BETWEEN_LOOKS)


async def test_a_hundred_claims_at_once_all_end_and_none_knows_of_another(tmp_path: Path) -> None:
    chance = random.Random(20261122)  # noqa: S311 - chance, no secret
    claims = [
        Claim(
            number,
            ways={kind: chance.choice(WAYS) for kind in KINDS},
            is_withdrawn=number % WITHDRAWN_EVERY == 0,
            chance=random.Random(number),  # noqa: S311 - chance, no secret
        )
        for number in range(CLAIMS)
    ]
    async with host_on(tmp_path / "data") as host:
        async with asyncio.TaskGroup() as people:
            for claim in claims:
                people.create_task(claimant(host, claim))
            people.create_task(officer(host))
        for claim in claims:
            await check(host, claim)


async def check(host: Host, claim: Claim) -> None:
    stored = await host.claim(claim.claim_id)
    messages = await host.history(claim.claim_id)
    assert set(MARKER.findall(f"{stored} {messages}".lower())) == {claim.marker}
    assert stored["facts"]["claim_amount"] == 2000 + claim.number
    assert stored["facts"]["email"] == f"{claim.marker}@example.com"
    if stored["status"] == "completed":
        await check_completed(host, claim.claim_id, claim.papers)
        too_late = [message for message in messages if "withdrawal came too late" in message["content"]]
        assert len(too_late) == claim.is_withdrawn
    else:
        assert claim.is_withdrawn
        assert stored["termination_reason"] == "withdrawn"
        turns = turns_of(messages)
        assert set(turns) <= set(TURNS)
        check_history(messages, turns)
        assert Counter(turns) == Counter(report["step"] for report in stored["reports"])
