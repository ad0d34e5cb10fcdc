"""What can befall the app: a host that dies, a process cut off between two changes of storage.

And what must hold of a claim afterwards, whatever befell it.
"""

import asyncio
import hashlib
import json
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import httpx

from orchestration.agents.agent_context import AgentContext
from orchestration.agents.reports import Reply
from orchestration.agents.runner import Agents
from orchestration.durable.in_process import work
from orchestration.phases.context import PhaseContext
from orchestration.phases.learning import facts_of
from shared.clock import utc_now
from shared.models.claim import ClaimContext, ClaimState, DocumentRecord, Message
from shared.models.inbox import DocumentItem
from shared.models.requests import Submission
from shared.session_store import SessionStore, open_local_store
from shared.session_store.backend import Backend
from tests.host.running import PATIENCE, REPOSITORY, Host, collision, turns_of
from tests.orchestration.hub import HastyEngine
from tests.shared.session_store.interrupted import Death, InterruptedBackend

NEXT_TRY = 0.05
"""Seconds until a request that a dying host did not answer is sent again."""
NEXT_LOOK = 0.002
"""Seconds between two looks at a session on disk."""

TURNS = [
    "intake.intake_coordinator",
    "intake.policy_specialist",
    "intake.document_validator",
    "gathering.1.policy_specialist",
    "gathering.1.claims_history_analyst",
    "gathering.1.fraud_analyst",
    "assessment.assessment_agent",
    "assessment.claims_officer",
    "handoff.handoff_agent",
]
"""The turns of a `collision` that gets its papers and an officer's decision, as a reader sees them."""


# --- hosts that die ------------------------------------------------------------------------------


class MortalHost:
    """A host on one data folder that is killed and started again, while its clients live on."""

    def __init__(self, data: Path, *arguments: str, **settings: str) -> None:
        self._data = data
        self._arguments, self._settings = arguments, settings
        self._is_up = asyncio.Event()
        self._host: Host | None = None

    async def __aenter__(self) -> Self:
        await self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._host:
            await self._host.stop()

    @property
    def now(self) -> Host:
        """The host as it lives now."""
        assert self._host
        return self._host

    async def die_and_come_back(self) -> None:
        """End the host as a power cut would, with no chance to tidy up, and start another one."""
        self._is_up.clear()
        dying, self._host = self.now, None
        assert await dying.stop(signal.SIGKILL) == -signal.SIGKILL
        await self._start()

    async def _start(self) -> None:
        self._host = await Host.start(self._data, *self._arguments, **self._settings)
        self._is_up.set()

    async def call(self, method: str, path: str, **request: Any) -> httpx.Response:
        """A request, sent again until it is answered: what any client of a network has to do."""
        while True:
            await self._is_up.wait()
            with suppress(httpx.TransportError):
                return await self.now.http.request(method, path, **request)
            await asyncio.sleep(NEXT_TRY)

    async def until(self, claim_id: str, *wanted: str) -> dict[str, Any]:
        """The claim, once its status is one of `wanted`."""
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = await self.call("GET", f"/claims/{claim_id}")
                assert answer.status_code == 200, answer.text
                if answer.json()["status"] in wanted:
                    return answer.json()
                await asyncio.sleep(NEXT_TRY)


@asynccontextmanager
async def engine_of_its_own() -> AsyncGenerator[str]:
    """The address of a durable engine in a process of its own, which no host takes along."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "devhost.engine", "--port", "0"),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


@contextmanager
def hasty_engine() -> Generator[str]:
    engine = HastyEngine()
    try:
        yield f"127.0.0.1:{engine.listen(0)}"
    finally:
        engine.stop()


async def until_on_record(data: Path, claim_id: str, step: str) -> None:
    """Wait until the turn `step` is committed; sees it sooner than any request could."""
    context = data / "sessions" / claim_id / "context.json"
    async with asyncio.timeout(PATIENCE):
        while True:
            if context.exists() and step in json.loads(context.read_bytes())["turns"]:
                return
            await asyncio.sleep(NEXT_LOOK)


# --- processes that are cut off ------------------------------------------------------------------


class Attendance:
    """Stands in front of the agents and notes who was asked for which turn."""

    def __init__(self, store: SessionStore, agents: Agents) -> None:
        self._store = store
        self._agents = agents
        self.turns = Counter[str]()
        self.on_record_already: list[str] = []

    async def run(self, role: str, context: AgentContext) -> Reply:
        session = await self._store.load_session(context.claim.claim_id)
        assert session
        step = f"{_phase(context.claim)}.{role}"
        self.turns[step] += 1
        if step in session.context.turns:
            self.on_record_already.append(step)
        return await self._agents.run(role, context)


def _phase(context: ClaimContext) -> str:
    match context.state:
        case ClaimState.ADAPTIVE_GATHERING:
            return f"gathering.{len(context.rounds)}"
        case ClaimState.ASSESSMENT:
            return "assessment"
        case ClaimState.DECIDED:
            return "handoff"
        case _:
            return "intake"


class CutOff:
    """A process that works a claim's session and dies after so many changes, to be followed by others."""

    def __init__(self, backend: Backend, lives: Iterator[int], phases: PhaseContext) -> None:
        """`lives` says how many changes each process lives to make."""
        self._backend = backend
        self._phases = phases
        self._lives = lives
        self.deaths = 0
        self.store = self._born()

    def _born(self) -> SessionStore:
        return SessionStore(InterruptedBackend(self._backend, next(self._lives)))

    async def work(self, claim_id: str) -> None:
        """Go where the workflow would go, until the claim waits or ends, through any number of deaths."""
        while True:
            try:
                await work(self.store, self._phases, claim_id)
            except Death:
                self.deaths += 1
                self.store = self._born()
            else:
                return


# --- what comes in past the app's triggers -------------------------------------------------------


async def open_session(store: SessionStore, claim_id: str, **fields: Any) -> ClaimContext:
    """Write the session of a `collision` as its submission does, and start nothing."""
    submission = Submission.model_validate(collision(claim_id=claim_id))
    now = utc_now()
    context = ClaimContext(
        claim_id=claim_id,
        created_at=now,
        submission=submission,
        submission_sha256="0" * 64,
        evidence=facts_of(submission, now),
        **fields,
    )
    opening = Message(role="user", name="claimant", content="A claim.", metadata={"step": "submission"})
    saved = await store.save_session(context, [opening])
    return saved.context


async def leave(store: SessionStore, claim_id: str, kind: str, content: bytes) -> DocumentRecord:
    """Put a document into a claim's inbox and wake nobody."""
    document = DocumentRecord(
        type=kind,
        filename=f"{kind}.txt",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        received_at=utc_now(),
    )
    await store.inbox.put(claim_id, DocumentItem(document=document), content)
    return document


# --- what must hold ------------------------------------------------------------------------------


def check_history(messages: Sequence[dict[str, Any]], turns: Sequence[str]) -> None:
    """Every turn stands in the history once, in one piece; everything else that is said, once."""
    assert Counter(turns_of(list(messages))) == Counter(turns)
    steps = [message["metadata"]["step"] for message in messages]
    beginnings = [step for step, before in zip(steps, [None, *steps], strict=False) if step != before]
    repeated = {step for step, count in Counter(beginnings).items() if count > 1}
    assert not repeated
    told = Counter(step for step in steps if step not in turns)
    assert set(told.values()) == {1}, told


async def check_completed(host: Host, claim_id: str, documents: dict[str, bytes]) -> None:
    """The claim went through once, whole: turns, documents, artifacts, nothing left over.

    `documents` are the contents by type that the claim was brought, each as `<type>.txt`.
    """
    claim = await host.until(claim_id, lambda c: c["archived_at"] is not None)
    assert (claim["status"], claim["outcome"], claim["state"]) == ("completed", "approved", "handed_off")
    assert [report["step"] for report in claim["reports"]] == TURNS
    assert claim["usage"]["turns"] == len(TURNS)
    messages = await host.history(claim_id)
    assert len(messages) == claim["message_count"]
    check_history(messages, TURNS)

    session = host.data / "sessions" / claim_id
    assert {d["type"]: d["sha256"] for d in claim["documents"]} == {
        kind: hashlib.sha256(content).hexdigest() for kind, content in documents.items()
    }
    for kind, content in documents.items():
        assert (session / "documents" / kind / f"{kind}.txt").read_bytes() == content
    handoff = json.loads((session / "handoff.json").read_bytes())
    assert {document["type"] for document in handoff["documents"]} == documents.keys()
    # A crash may leave the bytes of a document that nobody was told is safe; they count for nothing.
    # The inbox is cleared once the end is committed, which may be seen in between.
    store = open_local_store(host.data)
    for _ in range(100):
        if not await store.inbox.list(claim_id):
            break
        await asyncio.sleep(0.05)
    assert await store.inbox.list(claim_id) == []
    committed = json.loads((session / "context.json").read_bytes())["history_bytes"]
    assert (session / "history.jsonl").stat().st_size == committed
