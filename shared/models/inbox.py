"""What a trigger leaves in a session's inbox for the workflow to take up."""

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    Field,
)

from shared.models.claim import DocumentRecord, Identity
from shared.models.requests import Decision, Note


class ArrivedDocument(BaseModel):
    """A document that was validated and typed at the edge. Its content lies beside the entry."""

    kind: Literal["document"] = "document"
    document: DocumentRecord


class ArrivedNote(BaseModel):
    kind: Literal["note"] = "note"
    note: Note


class ArrivedDecision(BaseModel):
    kind: Literal["decision"] = "decision"
    decision: Decision
    identity: Identity | None = None


class ArrivedWithdrawal(BaseModel):
    kind: Literal["withdrawal"] = "withdrawal"
    reason: str


class Rejection(BaseModel):
    """An upload that was refused, for the claim's history."""

    kind: Literal["rejection"] = "rejection"
    filename: str
    reason: str


class Nudge(BaseModel):
    """A `continue` without content: take the claim up again."""

    kind: Literal["nudge"] = "nudge"


class ArrivedTogether(BaseModel):
    """What one request brought: it arrives whole or not at all."""

    kind: Literal["together"] = "together"
    arrivals: list[Annotated[ArrivedDocument | ArrivedNote, Field(discriminator="kind")]]


Arrival = Annotated[
    ArrivedDocument | ArrivedNote | ArrivedDecision | ArrivedWithdrawal | Rejection | Nudge | ArrivedTogether,
    Field(discriminator="kind"),
]
"""What a trigger leaves in a session's inbox for the workflow to take up."""
