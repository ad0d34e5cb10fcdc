"""Webhook events: one for each change of a claim on which the systems of a claims team may act.

Events hold no personal data, but claim id, status, types of missing documents, and times.
"""

from hashlib import sha256
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

EventType = Literal[
    "claim.received",
    "claim.paused",
    "claim.reminder",
    "claim.resumed",
    "claim.document_rejected",
    "claim.awaiting_decision",
    "claim.escalated",
    "claim.decided",
    "claim.expired",
    "claim.withdrawn",
    "claim.failed",
    "claim.erased",
]


class ClaimEvent(BaseModel):
    """An event as it is kept until it is delivered."""

    id: str
    """It is the same however often the event is sent, so that a receiver can drop duplicates."""
    sequence: int
    """Counts the claim's events from 1; they are delivered in this order."""
    type: EventType
    happened_at: AwareDatetime
    claim_id: str
    status: str
    """The status of the claim, or `erased`."""
    missing_documents: list[str] = Field(default_factory=list)
    expires_at: AwareDatetime | None = None
    """When the claim expires, if it is paused."""

    def body(self) -> str:
        """The JSON that is posted, in the form of the Standard Webhooks specification."""
        return Envelope(
            type=self.type,
            timestamp=self.happened_at,
            data=self.model_dump(mode="json", exclude={"id", "type", "happened_at"}),
        ).model_dump_json()


class Envelope(BaseModel):
    """The body of a webhook request."""

    type: EventType
    timestamp: AwareDatetime
    data: dict[str, Any]


class Delivered(BaseModel):
    """How far the events of a claim are delivered, and when the next attempt is due."""

    created_at: AwareDatetime
    """When the claim was created: for a later claim of the same id, delivery begins anew."""
    sequence: int = 0
    """The number of the last event that was delivered or given up."""
    failures: int = 0
    """How many attempts failed since the last success."""
    failing_since: AwareDatetime | None = None
    next_attempt_at: AwareDatetime | None = None


def event_id(claim_id: str, created_at: object, step: object) -> str:
    """The id of an event of the claim that was created at that time.

    `step` is the number of the event, or `erased`. A later claim of the same id has other event ids.
    """
    return f"evt_{sha256(f'{claim_id} {created_at} {step}'.encode()).hexdigest()[:32]}"
