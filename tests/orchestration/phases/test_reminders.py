"""What a waiting claim says of itself as time goes by, and what its steps tell the outside."""

import json
from datetime import timedelta
from typing import Any

import pytest

from orchestration.phases.inbox_processing import apply_inbox
from orchestration.phases.reminders import next_reminder, remind
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from shared.clock import utc_now
from shared.models.claim import ClaimContext
from shared.models.inbox import Rejection, WithdrawalItem
from tests.host.running import collision
from tests.orchestration.app import app_with
from tests.orchestration.life import Life
from tests.shared.receiver import SECRET

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def told_app(life: Life) -> None:
    """Claims live in an app with a webhook."""
    use(life)


def use(life: Life, **more: str) -> None:
    app = app_with(**{"WEBHOOK_URL": "https://example.com/hooks", "WEBHOOK_SECRET": SECRET} | more)
    life.go_on_in(app, app.phases())


async def paused(life: Life, **more: Any) -> ClaimContext:
    claim_id = await life.submit(json.dumps(collision(**more)))
    return await life.live(claim_id)


async def as_of(life: Life, context: ClaimContext, later: timedelta) -> ClaimContext:
    """The claim, as it looks at itself so long after it began to wait."""
    claim = await ClaimUnitOfWork.open(life.store, context.claim_id, records_events=True)
    assert claim
    await apply_inbox(claim, life.phases)
    waiting_since = claim.context.waiting_since
    assert waiting_since
    await remind(claim, life.phases, waiting_since + later)
    return await life.look(context.claim_id)


def claimant_words(context: ClaimContext) -> list[str]:
    return [event.type.removeprefix("claim.") for event in context.outbox]


async def history(life: Life, claim_id: str) -> list[str]:
    session = await life.store.load_session(claim_id)
    assert session
    return [message.content for message in await life.store.history.read(session)]


async def test_a_claim_tells_its_life_in_order(life: Life) -> None:
    claim = await paused(life)
    await life.send(
        claim.claim_id,
        {"estimate.txt": ("repair_estimate", "2,400"), "police.txt": ("police_report", "Report")},
    )
    waiting = await life.live(claim.claim_id)
    await life.decide(claim.claim_id)
    done = await life.live(claim.claim_id)
    assert claimant_words(waiting) == ["received", "paused", "resumed", "awaiting_decision"]
    assert claimant_words(done)[4:] == ["decided"]
    assert [event.sequence for event in done.outbox] == [1, 2, 3, 4, 5]
    assert [event.status for event in done.outbox] == [
        *("processing", "paused", "processing", "awaiting_decision", "processing")
    ]
    assert done.outbox[1].missing_documents == ["repair_estimate", "police_report"]
    assert done.outbox[1].expires_at == claim.expires_at


async def test_a_refused_upload_and_a_withdrawal_are_told(life: Life) -> None:
    claim = await paused(life)
    await life.store.inbox.put(claim.claim_id, Rejection(filename="a.exe", reason="a program"))
    await life.live(claim.claim_id)
    await life.store.inbox.put(claim.claim_id, WithdrawalItem(reason="settled"))
    withdrawn = await life.live(claim.claim_id)
    assert claimant_words(withdrawn) == ["received", "paused", "document_rejected", "withdrawn"]
    assert "a.exe" not in "".join(event.body() for event in withdrawn.outbox)


async def test_nothing_is_told_without_a_webhook(life: Life) -> None:
    use(life, WEBHOOK_URL="")
    claim = await paused(life)
    reminded = await as_of_silently(life, claim, 7 * DAY)
    assert (reminded.outbox, reminded.event_count) == ([], 0)
    assert (await history(life, claim.claim_id))[-1].startswith("Reminder, still missing:")
    assert not (await life.advance(claim.claim_id))["tells"]


async def as_of_silently(life: Life, context: ClaimContext, later: timedelta) -> ClaimContext:
    claim = await ClaimUnitOfWork.open(life.store, context.claim_id)
    assert claim and claim.context.waiting_since
    await remind(claim, life.phases, claim.context.waiting_since + later)
    return await life.look(context.claim_id)


async def test_what_was_delivered_leaves_the_outbox_with_the_next_commit(life: Life) -> None:
    claim = await paused(life)
    record = await life.store.deliveries.read(claim)
    await life.store.deliveries.put(claim.claim_id, record.model_copy(update={"sequence": 1}))
    await life.store.inbox.put(claim.claim_id, WithdrawalItem(reason="settled"))
    withdrawn = await life.live(claim.claim_id)
    assert claimant_words(withdrawn) == ["paused", "withdrawn"]
    assert withdrawn.event_count == 3


async def test_a_paused_claim_reminds_of_what_is_missing_and_how_to_send_it_once_each_time(
    life: Life,
) -> None:
    claim = await paused(life)
    assert claim.waiting_since
    assert next_reminder(claim, life.phases.settings) == claim.waiting_since + 7 * DAY
    assert (await as_of(life, claim, 6.9 * DAY)).notices == 0
    reminded = await as_of(life, claim, 7 * DAY)
    assert next_reminder(reminded, life.phases.settings) == claim.waiting_since + 21 * DAY
    assert claimant_words(await as_of(life, claim, 8 * DAY)) == ["received", "paused", "reminder"]
    last = (await history(life, claim.claim_id))[-1]
    assert "police_report: Please send the police report" in last
    assert f"/claims/{claim.claim_id}/documents" in last
    again = await as_of(life, claim, 22 * DAY)
    assert claimant_words(again) == ["received", "paused", "reminder", "reminder"]
    assert next_reminder(again, life.phases.settings) is None


async def test_reminders_that_were_missed_are_given_as_one(life: Life) -> None:
    claim = await paused(life)
    assert claimant_words(await as_of(life, claim, 25 * DAY)) == ["received", "paused", "reminder"]


async def test_a_partial_delivery_restarts_nothing_and_reminds_of_the_rest(life: Life) -> None:
    claim = await paused(life)
    await as_of(life, claim, 7 * DAY)
    await life.send(claim.claim_id, {"estimate.txt": ("repair_estimate", "2,400")})
    partly = await life.live(claim.claim_id)
    assert (partly.waiting_since, partly.notices) == (claim.waiting_since, 1)
    assert claim.waiting_since
    assert next_reminder(partly, life.phases.settings) == claim.waiting_since + 21 * DAY
    reminded = await as_of(life, claim, 21 * DAY)
    assert reminded.outbox[-1].missing_documents == ["police_report"]
    assert "repair_estimate" not in (await history(life, claim.claim_id))[-1]


async def test_nobody_is_reminded_of_a_claim_that_expires_first(life: Life) -> None:
    use(life, SESSION_TTL="P10D")
    claim = await paused(life)
    assert claimant_words(await as_of(life, claim, 30 * DAY)) == ["received", "paused", "reminder"]
    assert (await as_of(life, claim, 30 * DAY)).notices == 1


async def awaiting(life: Life) -> ClaimContext:
    claim = await paused(life)
    papers = {"estimate.txt": ("repair_estimate", "2,400"), "police.txt": ("police_report", "Report")}
    await life.send(claim.claim_id, papers)
    return await life.live(claim.claim_id)


async def test_an_officer_is_reminded_at_half_time_then_the_claim_is_escalated(life: Life) -> None:
    claim = await awaiting(life)
    assert claim.waiting_since
    assert next_reminder(claim, life.phases.settings) == claim.waiting_since + 2.5 * DAY
    reminded = await as_of(life, claim, 2.5 * DAY)
    assert claimant_words(reminded)[-2:] == ["awaiting_decision", "reminder"]
    assert next_reminder(reminded, life.phases.settings) == claim.waiting_since + 5 * DAY
    assert claimant_words(await as_of(life, claim, 5 * DAY))[-2:] == ["reminder", "escalated"]
    assert (await history(life, claim.claim_id))[-1] == "Escalated: no officer has decided in time"
    assert next_reminder(await as_of(life, claim, 50 * DAY), life.phases.settings) is None


async def test_a_decision_ends_the_officers_time(life: Life) -> None:
    claim = await awaiting(life)
    await life.decide(claim.claim_id)
    done = await life.live(claim.claim_id)
    assert (done.waiting_since, next_reminder(done, life.phases.settings)) == (None, None)


async def test_a_wait_says_until_when_it_may_last(life: Life) -> None:
    claim = await paused(life)
    answer = await life.advance(claim.claim_id)
    assert claim.waiting_since
    due = (claim.waiting_since + 7 * DAY).isoformat()
    assert answer == {"position": "wait", "due": due, "tells": True}


async def test_a_claim_that_waited_elsewhere_is_reminded_once_for_all_that_is_past(life: Life) -> None:
    claim = await paused(life)
    session = await life.store.load_session(claim.claim_id)
    assert session
    past = utc_now() - 8 * DAY
    imported = session.context.model_copy(update={"waiting_since": None, "paused_at": past})
    await life.store.save_session(type(session)(imported, session.tag, chain=session.chain))
    await life.advance(claim.claim_id)
    assert claimant_words(await life.look(claim.claim_id)) == ["received", "paused", "reminder"]
