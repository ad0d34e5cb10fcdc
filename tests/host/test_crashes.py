"""Whatever dies, and whenever: nothing is lost, and nothing is done twice."""

import asyncio
import itertools
import json
import random
import shutil
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from orchestration.agents.runner import Agents
from orchestration.durable import activities
from orchestration.durable.workflow import RETRY, WAKE
from orchestration.phases.context import PhaseContext
from orchestration.phases.inbox_processing import apply_inbox
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from shared.clock import utc_now
from shared.models.claim import ClaimState, ClaimStatus, ClaimSummary
from shared.models.inbox import DecisionItem, NoteItem, Nudge, WithdrawalItem
from shared.models.requests import Decision, Note
from shared.session_store import SessionStore, open_local_store
from shared.session_store.local.backend import LocalBackend
from shared.session_store.opening import open_store
from shared.settings import Settings
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
from tests.host.running import ALONE, PATIENCE, REPOSITORY, Host, collision, eventually, host_on, turns_of
from tests.orchestration.app import app_with

PAPERS = {"repair_estimate": b"Repair estimate: 2,400.00", "police_report": b"Police report: as told."}
DECISION = {"decision": "approve", "officer_id": "jdoe", "rationale": "plausible"}
SUBMITTED, PAUSED, BROUGHT, DECIDED = "submitted", "paused", "a document was accepted", "decided"
MOMENTS = [
    SUBMITTED,
    "intake.policy_specialist",
    PAUSED,
    BROUGHT,
    "gathering.1.claims_history_analyst",
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
        async with engine_of_its_own() as address, MortalHost(data, "--engine", address, *ALONE) as host:
            yield host


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("engine", ["lost with the host", "alive in a process of its own"])
async def test_every_claim_goes_on_by_itself_wherever_the_host_was_killed(
    tmp_path: Path, engine: str
) -> None:
    data, chance = tmp_path / "data", random.Random(engine)  # noqa: S311 - chance, no secret
    async with mortal_host(data, engine) as host:
        async with asyncio.TaskGroup() as lives:
            for number, moment in enumerate(MOMENTS):
                claimant = Claimant(host, f"C-{number}")
                lives.create_task(claimant.live())
                await claimant.reach(moment, data)
                await asyncio.sleep(chance.uniform(0, 0.02))
                await host.die_and_come_back()
        for number in range(len(MOMENTS)):
            await check_completed(host.now, f"C-{number}", PAPERS)


async def test_a_host_told_to_stop_finishes_what_runs_and_the_next_one_goes_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with MortalHost(data, *ALONE) as host:
        await host.call("POST", "/claims", json=collision(claim_id="C-1"))
        await until_on_record(data, "C-1", "intake.intake_coordinator")
        assert await host.now.stop() == 0
        # Intake was running: it is finished, and what comes after it has not begun.
        left = json.loads((data / "sessions" / "C-1" / "context.json").read_bytes())
        assert (left["state"], left["status"]) == ("validation_complete", "paused")
        assert list(left["turns"]) == TURNS[:3]
    async with MortalHost(data, *ALONE) as host:
        life = Claimant(host, "C-1")
        await life.live()
        await check_completed(host.now, "C-1", PAPERS)


async def test_a_data_folder_belongs_to_one_host(host: Host) -> None:
    second = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "devhost", "--port", "0", "--data", str(host.data)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert second.stdout == ""
    assert f"process {host.process.pid}, {host.url}" in second.stderr
    assert len(second.stderr.splitlines()) == 1


# --- a process is cut off between two changes of storage --------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def phases() -> AsyncIterator[PhaseContext]:
    """What phases work with where the agents are offline."""
    app = app_with()
    yield app.phases()
    await app.store.close()


LATE = b"I saw it all, and had no time to write before."
VERSIONS = [b"Repair estimate, first.", b"Repair estimate, second.", b"Repair estimate, third."]


async def live_cut_off(root: Path, lives: Iterator[int], phases: PhaseContext) -> tuple[CutOff, Attendance]:
    """A claim's whole life in processes that make so many changes and die; checks what is left of it."""
    backend = LocalBackend(root)
    store = SessionStore(backend)
    attendance = Attendance(store, phases.agents)
    watched = Agents(phases.agents.roster, lambda: attendance)
    process = CutOff(backend, lives, replace(phases, agents=watched))

    await open_session(store, "C-1")
    await leave(store, "C-1", "repair_estimate", b"Repair estimate, preliminary.")
    await process.work("C-1")
    await check_at_rest(store, root, ClaimStatus.PAUSED)
    for version in VERSIONS:
        await leave(store, "C-1", "repair_estimate", version)
    await store.inbox.put("C-1", NoteItem(note=Note(type="claim_amount", content="It is 2,300 USD")))
    await leave(store, "C-1", "police_report", PAPERS["police_report"])
    await process.work("C-1")
    await check_at_rest(store, root, ClaimStatus.AWAITING_DECISION)
    decision = Decision(decision="approve", officer_id="jdoe", rationale="plausible")
    await store.inbox.put("C-1", DecisionItem(decision=decision))
    await process.work("C-1")
    await check_at_rest(store, root, ClaimStatus.COMPLETED)
    await leave(store, "C-1", "witness_statement", LATE)
    await process.work("C-1")
    await check_at_rest(store, root, ClaimStatus.COMPLETED)

    done = await store.load_session("C-1")
    assert done
    check_history([m.model_dump() for m in await store.history.read(done)], TURNS)
    assert set(done.context.turns) == set(TURNS)
    assert done.context.archived_at is not None
    assert done.context.notes == [Note(type="claim_amount", content="It is 2,300 USD")]
    assert await store.handoffs.read("C-1") is not None
    on_file = {document.type: document for document in done.context.documents}
    assert len(on_file) == len(done.context.documents) == 3
    assert await store.documents.read("C-1", on_file["repair_estimate"]) == VERSIONS[-1]
    assert await store.documents.read("C-1", on_file["police_report"]) == PAPERS["police_report"]
    assert await store.documents.read("C-1", on_file["witness_statement"]) == LATE
    kept = (root / "sessions/C-1/documents/repair_estimate/versions").iterdir()
    assert {path.read_bytes() for path in kept} == {b"Repair estimate, preliminary.", *VERSIONS[:-1]}
    assert attendance.on_record_already == []
    return process, attendance


async def check_at_rest(store: SessionStore, root: Path, status: ClaimStatus) -> None:
    session = await store.load_session("C-1")
    assert session
    assert session.context.status is status
    assert await store.inbox.list("C-1") == []
    summary = ClaimSummary.model_validate_json((root / "sessions/C-1/session.json").read_bytes())
    counters = {"revision", "message_count", "saved_at"}
    assert summary.model_dump(exclude=counters) == ClaimSummary.of(session.context).model_dump(
        exclude=counters
    )


async def test_a_crash_between_any_two_changes_costs_only_the_turns_that_were_running(
    tmp_path: Path, phases: PhaseContext
) -> None:
    deaths = 0
    while True:
        lives = itertools.chain([deaths], itertools.repeat(sys.maxsize))
        process, attendance = await live_cut_off(tmp_path / str(deaths), lives, phases)
        again = [step for step, times in attendance.turns.items() if times > 1]
        assert set(attendance.turns.values()) <= {1, 2}
        assert len(again) <= 1 or all(step.startswith("gathering.1.") for step in again)
        if process.deaths == 0:
            break
        deaths += 1
    assert deaths > 50


@pytest.mark.parametrize("changes", [2, 3, 5, 8])
async def test_a_process_that_dies_again_and_again_brings_its_claim_to_the_end(
    tmp_path: Path, phases: PhaseContext, changes: int
) -> None:
    process, _ = await live_cut_off(tmp_path, itertools.repeat(changes), phases)
    assert process.deaths > 5


async def test_what_was_taken_up_before_a_crash_is_not_taken_up_again(
    tmp_path: Path, phases: PhaseContext
) -> None:
    store = open_local_store(tmp_path)
    await open_session(store, "C-1", state=ClaimState.VALIDATION_COMPLETE)
    await leave(store, "C-1", "repair_estimate", PAPERS["repair_estimate"])
    await store.inbox.put("C-1", NoteItem(note=Note(type="claim_amount", content="It is 2,300 USD")))
    dying = await ClaimUnitOfWork.open(store, "C-1")
    assert dying
    await apply_inbox(dying, phases)
    await dying.flush()  # and then it dies, before it clears the inbox
    committed = await store.load_session("C-1")
    assert committed
    assert len(await store.inbox.list("C-1")) == 2

    next_one = await ClaimUnitOfWork.open(store, "C-1")
    assert next_one
    taken = await apply_inbox(next_one, phases)
    await next_one.flush()
    await store.inbox.clear("C-1", taken)
    assert await store.inbox.list("C-1") == []
    assert await store.load_session("C-1") == committed


async def test_a_failure_that_is_told_again_after_a_crash_is_on_record_once(
    tmp_path: Path, phases: PhaseContext
) -> None:
    store = open_local_store(tmp_path)
    await open_session(store, "C-1")
    await activities.fail(store, phases.settings, "C-1", "intake: TurnFailed")
    failed = await store.load_session("C-1")
    assert failed
    assert failed.context.status is ClaimStatus.FAILED
    await activities.fail(store, phases.settings, "C-1", "intake: TurnFailed")
    assert await store.load_session("C-1") == failed


# --- an event is lost, early, doubled, or for nothing -------------------------------------------------


def orchestration(host: Host, claim_id: str) -> str:
    root = host.url.removesuffix("/api")
    return f"{root}/runtime/webhooks/durabletask/instances/{claim_id}"


async def end_orchestration(host: Host, claim_id: str) -> None:
    """End it as somebody does by hand; from then on nothing but a sweep or an event tends the claim."""
    await host.http.post(f"{orchestration(host, claim_id)}/terminate", params={"reason": "by hand"})
    async with asyncio.timeout(PATIENCE):
        while True:
            status = await host.http.get(orchestration(host, claim_id))
            if status.json()["runtimeStatus"] == "Terminated":
                break
            await asyncio.sleep(0.02)


async def wake(host: Host, claim_id: str, times: int = 1) -> None:
    for _ in range(times):
        answer = await host.http.post(f"{orchestration(host, claim_id)}/raiseEvent/{WAKE}", json=None)
        assert answer.status_code in {202, 404, 410}, answer.text


async def test_a_session_whose_orchestration_never_started_is_revived_by_the_sweep(host: Host) -> None:
    store = open_local_store(host.data)
    await open_session(store, "UNSTARTED")
    await host.admin("sweep")
    paused = await host.until("UNSTARTED", {"paused"})
    assert turns_of(await host.history("UNSTARTED")) == TURNS[:3]
    assert paused["missing_documents"] == ["repair_estimate", "police_report"]


async def test_what_arrived_while_the_event_was_lost_is_taken_up_by_the_sweep(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    store = open_local_store(host.data)
    for kind, content in PAPERS.items():
        await leave(store, claim_id, kind, content)
    await host.admin("sweep")
    await host.until(claim_id, {"awaiting_decision"})
    decision = Decision(decision="approve", officer_id="jdoe", rationale="plausible")
    await store.inbox.put(claim_id, DecisionItem(decision=decision))
    await host.admin("sweep")
    await check_completed(host, claim_id, PAPERS)


async def test_in_a_storage_account_what_woke_nobody_is_taken_up_by_the_first_sweep_of_a_day(
    storage_account: str, tmp_path: Path
) -> None:
    account = {"SessionStorage": storage_account, "SESSION_CONTAINER": "unheard-sessions"}
    async with host_on(tmp_path / "data", *ALONE, SESSION_SWEEP_SCHEDULE="0 0 0 1 1 *", **account) as host:
        claim_id = await host.submit(collision())
        await host.until(claim_id, {"paused"})
        note = host.data / ".host" / "timers" / "sweep.json"
        await eventually(note.exists)
        status = json.loads(note.read_text("utf-8"))
        await end_orchestration(host, claim_id)  # it may be about to look at the inbox once more
        store = open_store(Settings.load({"AGENT_MODEL": "offline", **account}))
        await store.inbox.put(claim_id, WithdrawalItem(reason="settled"))

        await host.admin("sweep")
        await eventually(lambda: json.loads(note.read_text("utf-8"))["last"] > status["last"])
        assert await store.inbox.list(claim_id)

        yesterday = (utc_now() - timedelta(days=1)).isoformat()
        note.write_text(json.dumps(status | {"last": yesterday}), "utf-8")
        await host.admin("sweep")
        await host.until(claim_id, {"withdrawn"})
        await store.close()


async def test_a_failed_claim_whose_continue_woke_nobody_is_taken_up_by_the_sweep(host: Host) -> None:
    store = open_local_store(host.data)
    await open_session(store, "UNHEARD", status=ClaimStatus.FAILED, termination_reason="intake: TurnFailed")
    await store.inbox.put("UNHEARD", Nudge())
    await host.admin("sweep")
    paused = await host.until("UNHEARD", {"paused"})
    assert paused["termination_reason"] is None


async def test_what_was_accepted_while_a_claim_ended_is_kept_on_file_and_changes_nothing_else(
    host: Host,
) -> None:
    store = open_local_store(host.data)
    done = {"state": ClaimState.HANDED_OFF, "status": ClaimStatus.COMPLETED, "completed_at": utc_now()}
    before = await open_session(store, "ENDED", **done, archived_at=utc_now())
    late = await leave(store, "ENDED", "police_report", PAPERS["police_report"])
    await store.inbox.put("ENDED", NoteItem(note=Note(type="claim_amount", content="It is 9,999 USD")))
    await store.inbox.put("ENDED", WithdrawalItem(reason="settled"))
    decision = Decision(
        decision="deny", officer_id="jdoe", rationale="too late", denial_reason="It was late."
    )
    await store.inbox.put("ENDED", DecisionItem(decision=decision))
    await host.admin("sweep")
    claim = await host.until("ENDED", lambda claim: claim["message_count"] == 5)
    assert (claim["status"], claim["decision"]) == ("completed", None)
    assert claim["facts"] == before.facts.model_dump(mode="json")
    assert [document["sha256"] for document in claim["documents"]] == [late.sha256]


async def test_one_claim_that_cannot_be_read_keeps_no_other_from_being_revived(
    host: Host, tmp_path: Path
) -> None:
    store = open_local_store(host.data)
    paused = {"status": ClaimStatus.PAUSED, "state": ClaimState.VALIDATION_COMPLETE}
    await open_session(open_local_store(tmp_path), "BROKEN", **paused, expires_at=utc_now())
    (tmp_path / "sessions" / "BROKEN" / "context.json").write_bytes(b"{")
    shutil.move(tmp_path / "sessions" / "BROKEN", host.data / "sessions" / "BROKEN")
    await open_session(store, "INTACT", **paused)
    for kind, content in PAPERS.items():
        await leave(store, "INTACT", kind, content)
    try:
        await host.admin("sweep")
        await host.until("INTACT", {"awaiting_decision"})
    finally:
        shutil.rmtree(host.data / "sessions" / "BROKEN")


async def test_wake_ups_for_nothing_leave_the_claim_as_it_is(host: Host) -> None:
    claim_id = await host.submit(collision())
    before = await host.until(claim_id, {"paused"})
    await wake(host, claim_id, times=5)
    note = {"type": "police_report", "content": "It will come."}
    await host.http.post(f"/claims/{claim_id}/continue", json={"notes": [note]})
    after = await host.until(claim_id, lambda claim: claim["message_count"] > before["message_count"])
    # The note is the one thing that happened.
    assert after["message_count"] == before["message_count"] + 1
    assert after["revision"] == before["revision"] + 1


async def test_wake_ups_at_every_moment_do_nothing_twice(host: Host) -> None:
    async def keep_waking() -> None:
        while True:
            await wake(host, "RESTLESS")

    restless = asyncio.create_task(keep_waking())
    try:
        await host.submit(collision(claim_id="RESTLESS"))
        await host.until("RESTLESS", {"paused"})
        store = open_local_store(host.data)
        for kind, content in PAPERS.items():
            await leave(store, "RESTLESS", kind, content)
        await host.until("RESTLESS", {"awaiting_decision"})
        assert (await host.decide("RESTLESS")).status_code == 202
        await check_completed(host, "RESTLESS", PAPERS)
    finally:
        restless.cancel()
        await asyncio.wait([restless])


async def test_a_claim_whose_orchestration_was_ended_by_hand_goes_on_with_what_comes_next(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    await end_orchestration(host, claim_id)

    async def bring(kind: str) -> None:
        store = open_local_store(host.data)
        await leave(store, claim_id, kind, PAPERS[kind])
        answer = await host.http.post(f"/claims/{claim_id}/continue", json={})
        assert answer.status_code == 202, answer.text

    await asyncio.gather(*(bring(kind) for kind in [*PAPERS] * 8))
    await host.until(claim_id, {"awaiting_decision"})
    assert (await host.decide(claim_id)).status_code == 202
    await check_completed(host, claim_id, PAPERS)


# --- an agent fails for good ---------------------------------------------------------------------


@asynccontextmanager
async def refusing_model() -> AsyncGenerator[tuple[str, list[str]]]:
    """A model service that knows no key; its URL, and what it was asked for."""
    asked: list[str] = []

    async def refuse(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({"error": {"message": "no such key", "code": "invalid_api_key"}}, status=401)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}/v1", asked
    finally:
        await runner.cleanup()


async def test_a_claim_whose_agents_fail_says_why_and_goes_on_from_its_last_step(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with host_on(data, *ALONE) as host:
        await host.submit(collision(claim_id="C-1"))
        await host.until("C-1", {"paused"})
    async with refusing_model() as (url, asked):
        model = {
            "AGENT_MODEL": "openai",
            "OPENAI_BASE_URL": url,
            "OPENAI_API_KEY": "revoked",
            "OPENAI_CHAT_MODEL_ID": "any",
        }
        with hasty_engine() as engine:
            async with host_on(data, *ALONE, "--engine", engine, **model) as host:
                await host.admin("sweep")
                store = open_local_store(data)
                for kind, content in PAPERS.items():
                    await leave(store, "C-1", kind, content)
                await host.http.post("/claims/C-1/continue", json={})
                failed = await host.until("C-1", {"failed"})
                assert "gathering: TurnFailed" in failed["termination_reason"]
                assert "status 401" in failed["termination_reason"]
                assert 0 < len(asked) < RETRY.max_number_of_attempts  # a key that is refused stays refused
                assert [report["step"] for report in failed["reports"]] == TURNS[:3]
                assert "Failed: gathering" in (await host.history("C-1"))[-1]["content"]
    async with host_on(data, *ALONE) as host:
        assert (await host.claim("C-1"))["status"] == "failed"
        assert (await host.http.post("/claims/C-1/continue", json={})).status_code == 202
        resumed = await host.until("C-1", {"awaiting_decision"})
        assert resumed["termination_reason"] is None
        await host.decide("C-1")
        await check_completed(host, "C-1", PAPERS)
