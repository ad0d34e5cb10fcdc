"""Delivers a claim's events in order, each until it is taken or given up.

How far that has come is on record, so that it may begin anew at any time. An event may be sent twice, under
the same id, where a crash comes between sending and recording.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from azure.durable_functions import Blueprint

from orchestration.durable import event_delivery
from orchestration.durable.client import DurableClient
from orchestration.durable.client_input import bind_durable_client
from orchestration.durable.event_delivery import DELIVER, DELIVER_ERASED, Erasure, Progress
from orchestration.durable.workflow import ANNOUNCE
from shared.clock import utc_now
from shared.models.claim import ClaimContext
from shared.models.events import ClaimEvent, Delivered
from shared.session_store import SessionStore
from shared.settings import Settings
from shared.telemetry.log import log_event
from shared.webhook import NotDelivered, Target

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long a receiver that takes nothing is tried, and how often."""

    first: timedelta = timedelta(seconds=5)
    factor: int = 3
    longest: timedelta = timedelta(hours=4)
    gives_up_after: timedelta = timedelta(hours=28)
    """Since the event happened or the receiver took something last, whatever was later."""

    def pause(self, failures: int) -> timedelta:
        """Until the next attempt, after so many that failed."""
        return min(self.first * self.factor ** min(failures - 1, 20), self.longest)


PATIENCE = Patience()


async def deliver(
    store: SessionStore, claim_id: str, target: Target | None, now: datetime, patience: Patience = PATIENCE
) -> Progress:
    """Send what waits in the claim's outbox, up to the first event that is not taken."""
    session = await store.load_session(claim_id)
    if session is None or target is None:
        return Progress(due=None, is_over=True)
    context = session.context
    record = await store.deliveries.read(context)
    for event in _waiting(context, record):
        if record.next_attempt_at and now < record.next_attempt_at:
            break
        is_taken = await _is_taken(target, event)
        if not await store.session_exists(claim_id):  # erased meanwhile: nothing may be left of it
            return Progress(due=None, is_over=True)
        if is_taken:
            record = Delivered(created_at=record.created_at, sequence=event.sequence)
        else:
            record = await _failed(store, record, event, now, patience)
        await store.deliveries.put(claim_id, record)
    due = record.next_attempt_at if _waiting(context, record) else None
    return Progress(due=due.isoformat() if due else None, is_over=context.status.is_over and due is None)


def is_anything_waiting(context: ClaimContext, record: Delivered) -> bool:
    """Whether the claim's outbox holds an event that the record does not count as delivered or given up."""
    return bool(_waiting(context, record))


def _waiting(context: ClaimContext, record: Delivered) -> list[ClaimEvent]:
    return [event for event in context.outbox if event.sequence > record.sequence]


async def _failed(
    store: SessionStore, record: Delivered, event: ClaimEvent, now: datetime, patience: Patience
) -> Delivered:
    """The record after an attempt that failed."""
    since = record.failing_since or now
    failures = record.failures + 1
    failed = record.model_copy(update={"failures": failures, "failing_since": since})
    if now - max(since, event.happened_at) < patience.gives_up_after:
        return failed.model_copy(update={"next_attempt_at": now + patience.pause(failures)})
    await _give_up(store, event)
    # The next one is tried at once: what failed may have been this event, not the receiver.
    return failed.model_copy(update={"sequence": event.sequence, "next_attempt_at": None})


async def _is_taken(target: Target, event: ClaimEvent) -> bool:
    try:
        await target.post(event)
    except NotDelivered as error:
        logger.warning("%s: %s was not delivered: %s", event.claim_id, event.type, error)
        return False
    return True


async def _give_up(store: SessionStore, event: ClaimEvent) -> None:
    await store.deliveries.put_dead_letter(event)
    log_event(logger, "dead_letter", claim_id=event.claim_id, type=event.type)


async def deliver_erased(
    store: SessionStore, erasure: Erasure, target: Target | None, now: datetime, patience: Patience = PATIENCE
) -> Progress:
    """Send the event that a claim is gone, once it is; where it stays, nothing happened."""
    event = ClaimEvent.model_validate_json(erasure["event"])
    if target is None:
        return Progress(due=None, is_over=True)
    is_gone = not await store.session_exists(event.claim_id)
    if is_gone and await _is_taken(target, event):
        return Progress(due=None, is_over=True)
    if now - event.happened_at < patience.gives_up_after:
        due = now + patience.pause(erasure["failures"] + 1)
        return Progress(due=due.isoformat(), is_over=False)
    if is_gone:
        await _give_up(store, event)
    return Progress(due=None, is_over=True)


def blueprint(store: SessionStore, settings: Settings) -> Blueprint:
    """The orchestrations that deliver events, and the activities around them."""
    functions = Blueprint()

    @functions.activity_trigger(input_name="claim", activity=ANNOUNCE)
    @bind_durable_client(functions)
    async def announce(claim: str, durable_client: DurableClient) -> None:
        await durable_client.announce(claim)

    @functions.activity_trigger(input_name="claim", activity=DELIVER)
    async def deliver_activity(claim: str) -> Progress:
        return await deliver(store, claim, Target.of(settings), utc_now())

    @functions.activity_trigger(input_name="erasure", activity=DELIVER_ERASED)
    async def deliver_erased_activity(erasure: Erasure) -> Progress:
        return await deliver_erased(store, erasure, Target.of(settings), utc_now())

    for name, orchestration in (
        (event_delivery.NAME, event_delivery.deliver_events),
        (event_delivery.ERASURE, event_delivery.deliver_erasure),
    ):
        functions.orchestration_trigger(context_name="ctx", orchestration=name)(orchestration)
    return functions
