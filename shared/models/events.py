"""What a claim tells the outside: an event for each thing that a claims team's systems act on.

Events hold no personal data: claim id, status, types of missing documents, times.
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
    """The same however often it is sent, so that a receiver can drop duplicates."""
    sequence: int
    """Counts the claim's events from 1; they are delivered in this order."""
    type: EventType
    happened_at: AwareDatetime
    claim_id: str
    status: str
    """The claim's, or `erased`."""
    missing_documents: list[str] = Field(default_factory=list)
    expires_at: AwareDatetime | None = None
    """When a paused claim expires."""

    def body(self) -> str:
        """The JSON that is posted, in the form of the Standard Webhooks specification."""
        return Envelope(
            type=self.type,
            timestamp=self.happened_at,
            data=self.model_dump(mode="json", exclude={"id", "type", "happened_at"}),
        ).model_dump_json()


class Envelope(BaseModel):
    type: EventType
    timestamp: AwareDatetime
    data: dict[str, Any]


class Delivered(BaseModel):
    """How far a claim's events are delivered, and how the next attempt stands."""

    created_at: AwareDatetime
    """The claim's: a later claim of the same id begins anew."""
    sequence: int = 0
    """Of the last event that was taken, or given up."""
    failures: int = 0
    """Attempts since the last one that was taken."""
    failing_since: AwareDatetime | None = None
    next_attempt_at: AwareDatetime | None = None


def event_id(claim_id: str, created_at: object, step: object) -> str:
    """The id of an event of the claim that was created then; a later claim of the same id has others."""
    return f"evt_{sha256(f'{claim_id} {created_at} {step}'.encode()).hexdigest()[:32]}"
