"""What a commit tells the outside, computed from the claim before and after it.

Events go into the context's outbox in the same commit as what they tell of, so that neither is ever
without the other. Delivery is orchestration/durable/event_delivery_activities.py's.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from shared.clock import utc_now
from shared.models.claim import ClaimContext, ClaimStatus
from shared.models.events import ClaimEvent, EventType, event_id

_REACHED: dict[ClaimStatus, EventType] = {
    ClaimStatus.PAUSED: "claim.paused",
    ClaimStatus.AWAITING_DECISION: "claim.awaiting_decision",
    ClaimStatus.EXPIRED: "claim.expired",
    ClaimStatus.WITHDRAWN: "claim.withdrawn",
    ClaimStatus.FAILED: "claim.failed",
}
_LEFT = {ClaimStatus.PAUSED, ClaimStatus.FAILED}
"""Whoever leaves one of these to be worked again is resumed."""
WAITING = {ClaimStatus.PAUSED, ClaimStatus.AWAITING_DECISION}


def opening(context: ClaimContext) -> ClaimContext:
    """A claim that was never saved, with the event that it came in."""
    return _with_events(context, ["claim.received"])


def told(
    before: ClaimContext, after: ClaimContext, extra: Sequence[EventType] = (), *, tells: bool
) -> ClaimContext:
    """`after` with what the step from `before` brings along: since when it waits, and its events.

    `extra` are events that no change of the claim shows. Without `tells` there are none at all.
    """
    changes: dict[str, Any] = {}
    if after.status != before.status:
        changes = {"waiting_since": utc_now() if after.status in WAITING else None, "notices": 0}
    stamped = after.model_copy(update=changes) if changes else after
    return _with_events(stamped, [*extra, *_events(before, after)]) if tells else stamped


def without_delivered(context: ClaimContext, delivered: int) -> ClaimContext:
    outbox = [event for event in context.outbox if event.sequence > delivered]
    return context.model_copy(update={"outbox": outbox})


def erased(claim_id: str, created_at: object) -> ClaimEvent:
    """The event that a claim is gone; it is the claim's last, whatever was not delivered before."""
    return ClaimEvent(
        id=event_id(claim_id, created_at, "erased"),
        sequence=0,
        type="claim.erased",
        happened_at=utc_now(),
        claim_id=claim_id,
        status="erased",
    )


def _events(before: ClaimContext, after: ClaimContext) -> Iterator[EventType]:
    if after.decision is not None and before.decision is None:
        yield "claim.decided"
    if after.status != before.status:
        if after.status in _REACHED:
            yield _REACHED[after.status]
        elif before.status in _LEFT:
            yield "claim.resumed"


def _with_events(context: ClaimContext, types: Sequence[EventType]) -> ClaimContext:
    if not types:
        return context
    now = utc_now()
    new = [
        ClaimEvent(
            id=event_id(context.claim_id, context.created_at, sequence),
            sequence=sequence,
            type=kind,
            happened_at=now,
            claim_id=context.claim_id,
            status=context.status,
            missing_documents=context.missing_documents,
            expires_at=context.expires_at,
        )
        for sequence, kind in enumerate(types, context.event_count + 1)
    ]
    return context.model_copy(
        update={"outbox": [*context.outbox, *new], "event_count": context.event_count + len(new)}
    )
