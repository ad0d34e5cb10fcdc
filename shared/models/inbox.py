"""What a trigger leaves in a session's inbox for the workflow to take up."""

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    Field,
)

from shared.models.claim import DocumentRecord, Identity
from shared.models.requests import Decision, Note


class DocumentItem(BaseModel):
    """A document that was validated and typed at the edge. Its content lies beside the entry."""

    kind: Literal["document"] = "document"
    document: DocumentRecord


class NoteItem(BaseModel):
    kind: Literal["note"] = "note"
    note: Note


class DecisionItem(BaseModel):
    kind: Literal["decision"] = "decision"
    decision: Decision
    identity: Identity | None = None


class WithdrawalItem(BaseModel):
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


class ItemBundle(BaseModel):
    """What one request brought: it arrives whole or not at all."""

    kind: Literal["together"] = "together"
    arrivals: list[Annotated[DocumentItem | NoteItem, Field(discriminator="kind")]]


InboxItem = Annotated[
    DocumentItem | NoteItem | DecisionItem | WithdrawalItem | Rejection | Nudge | ItemBundle,
    Field(discriminator="kind"),
]
"""What a trigger leaves in a session's inbox for the workflow to take up."""
