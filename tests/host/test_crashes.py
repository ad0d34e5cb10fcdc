"""Whatever dies, and whenever: nothing is lost, and nothing is done twice."""

import asyncio
import itertools
import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from orchestration import activities
from orchestration.agents import kernel
from orchestration.claim import OpenClaim
from orchestration.phases.taking_up import take_up
from orchestration.workflow import RETRY, WAKE
from shared.models import (
    ArrivedDecision,
    ArrivedDocument,
    ArrivedNote,
    ClaimState,
    ClaimStatus,
    ClaimSummary,
    Decision,
    Note,
    Nudge,
)
from shared.session_store import SessionStore, open_local_store
from shared.session_store.local import LocalBackend
from shared.settings import settings
from tests.host.chaos import (
    TURNS,
    Attendance,
    CutOff,
    MortalHost,
    check_completed,
    check_history,
    engine_of_its_own,
    hasty_engine,
    leave,
    open_session,
    until_on_record,
)
from tests.host.running import REPOSITORY, Host, collision, host_on, turns_of
from tests.shared.session_store.interrupted import Death

PAPERS = {"repair_estimate": b"Repair estimate: 2,400.00", "police_report": b"Police report: as told."}
DECISION = {"decision": "approve", "officer_id": "jdoe", "rationale": "plausible"}
SUBMITTED, PAUSED, BROUGHT, DECIDED = "submitted", "paused", "a document was accepted", "decided"
MOMENTS = [
    SUBMITTED,
    "intake.policy_specialist",
    PAUSED,
    BROUGHT,
    "gathering.1.claims_history_analyst",
    "assessment.assessment_agent",
    DECIDED,
    "handoff.handoff_agent",
]
"""When the host is killed: right after an answer, or when a turn has just come on record."""


# --- the host is killed --------------------------------------------------------------------------


class Claimant:
    """A claim's life as claimant and officer make it, through every death of the host."""

    def __init__(self, host: MortalHost, claim_id: str) -> None:
        self._host = host
        self.claim_id = claim_id
        self._reached = {moment: asyncio.Event() for moment in (SUBMITTED, PAUSED, BROUGHT, DECIDED)}

    async def reach(self, moment: str, data: Path) -> None:
        if moment in self._reached:
            await self._reached[moment].wait()
        else:
            await until_on_record(data, self.claim_id, moment)

    async def live(self) -> None:
        path = f"/claims/{self.claim_id}"
        answer = await self._host.call("POST", "/claims", json=collision(claim_id=self.claim_id))
        assert answer.status_code == 202, answer.text
        self._reached[SUBMITTED].set()
        await self._host.until(self.claim_id, "paused")
        self._reached[PAUSED].set()
        estimate = {"type": "repair_estimate", "filename": "repair_estimate.txt"}
        estimate["text"] = PAPERS["repair_estimate"].decode()
        answer = await self._host.call("POST", f"{path}/continue", json={"documents": [estimate]})
        assert answer.status_code == 202, answer.text
        query = {"type": "police_report", "filename": "police_report.txt"}
        answer = await self._host.call(
            "POST", f"{path}/documents", params=query, content=PAPERS["police_report"]
        )
        assert answer.status_code == 201, answer.text
        self._reached[BROUGHT].set()
        await self._host.until(self.claim_id, "awaiting_decision")
        answer = await self._host.call("POST", f"{path}/decision", json=DECISION)
        # Conflict: the host took the decision and died before it could say so.
        assert answer.status_code in {202, 409}, answer.text
        self._reached[DECIDED].set()
        await self._host.until(self.claim_id, "completed")


@asynccontextmanager
async def mortal_host(data: Path, engine: str) -> AsyncGenerator[MortalHost]:
    if engine == "lost with the host":
        async with MortalHost(data) as host:
            yield host
    else:
        async with engine_of_its_own() as address, MortalHost(data, "--engine", address) as host:
            yield host


@pytest.mark.parametrize("engine", ["lost with the host", "alive in a process of its own"])
async def test_every_claim_goes_on_by_itself_wherever_the_host_was_killed(
    tmp_path: Path, engine: str
) -> None:
    data, chance = tmp_path / "data", random.Random(engine)
    async with mortal_host(data, engine) as host, asyncio.TaskGroup() as lives:
        for number, moment in enumerate(MOMENTS):
            claimant = Claimant(host, f"C-{number}")
            lives.create_task(claimant.live())
            await claimant.reach(moment, data)
            await asyncio.sleep(chance.uniform(0, 0.02))
            await host.die_and_come_back()
    async with host_on(data) as host:
        for number in range(len(MOMENTS)):
            await check_completed(host, f"C-{number}", PAPERS)
