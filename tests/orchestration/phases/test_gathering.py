"""Adaptive gathering: who is heard, when another round is worth it, and when it ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, override

import pytest
from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings
from semantic_kernel.contents import AuthorRole, ChatHistory, ChatMessageContent

from orchestration.agents.briefing import read_prompt
from orchestration.agents.kernel import KernelEngine
from orchestration.agents.model_services import ModelServices
from orchestration.agents.prices import PriceTable
from orchestration.agents.runner import Agents
from orchestration.phases.context import PhaseContext
from orchestration.phases.gathering import run_gathering
from orchestration.phases.rounds import plan_round
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from orchestration.rules.decision import Circumstances, assess
from orchestration.rules.routing import NextStep, next_step
from shared.models.claim import (
    Assessment,
    ClaimContext,
    ClaimState,
    ClaimStatus,
    DocumentRecord,
    GatheringRound,
    TurnRecord,
)
from shared.models.facts import ClaimFacts, Facts
from shared.models.requests import Submission
from shared.session_store import SessionStore, open_local_store
from shared.session_store.backend import Append, CommitLog, Containers
from shared.session_store.local.backend import LocalBackend
from shared.session_store.local.commits import LocalCommits
from shared.session_store.local.directory import Directory
from shared.session_store.local.objects import LocalObjects
from shared.settings import Settings
from tests.orchestration.agents.claims import TODAY, a_policy, facts_of
from triggers.http.views import missing_view

OFFLINE = Settings.load({"AGENT_MODEL": "offline", "SessionStorage__path": ":memory:"})
SETTINGS = OFFLINE.model_copy(update={"agent_model": "openai"})
ALWAYS = ["policy_specialist", "claims_history_analyst", "fraud_analyst"]
QUIET = {"summary": "Nothing."}
READ = TurnRecord(
    step="intake.intake_coordinator", role="intake_coordinator", report=QUIET, finished_at=TODAY
)
RISKY = {"summary": "A sign.", "risk_indicators": ["document_mismatch"]}


class Cast(ChatCompletionClientBase):
    """A model that says, role by role, what the test wrote for it; the last line again when it runs out."""

    SUPPORTS_FUNCTION_CALLING: ClassVar[bool] = False
    lines: dict[str, list[dict[str, Any]]]
    asked: dict[str, list[str | None]]
    held: dict[str, asyncio.Event]
    """What a role waits for before it says anything."""

    @override
    async def _inner_get_chat_message_contents(
        self, chat_history: ChatHistory, settings: PromptExecutionSettings
    ) -> list[ChatMessageContent]:
        system, user, *_ = chat_history.messages
        role = str(system.name)
        self.asked.setdefault(role, []).append(read_prompt(user.content).question)
        if role in self.held:
            await self.held[role].wait()
        script = self.lines.get(role, [QUIET])
        line = script[min(len(self.asked[role]), len(script)) - 1]
        return [ChatMessageContent(role=AuthorRole.ASSISTANT, content=json.dumps(line))]


class CastServices(ModelServices):
    """Services whose only model is the cast, bounded as one that is reached by the network."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(SETTINGS, PriceTable({}))
        self._cast = cast

    @override
    def chat_service(self, model: str | None = None) -> Cast:
        return self._cast


@pytest.fixture
def cast() -> Cast:
    return Cast(ai_model_id="cast", service_id="cast", lines={}, asked={}, held={})


@pytest.fixture
def played(cast: Cast, phases: PhaseContext) -> PhaseContext:
    """What phases work with where the cast plays the agents."""
    roster = phases.agents.roster
    engine = KernelEngine(roster, phases.reference, CastServices(cast))
    return replace(phases, settings=SETTINGS, agents=Agents(roster, lambda: engine))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SessionStore]:
    opened = open_local_store(tmp_path)
    yield opened
    await opened.close()


class AwayForAMoment(LocalBackend):
    """Fails at the commit of the session's `revision`, once."""

    def __init__(self, root: Path, revision: int) -> None:
        super().__init__(root)
        directory = Directory(root, Containers())
        commits = CommitsAwayForAMoment(directory, LocalObjects(directory), revision)
        self.commits: CommitLog = commits
        self.came_back = commits.came_back


class CommitsAwayForAMoment(LocalCommits):
    def __init__(self, directory: Directory, objects: LocalObjects, revision: int) -> None:
        super().__init__(directory, objects)
        self.came_back = asyncio.Event()
        self._commits_left = revision

    @override
    async def commit(
        self, claim_id: str, *, expected: str | None, appends: Sequence[Append], context: bytes
    ) -> str:
        self._commits_left -= 1
        if self._commits_left == 0:
            self.came_back.set()
            raise OSError("away")
        return await super().commit(claim_id, expected=expected, appends=appends, context=context)


async def a_claim(store: SessionStore, **changes: Any) -> ClaimUnitOfWork:
    """A collision whose papers are there, at the end of intake."""
    estimate = DocumentRecord(
        type="repair_estimate", filename="estimate.pdf", reference="dms://1", received_at=TODAY
    )
    values: dict[str, Any] = {
        "claim_id": "CLM-1",
        "created_at": TODAY,
        "state": ClaimState.VALIDATION_COMPLETE,
        "submission": Submission(claim_id="CLM-1"),
        "submission_sha256": "0" * 64,
        "evidence": ClaimFacts.given(facts_of(a_policy(), vendors=[]), at=TODAY),
        "documents": [estimate],
        "turns": {READ.step: READ},
    }
    return ClaimUnitOfWork(store, await store.save_session(ClaimContext(**values | changes)))


def asks(role: str, question: str) -> dict[str, Any]:
    return {"summary": "One thing is open.", "questions": [{"role": role, "question": question}]}


def assessed(claim: ClaimUnitOfWork, phases: PhaseContext) -> Assessment:
    return assess(
        claim.context,
        phases.reference,
        phases.requirements,
        Circumstances(),
        mode="assisted",
        auto_approve_limit=Decimal(10**6),
    )


async def test_reports_without_anything_open_end_gathering_after_one_round(
    played: PhaseContext, cast: Cast, store: SessionStore
) -> None:
    claim = await a_claim(store)
    await run_gathering(claim, played)
    assert sorted(cast.asked) == sorted(ALWAYS)
    assert (len(claim.context.rounds), claim.context.gathering_ended) == (1, "nothing_new")
    assert claim.context.state is ClaimState.DATA_GATHERING_COMPLETE


async def test_the_coordinator_costs_no_commit_where_nothing_is_open(
    played: PhaseContext, cast: Cast, store: SessionStore
) -> None:
    claim = await a_claim(store)
    before = claim.context.revision
    await run_gathering(claim, played)
    assert claim.context.revision == before + 1  # the round together with the gate


async def test_agents_that_work_by_rules_are_not_coordinated(
    played: PhaseContext, cast: Cast, store: SessionStore
) -> None:
    cast.lines = {"fraud_analyst": [RISKY]}
    claim = await a_claim(store)
    await run_gathering(claim, replace(played, settings=OFFLINE))
    assert sorted(cast.asked) == sorted(ALWAYS)
    assert claim.context.gathering_ended == "nothing_new"


async def test_a_named_question_is_put_to_the_named_specialist_alone(
    played: PhaseContext, cast: Cast, store: SessionStore
) -> None:
    cast.lines = {
        "fraud_analyst": [RISKY],
        "coordinator": [asks("claims_history_analyst", "Was this loss claimed before?"), QUIET],
        "claims_history_analyst": [QUIET, RISKY | {"findings": [{"statement": "Yes.", "evidence": "x"}]}],
    }
    claim = await a_claim(store)
    await run_gathering(claim, played)
    assert cast.asked["claims_history_analyst"] == [None, "Was this loss claimed before?"]
    assert (len(cast.asked["fraud_analyst"]), len(cast.asked["policy_specialist"])) == (1, 1)
    assert [current.roles for current in claim.context.rounds] == [ALWAYS, ["claims_history_analyst"]]
    assert claim.context.gathering_ended == "nothing_new"


async def test_a_question_that_was_asked_before_is_not_put_again(
    played: PhaseContext, cast: Cast, store: SessionStore
) -> None:
    cast.lines = {"fraud_analyst": [RISKY], "coordinator": [asks("fraud_analyst", "Why?")]}
    claim = await a_claim(store)
    await run_gathering(claim, played)
    assert cast.asked["fraud_analyst"] == [None, "Why?"]
    assert claim.context.gathering_ended == "nothing_new"


@pytest.mark.parametrize("stranger", ["claims_officer", "coordinator", "nobody", ""])
async def test_only_specialists_can_be_asked(
    played: PhaseContext, cast: Cast, stranger: str, store: SessionStore
) -> None:
    cast.lines = {"fraud_analyst": [RISKY], "coordinator": [asks(stranger, "Approve it?")]}
    claim = await a_claim(store)
    await run_gathering(claim, played)
    assert len(claim.context.rounds) == 1


async def test_rounds_that_bring_nothing_new_end_at_the_stall_threshold_with_an_officer(
    played: PhaseContext, phases: PhaseContext, cast: Cast, store: SessionStore
) -> None:
    cast.lines = {
        "fraud_analyst": [RISKY],
        "coordinator": [asks("fraud_analyst", f"And number {number}?") for number in range(20)],
    }
    claim = await a_claim(store)
    await run_gathering(claim, replace(played, settings=SETTINGS.model_copy(update={"stall_threshold": 2})))
    assert (len(claim.context.rounds), claim.context.gathering_ended) == (3, "stalled")
    assert "gathering stopped with questions open" in assessed(claim, phases).route_reasons
    session = await store.load_session(claim.claim_id)
    assert session
    history = await store.history.read(session)
    assert any("brought nothing new" in message.content for message in history)


async def test_the_round_limit_ends_gathering_with_what_is_there_and_an_officer(
    played: PhaseContext, phases: PhaseContext, cast: Cast, store: SessionStore
) -> None:
    def finds(number: int) -> dict[str, Any]:
        return RISKY | {"findings": [{"statement": f"News {number}", "evidence": "x"}]}

    cast.lines = {
        "fraud_analyst": [finds(number) for number in range(20)],
        "coordinator": [asks("fraud_analyst", f"And number {number}?") for number in range(20)],
    }
    claim = await a_claim(store)
    await run_gathering(claim, replace(played, settings=SETTINGS.model_copy(update={"max_rounds": 4})))
    assert (len(claim.context.rounds), claim.context.gathering_ended) == (4, "round_limit")
    assert claim.context.state is ClaimState.DATA_GATHERING_COMPLETE
    assert assessed(claim, phases).route == "officer"


async def test_a_crash_after_the_specialists_asks_only_the_coordinator_again(
    played: PhaseContext, cast: Cast, store: SessionStore
) -> None:
    done = {
        f"gathering.1.{role}": TurnRecord(
            step=f"gathering.1.{role}", role=role, report=RISKY, finished_at=TODAY
        )
        for role in ALWAYS
    }
    first = GatheringRound(number=1, roles=ALWAYS, documents=["repair_estimate/estimate.pdf dms://1"])
    claim = await a_claim(store, state=ClaimState.ADAPTIVE_GATHERING, turns=done, rounds=[first])
    await run_gathering(claim, played)
    assert dict(cast.asked) == {"coordinator": [None]}


async def test_a_turn_that_storage_did_not_take_at_once_rides_with_the_next_and_counts_once(
    played: PhaseContext, cast: Cast, tmp_path: Path
) -> None:
    backend = AwayForAMoment(tmp_path, revision=2)
    cast.held = dict.fromkeys(ALWAYS[1:], backend.came_back)
    store = SessionStore(backend)
    claim = await a_claim(store)
    with pytest.raises(OSError, match="away"):
        await run_gathering(claim, played)
    await claim.flush()

    session = await store.load_session(claim.claim_id)
    assert session
    turns = [turn for step, turn in session.context.turns.items() if step != READ.step]
    assert sorted(turn.role for turn in turns) == sorted(ALWAYS)
    said = [message.model_dump_json() for message in await store.history.read(session)]
    assert len(said) == len(set(said))
    assert session.context.usage.turns == len(turns)

    again = await ClaimUnitOfWork.open(store, claim.claim_id)
    assert again
    await run_gathering(again, played)
    assert {role: len(questions) for role, questions in cast.asked.items()} == dict.fromkeys(ALWAYS, 1)
    await store.close()


# --- documents that specialists ask for ------------------------------------------------------------


WANTED = {
    "summary": "I need more.",
    "requested_documents": [
        {"type": "incident_photos", "reason": "The dent\nis on the other side."},
        {"type": "moon_rock", "reason": "No such type."},
    ],
}


async def test_a_specialist_may_ask_for_a_document_and_the_claimant_is_told_why(
    played: PhaseContext, phases: PhaseContext, cast: Cast, store: SessionStore
) -> None:
    cast.lines = {"fraud_analyst": [WANTED, QUIET]}
    claim = await a_claim(store)
    await run_gathering(claim, played)
    context = claim.context
    assert (context.status, context.missing_documents) == (ClaimStatus.PAUSED, ["incident_photos"])
    (missing,) = missing_view(context, phases.requirements).missing_documents
    assert (missing.type, missing.requested_by) == ("incident_photos", "fraud_analyst")
    assert missing.reason == "The dent is on the other side."


async def test_what_was_asked_for_is_read_in_another_round_once_it_came(
    played: PhaseContext, phases: PhaseContext, cast: Cast, store: SessionStore
) -> None:
    cast.lines = {"fraud_analyst": [WANTED, QUIET]}
    claim = await a_claim(store)
    await run_gathering(claim, played)
    photos = DocumentRecord(type="incident_photos", filename="a.jpg", reference="dms://2", received_at=TODAY)
    documents = [*claim.context.documents, photos]
    missing, _ = phases.requirements.check(claim.context.model_copy(update={"documents": documents}))
    assert missing == []
    await claim.commit(documents=documents, missing_documents=missing, status=ClaimStatus.PROCESSING)
    assert next_step(claim.context, human_in_loop=True) is NextStep.GATHERING
    await run_gathering(claim, played)
    assert claim.context.rounds[-1].roles == ["fraud_analyst"]
    assert next_step(claim.context, human_in_loop=True) is NextStep.ASSESSMENT


async def test_a_document_that_a_rule_requires_anyway_shows_no_reason_of_a_specialist(
    phases: PhaseContext,
    store: SessionStore,
) -> None:
    claim = await a_claim(store, documents=[], missing_documents=["repair_estimate"])
    (missing,) = missing_view(claim.context, phases.requirements).missing_documents
    assert set(missing.model_dump()) == {"type", "description", "how_to_ask"}


# --- who is heard ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "further"),
    [
        (Facts(), []),
        (Facts(injuries=True), ["medical_specialist"]),
        (Facts(claim_type="medical"), ["medical_specialist"]),
        (Facts(vendors=["Riverside Auto Body"]), ["vendor_specialist"]),
    ],
)
async def test_the_first_round_hears_the_specialists_that_the_facts_call_for(
    phases: PhaseContext, facts: Facts, further: list[str], store: SessionStore
) -> None:
    claim = await a_claim(store, evidence=ClaimFacts.given(facts, at=TODAY))
    planned = plan_round(claim.context, phases.agents.roster, 15, 3)
    assert isinstance(planned, GatheringRound)
    assert planned.roles == ALWAYS + further


async def test_a_claim_that_had_its_intake_elsewhere_is_read_first(
    phases: PhaseContext, store: SessionStore
) -> None:
    claim = await a_claim(store, turns={})
    planned = plan_round(claim.context, phases.agents.roster, 15, 3)
    assert isinstance(planned, GatheringRound)
    assert planned.roles == ["intake_coordinator", *ALWAYS]


async def test_a_limit_of_one_round_leaves_a_late_document_to_the_officer(
    phases: PhaseContext, store: SessionStore
) -> None:
    claim = await a_claim(store, rounds=[GatheringRound(number=1, roles=ALWAYS, documents=[])])
    assert plan_round(claim.context, phases.agents.roster, 1, 3) == "round_limit"
