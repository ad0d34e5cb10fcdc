"""The audit trail: who did what, line by line, and which line is broken; on every backend."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.clock import utc_now
from shared.models.claim import (
    Approval,
    AuditHead,
    ClaimContext,
    ClaimState,
    ClaimStatus,
    Outcome,
    RecordedDecision,
)
from shared.models.requests import Note
from shared.session_store import Sealer, Session, SessionStore
from shared.session_store.audit import AuditTrail
from shared.session_store.backend import Area, Backend
from tests.shared.session_store.interrupted import Death, InterruptedBackend
from tests.shared.session_store.samples import (
    begin,
    keys,
    load,
    message,
    new_context,
    record,
    step,
    stored,
)

AUDIT = "CLM-1/audit.jsonl"


def approval(officer: str = "jdoe") -> Approval:
    return Approval(
        decision="approve",
        officer_id=officer,
        rationale="plausible",
        payout_amount=Decimal(400),
        decided_at=utc_now(),
    )


def decision(*approvals: Approval) -> RecordedDecision:
    return RecordedDecision(
        decision="approve",
        decided_by="officer" if approvals else "rule",
        officer_id=approvals[0].officer_id if approvals else None,
        rationale="plausible",
        payout_amount=Decimal(400),
        approvals=list(approvals),
        decided_at=utc_now(),
    )


async def trail(store: SessionStore) -> AuditTrail:
    return await store.audit.read(await load(store))


async def acts(store: SessionStore) -> list[tuple[str, str]]:
    return [(line.who, line.act) for line in (await trail(store)).lines]


async def paused_and_resumed(store: SessionStore) -> Session:
    session = await begin(store, new_context(), [message("one")])
    session = await step(store, session, status=ClaimStatus.PAUSED, missing_documents=["police_report"])
    return await step(
        store,
        session,
        status=ClaimStatus.PROCESSING,
        missing_documents=[],
        documents=[record("secret name.pdf", sha256="1" * 64)],
        notes=[Note(type="incident_location", content="Main Street 5")],
    )


async def test_each_commit_that_does_something_says_who_did_what_and_between_which_revisions(
    store: SessionStore,
) -> None:
    await paused_and_resumed(store)

    found = await trail(store)

    assert found.broken_line is None
    assert [
        (line.number, line.who, line.act, line.from_revision, line.to_revision) for line in found.lines
    ] == [
        (1, "claimant", "submitted", 0, 1),
        (2, "system", "paused", 1, 2),
        (3, "claimant", "document", 2, 3),
        (4, "claimant", "note", 2, 3),
        (5, "system", "resumed", 2, 3),
    ]
    assert found.lines[1].details == {"missing": ["police_report"]}
    assert found.lines[2].details == {"type": "repair_estimate", "sha256": "1" * 64}
    assert [line.status for line in found.lines] == ["processing", "paused", *["processing"] * 3]
    assert timedelta(0) <= utc_now() - found.lines[0].at < timedelta(minutes=1)


async def test_a_turn_has_no_line_and_writes_nothing_of_the_trail(
    backend: Backend, store: SessionStore
) -> None:
    session = await begin(store, new_context())
    before = await stored(backend, AUDIT)

    await step(store, session, [message("turn")], risk_score=0.2)

    assert await stored(backend, AUDIT) == before


async def test_each_officer_and_the_rule_are_named_with_what_they_decided(store: SessionStore) -> None:
    first, second = approval("jdoe"), approval("asmith")
    session = await begin(store, new_context())
    session = await step(store, session, status=ClaimStatus.AWAITING_DECISION)
    session = await step(store, session, approvals=[first])
    await step(store, session, approvals=[], decision=decision(first, second))
    await begin(store, new_context("CLM-2", decision=decision()))

    found = (await trail(store)).lines[2:]
    by_rule = (await store.audit.read(await load(store, "CLM-2"))).lines[-1]

    paid = {"decision": "approve", "payout_amount": 400.0}
    assert [(line.who, line.act, line.details) for line in found] == [
        ("jdoe", "decided", paid | {"is_final": False}),
        ("asmith", "decided", paid | {"is_final": True}),
    ]
    assert (by_rule.who, by_rule.details) == ("rule", paid | {"is_final": True})


@pytest.mark.parametrize(
    ("end", "act"),
    [
        ({"status": ClaimStatus.COMPLETED, "outcome": Outcome.DENIED}, ("system", "handed_off")),
        ({"status": ClaimStatus.WITHDRAWN}, ("claimant", "withdrawn")),
        ({"status": ClaimStatus.EXPIRED, "termination_reason": "expired"}, ("system", "expired")),
        ({"status": ClaimStatus.FAILED, "termination_reason": "intake: TurnFailed"}, ("system", "failed")),
        ({"status": ClaimStatus.AWAITING_DECISION}, ("system", "awaiting_decision")),
    ],
)
async def test_every_end_is_on_it(store: SessionStore, end: dict[str, Any], act: tuple[str, str]) -> None:
    session = await begin(store, new_context())
    await step(store, session, **end)
    assert await acts(store) == [("claimant", "submitted"), act]


async def test_a_claim_from_elsewhere_is_imported(store: SessionStore) -> None:
    await begin(store, new_context(state=ClaimState.VALIDATION_COMPLETE, status=ClaimStatus.PAUSED))
    assert await acts(store) == [("system", "imported"), ("system", "paused")]


async def test_a_claim_that_had_no_trail_begins_one_with_what_is_done_next(
    backend: Backend, sealer: Sealer, store: SessionStore
) -> None:
    session = await begin(store, new_context())
    await backend.objects.delete(Area.SESSIONS, AUDIT)
    early = session.context.model_copy(update={"audit": AuditHead()})
    await store.save_session(Session(early, session.tag, chain=session.chain))
    again = SessionStore(backend, sealer)

    await step(again, await load(again), status=ClaimStatus.PAUSED)

    found = await trail(again)
    assert [(line.number, line.act, line.from_revision) for line in found.lines] == [(1, "paused", 2)]


def tampered(lines: list[bytes], how: str) -> list[bytes]:
    first, second, third, *rest = lines
    other = b"b" if second[-9:-8] == b"a" else b"a"
    return {
        "changed": [first, second[:-9] + other + second[-8:], third, *rest],
        "left out": [first, third, *rest],
        "swapped": [first, third, second, *rest],
        "doubled": [first, second, second, third, *rest],
        "cut off": [first],
        "no JSON": [first, b"?\n", third, *rest],
    }[how]


@pytest.mark.parametrize("how", ["changed", "left out", "swapped", "doubled", "cut off", "no JSON"])
async def test_the_first_broken_line_is_named(backend: Backend, store: SessionStore, how: str) -> None:
    await paused_and_resumed(store)
    lines = (await stored(backend, AUDIT)).splitlines(keepends=True)

    await backend.objects.write(Area.SESSIONS, AUDIT, b"".join(tampered(lines, how)))

    found = await trail(store)
    assert found.fault
    broken = 3 if how == "doubled" else 2
    assert found.broken_line == broken
    assert [line.number for line in found.lines] == list(range(1, broken))


async def test_a_line_that_was_rewritten_with_its_neighbours_intact_is_the_one_that_is_named(
    backend: Backend, store: SessionStore, kind: tuple[str, str]
) -> None:
    if kind[1] != "plain":
        pytest.skip("who cannot write such a line cannot try")
    await paused_and_resumed(store)
    lines = (await stored(backend, AUDIT)).splitlines()
    for number, field in ((2, "who"), (3, "previous"), (5, "who")):
        forged = json.loads(lines[number - 1])
        forged[field] = forged[field][::-1]
        there = [*lines[: number - 1], json.dumps(forged, separators=(",", ":")).encode(), *lines[number:]]
        await backend.objects.write(Area.SESSIONS, AUDIT, b"".join(line + b"\n" for line in there))
        assert (await trail(store)).broken_line == number


async def test_a_death_in_a_commit_leaves_a_trail_that_holds_and_the_next_goes_on(
    backend: Backend, sealer: Sealer
) -> None:
    await begin(SessionStore(backend, sealer), new_context())
    for calls in range(2):
        dying = SessionStore(InterruptedBackend(backend, calls), sealer)
        with pytest.raises(Death):
            await step(dying, await load(dying), status=ClaimStatus.PAUSED)
        alive = SessionStore(backend, sealer)
        assert (await trail(alive)).broken_line is None
        await step(alive, await load(alive), status=ClaimStatus.PROCESSING)
        assert (await trail(alive)).broken_line is None


async def test_the_trail_holds_nothing_of_what_the_claim_says(backend: Backend, store: SessionStore) -> None:
    session = await paused_and_resumed(store)
    context: ClaimContext = session.context
    lines = (await trail(store)).model_dump_json()
    for text in ("secret name", "Main Street", str(context.submission.narrative)[:10]):
        assert text not in lines


async def test_it_is_erased_with_the_claim(backend: Backend, store: SessionStore) -> None:
    await paused_and_resumed(store)
    await store.delete_session("CLM-1")
    assert await keys(backend) == []
