"""Whole claims in one process, worked by a scripted model behind the real connectors."""

import asyncio
import json
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, override

import azure.functions as func
import pytest
from semantic_kernel.contents import ChatHistory

from orchestration.durable.activities import PhaseFailed
from orchestration.phases.handoff import NO_BRIEF
from orchestration.rules.routing import NextStep
from shared.models.claim import ClaimContext, ClaimState, ClaimStatus, Message, Outcome
from shared.session_store import Session, SessionStore
from shared.session_store.local.backend import TemporaryBackend
from shared.telemetry.log import EVENT
from tests.orchestration.agents.claims import a_policy
from tests.orchestration.agents.model_server import (
    Answer,
    Calls,
    Dialect,
    ModelServer,
    Refuses,
    Request,
    Says,
    Script,
    Slow,
)
from tests.orchestration.conftest import PROVIDERS, Use
from tests.orchestration.life import Life
from triggers.http.responses import links
from triggers.http.views import claim_view

pytestmark = pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince211")

POLICY = a_policy()
LETTER = f"""\
Policy number: {POLICY.policy_number}
Vehicle: {POLICY.insured_object}

On November 10, 2026 a van ran into my car from behind at Main Street, Columbus, Ohio.
Nobody was hurt and no police came.
The repair costs USD 900.00, and that is the amount that I claim.

{POLICY.holder_name}, dana@example.com
"""
FACTS: dict[str, Any] = {
    "claim_type": "auto_collision",
    "policy_number": POLICY.policy_number,
    "incident_date": "2026-11-10",
    "incident_location": "Main Street, Columbus, Ohio",
    "incident_description": "A van ran into the car from behind.",
    "claim_amount": 900,
    "currency": "USD",
    "claimant_name": POLICY.holder_name,
    "email": "dana@example.com",
    "injuries": False,
    "police_involved": False,
}
QUOTES = [
    {"fact": "claim_type", "words": "a van ran into my car from behind"},
    {"fact": "incident_date", "words": "On November 10, 2026"},
    {"fact": "incident_description", "words": "a van ran into my car from behind"},
    {"fact": "injuries", "words": "Nobody was hurt"},
    {"fact": "police_involved", "words": "no police came"},
]
ESTIMATED = f"""\
RIVERSIDE AUTO BODY
2280 Wharf Road, Columbus, OH 43215

REPAIR ESTIMATE

Customer: {POLICY.holder_name}
Vehicle: {POLICY.insured_object}

Rear bumper                                       520.00
Paint and labor                                   380.00

TOTAL USD 900.00

Issued November 12, 2026, valid for 30 days.
"""
ESTIMATE = {"repair_estimate.txt": ("repair_estimate", ESTIMATED)}
INTAKE = ["intake_coordinator", "policy_specialist", "document_validator"]
GATHERING = ["policy_specialist", "claims_history_analyst", "fraud_analyst"]
ASSESSMENT = ["assessment_agent", "claims_officer"]


def role_of(request: Request) -> str:
    found = re.search(r"as its (\w+) and", request.messages[1]["content"])
    assert found
    return found[1]


def worked_by(request: Request) -> Answer:
    """A model that calls each tool that needs no arguments, then hands in a short report."""
    role = role_of(request)
    simple = {
        "claim-read_claim",
        "claim-list_documents",
        "claim-check_requirements",
        "assessment-read_reports",
    }
    calls = [(name, dict[str, Any]()) for name in request.tools if name in simple]
    if calls and not request.results:
        return Calls(calls)
    report: dict[str, Any] = {"summary": f"Seen by {role}.", "findings": []}
    if role == "intake_coordinator":
        report |= {"facts": FACTS, "quotes": QUOTES}
    if role == "assessment_agent":
        report |= {"brief": "A plain collision.", "recommendation": "approve", "confidence": 0.9}
    if role == "handoff_agent":
        report["next_steps"] = ["Pay", "File"]
    return Says(report)


def refused(*roles: str, by: Refuses) -> Script:
    """A model that works for all but these roles."""
    return lambda request: by if role_of(request) in roles else worked_by(request)


def roles_asked(server: ModelServer) -> list[str]:
    """Who asked, once for each turn that was begun."""
    return [role_of(request) for request in server.requests if not request.results]


@pytest.fixture
def own_letter(use: Use, server: ModelServer) -> ModelServer:
    use("openai", DECISION_MODE="assisted")
    server.script = worked_by
    return server


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_claim_is_worked_from_the_letter_to_the_handoff(
    life: Life, provider: Dialect, use: Use, server: ModelServer
) -> None:
    use(provider, DECISION_MODE="human")
    server.script = worked_by
    claim_id = await life.submit(LETTER, "text/plain")
    paused = await life.live(claim_id)
    assert (paused.status, paused.missing_documents) == (ClaimStatus.PAUSED, ["repair_estimate"])
    assert roles_asked(server) == INTAKE

    await life.send(claim_id, ESTIMATE)
    ready = await life.live(claim_id)
    assert ready.status is ClaimStatus.AWAITING_DECISION
    assert roles_asked(server)[3:6] == GATHERING or set(roles_asked(server)[3:6]) == set(GATHERING)

    await life.decide(claim_id)
    done = await life.live(claim_id)
    assert (done.status, done.outcome) == (ClaimStatus.COMPLETED, Outcome.APPROVED)
    handoff = await life.store.handoffs.read(claim_id)
    assert handoff
    assert (handoff["brief"], handoff["next_steps"]) == ("A plain collision.", ["Pay", "File"])
    assert len(done.turns) == 9
    assert len(server.requests) == done.usage.model_calls


async def test_what_the_claim_cost_is_on_record_by_turn_and_by_claim_and_shown(
    life: Life, own_letter: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "orchestration.phases.turns")
    claim_id = await life.submit(LETTER, "text/plain")
    context = await life.live(claim_id)
    by_turn = [turn.usage for turn in context.turns.values()]
    assert all(usage and usage.prompt_tokens and usage.completion_tokens for usage in by_turn)
    assert context.usage.tokens == own_letter.tokens_given == sum(usage.tokens for usage in by_turn if usage)
    shown = claim_view(
        context,
        context.status,
        life.services.roles,
        life.services.requirements,
        links(func.HttpRequest("GET", "/api/claims", body=b""), claim_id),
    ).usage
    assert shown.turns == 3
    assert shown.model_calls == len(own_letter.requests)
    assert shown.cost is not None
    assert 0 < shown.cost < 1
    assert shown.duration_seconds > 0
    logged = [json.loads(r.getMessage().removeprefix(EVENT)) for r in caplog.records]
    told = [event["prompt_tokens"] for event in logged if event["event"] == "turn"]
    assert told == [usage.prompt_tokens for usage in by_turn if usage]
    assert POLICY.holder_name not in caplog.text


async def test_a_complete_and_confirmed_claim_may_be_approved_by_rule(
    life: Life, own_letter: ModelServer
) -> None:
    claim_id = await life.submit(LETTER, "text/plain")
    await life.live(claim_id)
    await life.send(claim_id, ESTIMATE)
    done = await life.live(claim_id)
    assert done.assessment
    assert (done.assessment.route_reasons, done.outcome) == ([], Outcome.APPROVED)


def lying(**lies: Any) -> Script:
    """A model that reads the letter as it is, but for these facts."""

    def answer(request: Request) -> Answer:
        if role_of(request) == "intake_coordinator" and request.results:
            return Says({"summary": "x", "facts": FACTS | lies, "quotes": QUOTES})
        return worked_by(request)

    return answer


@pytest.mark.parametrize(
    "lie",
    [
        {"claim_amount": 10},
        {"incident_date": "2026-11-12"},
        {"claim_type": "auto_comprehensive"},
        {"currency": "EUR"},
    ],
    ids=lambda lie: next(iter(lie)),
)
async def test_what_only_a_model_read_carries_no_approval_by_rule(
    life: Life, own_letter: ModelServer, lie: dict[str, Any]
) -> None:
    own_letter.script = lying(**lie)
    claim_id = await life.submit(LETTER, "text/plain")
    await life.send(claim_id, ESTIMATE | {"photo.txt": ("incident_photos", "Photo 1")})
    context = await life.live(claim_id)
    assert context.status is ClaimStatus.AWAITING_DECISION
    assert context.assessment
    reasons = " ".join(context.assessment.route_reasons)
    assert f"not confirmed by rules: {next(iter(lie))}" in reasons or "not sure" in reasons


@pytest.mark.parametrize(
    "lie",
    [
        {"claim_amount": 77123},
        {"claim_amount": None},
        {"policy_number": "AUT-204611"},
        {"claimant_name": "Somebody Else"},
        {"claim_type": "other"},
        {"injuries": None, "vendors": ["Nobody & Sons"]},
    ],
    ids=lambda lie: next(iter(lie)),
)
async def test_what_stands_nowhere_is_no_fact_and_what_rules_read_fills_the_gap(
    life: Life, own_letter: ModelServer, lie: dict[str, Any]
) -> None:
    own_letter.script = lying(**lie)
    facts = (await life.live(await life.submit(LETTER, "text/plain"))).facts
    assert (facts.claim_amount, facts.policy_number) == (Decimal(900), POLICY.policy_number)
    assert (facts.claimant_name, facts.claim_type) == (POLICY.holder_name, "auto_collision")
    assert (facts.injuries, facts.vendors) == (False, [])


async def test_a_no_of_a_model_waives_nothing_where_rules_read_a_yes(
    life: Life, own_letter: ModelServer
) -> None:
    own_letter.script = lying(injuries=False, police_involved=False)
    letter = LETTER.replace(
        "Nobody was hurt and no police came.", "I broke my arm. The police took a report."
    )
    context = await life.live(await life.submit(letter, "text/plain"))
    assert {"medical_records", "police_report"} <= set(context.missing_documents)


async def test_sixteen_claims_at_a_time_share_one_client_and_its_few_connections(
    life: Life, use: Use, server: ModelServer
) -> None:
    use("openai", MODEL_CONCURRENCY="4")
    server.script = lambda request: Slow(0.02, worked_by(request))
    letters = [LETTER.replace("Main Street", f"{number} Main Street") for number in range(16)]
    claims = await asyncio.gather(*(life.submit(letter, "text/plain") for letter in letters))

    contexts = await asyncio.gather(*(life.live(claim_id) for claim_id in claims))

    assert {context.status for context in contexts} == {ClaimStatus.PAUSED}
    assert len(server.requests) == sum(context.usage.model_calls for context in contexts)
    assert server.at_once == 4
    assert len(server.connections) <= 4


# --- failures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_refused_key_fails_the_claim_at_once_and_continue_goes_on_behind_the_last_turn(
    life: Life, own_letter: ModelServer, status: int
) -> None:
    own_letter.script = refused("policy_specialist", by=Refuses(status))
    claim_id = await life.submit(LETTER, "text/plain")
    failed = await life.live(claim_id)
    assert failed.status is ClaimStatus.FAILED
    assert failed.termination_reason
    assert f"status {status}" in failed.termination_reason
    assert roles_asked(own_letter) == ["intake_coordinator", "policy_specialist"]

    own_letter.requests.clear()
    own_letter.script = worked_by
    await life.nudge(claim_id)
    assert (await life.live(claim_id)).status is ClaimStatus.PAUSED
    assert roles_asked(own_letter) == ["policy_specialist", "document_validator"]


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (Refuses(400, "content_filter"), "content filter"),
        (Refuses(400, "context_length_exceeded"), "too long for the model"),
    ],
)
async def test_what_another_try_would_not_mend_fails_the_claim_with_the_reason(
    life: Life, own_letter: ModelServer, refusal: Refuses, reason: str
) -> None:
    own_letter.script = refused("document_validator", by=refusal)
    failed = await life.live(await life.submit(LETTER, "text/plain"))
    assert failed.status is ClaimStatus.FAILED
    assert reason in (failed.termination_reason or "")


async def test_a_fault_of_the_service_is_left_to_the_engine_and_no_finished_turn_is_repeated(
    life: Life, use: Use, server: ModelServer
) -> None:
    use("openai", MODEL_RETRIES="0")
    server.script = refused("document_validator", by=Refuses(500))
    claim_id = await life.submit(LETTER, "text/plain")
    with pytest.raises(PhaseFailed, match="status 500"):
        await life.live(claim_id)
    assert roles_asked(server) == INTAKE
    server.requests.clear()
    server.script = worked_by
    await life.live(claim_id)
    assert roles_asked(server) == ["document_validator"]


async def test_what_a_failed_turn_cost_counts(life: Life, own_letter: ModelServer) -> None:
    own_letter.script = lambda request: (
        Says({"verdict": "x"}) if role_of(request) == "policy_specialist" else worked_by(request)
    )
    failed = await life.live(await life.submit(LETTER, "text/plain"))
    assert failed.status is ClaimStatus.FAILED
    assert failed.usage.tokens == own_letter.tokens_given
    assert (failed.usage.turns, failed.usage.model_calls) == (1, 4)


async def test_a_crash_repeats_only_turns_that_were_not_on_record(
    life: Life, own_letter: ModelServer
) -> None:
    async def whole_life() -> None:
        claim_id = await life.submit(LETTER, "text/plain")
        await life.send(claim_id, ESTIMATE)
        for _ in range(2):
            try:
                done = await life.live(claim_id)
            except PhaseFailed:
                continue
            assert done.status.is_at_rest
            assert not done.status.is_interrupted

    commits = CountedStore(own_letter)
    life.services = replace(life.services, store=commits)
    await whole_life()
    # From here on the claim is like an earlier one on its policy, so an officer decides each.
    own_letter.requests.clear()
    commits.crash_at(0, is_saved=True)
    await whole_life()
    undisturbed, number = len(roles_asked(own_letter)), commits.count
    assert number > 5
    for is_saved in (True, False):
        for crash in range(2, number + 1):  # the first is the submission's
            own_letter.requests.clear()
            commits.crash_at(crash, is_saved=is_saved)
            await whole_life()
            again = len(roles_asked(own_letter)) - undisturbed
            assert again <= commits.in_flight, f"commit {crash}"


class CountedStore(SessionStore):
    """Counts what is saved, and breaks off at one of the saves, behind or before the write."""

    def __init__(self, server: ModelServer) -> None:
        super().__init__(TemporaryBackend())
        self._server = server
        self.crash_at(0, is_saved=True)
        self._on_record = 0

    def crash_at(self, number: int, *, is_saved: bool) -> None:
        self.count, self._at, self._is_saved = 0, number, is_saved
        self.in_flight = 0
        """Turns that were begun and not on record when it broke off."""

    @override
    async def save_session(
        self,
        session: Session | ClaimContext,
        messages: Sequence[Message] | ChatHistory = (),
        **options: Any,
    ) -> Session:
        self.count += 1
        crashes = self.count == self._at
        if not crashes or self._is_saved:
            saved = await super().save_session(session, messages, **options)
            self._on_record = len(saved.context.turns)
            if not crashes:
                return saved
        self.in_flight = len(roles_asked(self._server)) - self._on_record
        raise OSError


# --- budget ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [NextStep.INTAKE, NextStep.GATHERING, NextStep.ASSESSMENT])
async def test_a_claim_without_tokens_goes_to_an_officer_with_what_is_there(
    life: Life, use: Use, server: ModelServer, phase: NextStep
) -> None:
    use("openai")
    server.script = worked_by
    claim_id = await life.submit(LETTER, "text/plain")
    await life.send(claim_id, ESTIMATE)

    def run_dry(coming: NextStep) -> None:
        if coming is phase:
            use("openai", CLAIM_TOKEN_BUDGET=str(max(1, server.tokens_given + 10)))

    context = await life.live(claim_id, before=run_dry)
    assert context.status is ClaimStatus.AWAITING_DECISION
    assert context.assessment
    assert "budget of" in context.assessment.route_reasons[0]
    assert context.outcome is None

    asked = len(server.requests)
    await life.decide(claim_id, Decimal(400))
    done = await life.live(claim_id)
    assert (done.status, done.outcome, done.state) == (
        ClaimStatus.COMPLETED,
        Outcome.APPROVED,
        ClaimState.HANDED_OFF,
    )
    assert len(server.requests) == asked, "no model was asked any more"
    handoff = await life.store.handoffs.read(claim_id)
    assert handoff
    assert handoff["payout"]["amount"] == 400
    assert handoff["brief"] in {NO_BRIEF, "A plain collision."}


async def test_an_incomplete_claim_without_tokens_says_what_is_missing(
    life: Life, use: Use, server: ModelServer
) -> None:
    use("openai", CLAIM_TOKEN_BUDGET="1")
    server.script = worked_by
    context = await life.live(await life.submit(LETTER, "text/plain"))
    assert context.status is ClaimStatus.AWAITING_DECISION
    assert "repair_estimate" in context.missing_documents
    assert context.assessment
    assert not context.assessment.complete
    assert len(server.requests) == 1


async def test_tools_that_were_refused_are_on_record_with_the_turn(
    life: Life, own_letter: ModelServer
) -> None:
    def reaching(request: Request) -> Answer:
        wants = not request.results and role_of(request) == "policy_specialist"
        return Calls([("claim-approve", {})]) if wants else worked_by(request)

    own_letter.script = reaching
    claim_id = await life.submit(LETTER, "text/plain")
    context = await life.live(claim_id)
    assert context.turns["intake.policy_specialist"].refused_tools == ["approve"]
    assert context.turns["intake.intake_coordinator"].refused_tools == []
    assert json.dumps("approve") in await life.everything(claim_id)
    assert (await life.look(claim_id)).status is ClaimStatus.PAUSED
