"""What a waiting claim says of itself as time goes by, and what its steps tell the outside."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from orchestration.durable.activities import advance
from orchestration.phases.inbox_processing import apply_inbox
from orchestration.phases.reminders import give_notice, next_notice
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from shared.clock import utc_now
from shared.models.claim import ClaimContext
from shared.models.inbox import Rejection, WithdrawalItem
from shared.session_store.opening import session_store
from shared.settings import settings
from tests.host.running import collision
from tests.orchestration.life import decide, live, look, send, submit
from tests.shared.receiver import SECRET

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def app(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    for name, value in {
        "SessionStorage__path": ":memory:",
        "AGENT_MODEL": "offline",
        "WEBHOOK_URL": "https://example.com/hooks",
        "WEBHOOK_SECRET": SECRET,
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    session_store.cache_clear()
    yield
    await session_store().close()
    session_store.cache_clear()
    settings.cache_clear()


async def paused(**more: Any) -> ClaimContext:
    claim_id = await submit(json.dumps(collision(**more)))
    return await live(claim_id)


async def as_of(context: ClaimContext, later: timedelta) -> ClaimContext:
    """The claim, as it looks at itself so long after it began to wait."""
    claim = await ClaimUnitOfWork.open(session_store(), context.claim_id, tells=True)
    assert claim
    await apply_inbox(claim, settings())
    waiting_since = claim.context.waiting_since
    assert waiting_since
    await give_notice(claim, settings(), waiting_since + later)
    return await look(context.claim_id)


def told(context: ClaimContext) -> list[str]:
    return [event.type.removeprefix("claim.") for event in context.outbox]


async def history(claim_id: str) -> list[str]:
    session = await session_store().load_session(claim_id)
    assert session
    return [message.content for message in await session_store().history.read(session)]


async def test_a_claim_tells_its_life_in_order() -> None:
    claim = await paused()
    await send(
        claim.claim_id,
        {"estimate.txt": ("repair_estimate", "2,400"), "police.txt": ("police_report", "Report")},
    )
    waiting = await live(claim.claim_id)
    await decide(claim.claim_id)
    done = await live(claim.claim_id)
    assert told(waiting) == ["received", "paused", "resumed", "awaiting_decision"]
    assert told(done)[4:] == ["decided"]
    assert [event.sequence for event in done.outbox] == [1, 2, 3, 4, 5]
    assert [event.status for event in done.outbox] == [
        *("processing", "paused", "processing", "awaiting_decision", "processing")
    ]
    assert done.outbox[1].missing_documents == ["repair_estimate", "police_report"]
    assert done.outbox[1].expires_at == claim.expires_at


async def test_a_refused_upload_and_a_withdrawal_are_told() -> None:
    claim = await paused()
    await session_store().inbox.put(claim.claim_id, Rejection(filename="a.exe", reason="a program"))
    await live(claim.claim_id)
    await session_store().inbox.put(claim.claim_id, WithdrawalItem(reason="settled"))
    withdrawn = await live(claim.claim_id)
    assert told(withdrawn) == ["received", "paused", "document_rejected", "withdrawn"]
    assert "a.exe" not in "".join(event.body() for event in withdrawn.outbox)


async def test_nothing_is_told_without_a_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEBHOOK_URL")
    settings.cache_clear()
    claim = await paused()
    reminded = await as_of_silently(claim, 7 * DAY)
    assert (reminded.outbox, reminded.event_count) == ([], 0)
    assert (await history(claim.claim_id))[-1].startswith("Reminder, still missing:")
    assert not (await advance(claim.claim_id))["tells"]


async def as_of_silently(context: ClaimContext, later: timedelta) -> ClaimContext:
    claim = await ClaimUnitOfWork.open(session_store(), context.claim_id)
    assert claim and claim.context.waiting_since
    await give_notice(claim, settings(), claim.context.waiting_since + later)
    return await look(context.claim_id)


async def test_what_was_delivered_leaves_the_outbox_with_the_next_commit() -> None:
    claim = await paused()
    record = await session_store().deliveries.read(claim)
    await session_store().deliveries.put(claim.claim_id, record.model_copy(update={"sequence": 1}))
    await session_store().inbox.put(claim.claim_id, WithdrawalItem(reason="settled"))
    withdrawn = await live(claim.claim_id)
    assert told(withdrawn) == ["paused", "withdrawn"]
    assert withdrawn.event_count == 3


async def test_a_paused_claim_reminds_of_what_is_missing_and_how_to_send_it_once_each_time() -> None:
    claim = await paused()
    assert claim.waiting_since
    assert next_notice(claim, settings()) == claim.waiting_since + 7 * DAY
    assert (await as_of(claim, 6.9 * DAY)).notices == 0
    reminded = await as_of(claim, 7 * DAY)
    assert next_notice(reminded, settings()) == claim.waiting_since + 21 * DAY
    assert told(await as_of(claim, 8 * DAY)) == ["received", "paused", "reminder"]
    last = (await history(claim.claim_id))[-1]
    assert "police_report: Please send the police report" in last
    assert f"/claims/{claim.claim_id}/documents" in last
    again = await as_of(claim, 22 * DAY)
    assert told(again) == ["received", "paused", "reminder", "reminder"]
    assert next_notice(again, settings()) is None


async def test_reminders_that_were_missed_are_given_as_one() -> None:
    claim = await paused()
    assert told(await as_of(claim, 25 * DAY)) == ["received", "paused", "reminder"]


async def test_a_partial_delivery_restarts_nothing_and_reminds_of_the_rest() -> None:
    claim = await paused()
    await as_of(claim, 7 * DAY)
    await send(claim.claim_id, {"estimate.txt": ("repair_estimate", "2,400")})
    partly = await live(claim.claim_id)
    assert (partly.waiting_since, partly.notices) == (claim.waiting_since, 1)
    assert claim.waiting_since
    assert next_notice(partly, settings()) == claim.waiting_since + 21 * DAY
    reminded = await as_of(claim, 21 * DAY)
    assert reminded.outbox[-1].missing_documents == ["police_report"]
    assert "repair_estimate" not in (await history(claim.claim_id))[-1]


async def test_nobody_is_reminded_of_a_claim_that_expires_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSION_TTL", "P10D")
    settings.cache_clear()
    claim = await paused()
    assert told(await as_of(claim, 30 * DAY)) == ["received", "paused", "reminder"]
    assert (await as_of(claim, 30 * DAY)).notices == 1


async def awaiting() -> ClaimContext:
    claim = await paused()
    papers = {"estimate.txt": ("repair_estimate", "2,400"), "police.txt": ("police_report", "Report")}
    await send(claim.claim_id, papers)
    return await live(claim.claim_id)


async def test_an_officer_is_reminded_at_half_time_then_the_claim_is_escalated() -> None:
    claim = await awaiting()
    assert claim.waiting_since
    assert next_notice(claim, settings()) == claim.waiting_since + 2.5 * DAY
    reminded = await as_of(claim, 2.5 * DAY)
    assert told(reminded)[-2:] == ["awaiting_decision", "reminder"]
    assert next_notice(reminded, settings()) == claim.waiting_since + 5 * DAY
    assert told(await as_of(claim, 5 * DAY))[-2:] == ["reminder", "escalated"]
    assert (await history(claim.claim_id))[-1] == "Escalated: no officer has decided in time"
    assert next_notice(await as_of(claim, 50 * DAY), settings()) is None


async def test_a_decision_ends_the_officers_time() -> None:
    claim = await awaiting()
    await decide(claim.claim_id)
    done = await live(claim.claim_id)
    assert (done.waiting_since, next_notice(done, settings())) == (None, None)


async def test_a_wait_says_until_when_it_may_last() -> None:
    claim = await paused()
    answer = await advance(claim.claim_id)
    assert claim.waiting_since
    due = (claim.waiting_since + 7 * DAY).isoformat()
    assert answer == {"position": "wait", "due": due, "tells": True}


async def test_a_claim_that_waited_elsewhere_is_reminded_once_for_all_that_is_past() -> None:
    claim = await paused()
    session = await session_store().load_session(claim.claim_id)
    assert session
    past = utc_now() - 8 * DAY
    imported = session.context.model_copy(update={"waiting_since": None, "paused_at": past})
    await session_store().save_session(type(session)(imported, session.tag, chain=session.chain))
    await advance(claim.claim_id)
    assert told(await look(claim.claim_id)) == ["received", "paused", "reminder"]
