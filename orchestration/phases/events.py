"""The webhook events of a claim's transitions.

Events go into the context's outbox in the same commit as the change that they announce, so that neither is
ever without the other. Delivery is orchestration/durable/event_delivery_activities.py's.
"""

from collections.abc import Iterable

from shared.clock import utc_now
from shared.models import transitions
from shared.models.claim import ClaimContext
from shared.models.events import ClaimEvent, Delivered, EventType, event_id
from shared.models.vocabulary import ClaimStatus

_REACHED: dict[ClaimStatus, EventType] = {
    ClaimStatus.PAUSED: "claim.paused",
    ClaimStatus.AWAITING_DECISION: "claim.awaiting_decision",
    ClaimStatus.EXPIRED: "claim.expired",
    ClaimStatus.WITHDRAWN: "claim.withdrawn",
    ClaimStatus.FAILED: "claim.failed",
}


def event_type(transition: transitions.Transition) -> EventType | None:
    """The event that announces a transition; None where the outside does not hear of it."""
    event: EventType | None
    match transition:
        case transitions.Submitted():
            event = "claim.received"
        case transitions.ClaimDecided():
            event = "claim.decided"
        case transitions.StatusChanged(status=status):
            event = "claim.resumed" if transition.is_resumption else _REACHED.get(status)
        case transitions.UploadRejected():
            event = "claim.document_rejected"
        case transitions.Reminded():
            event = "claim.reminder"
        case transitions.Escalated():
            event = "claim.escalated"
        case (
            transitions.Imported()
            | transitions.DocumentFiled()
            | transitions.NoteAdded()
            | transitions.OfficerDecided()
        ):
            event = None
    return event


def with_events(context: ClaimContext, found: Iterable[transitions.Transition]) -> ClaimContext:
    """The claim with the events of these transitions in its outbox, behind those that lie there."""
    types: list[EventType] = [event for transition in found if (event := event_type(transition))]
    if not types:
        return context
    now = utc_now()
    new = [
        ClaimEvent(
            id=event_id(context.claim_id, context.created_at, sequence),
            sequence=sequence,
            type=event,
            happened_at=now,
            claim_id=context.claim_id,
            status=context.status,
            missing_documents=context.missing_documents,
            expires_at=context.expires_at,
        )
        for sequence, event in enumerate(types, context.event_count + 1)
    ]
    return context.with_changes(outbox=[*context.outbox, *new], event_count=context.event_count + len(new))


def undelivered(outbox: Iterable[ClaimEvent], delivered: Delivered) -> list[ClaimEvent]:
    """The events that are neither delivered nor given up."""
    return [event for event in outbox if event.sequence > delivered.sequence]


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
