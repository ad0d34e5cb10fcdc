"""The items that a trigger leaves in a session's inbox, which the claim's workflow applies."""

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    Field,
)

from shared.models.claim import DocumentRecord, Identity
from shared.models.requests import Decision, Note


class DocumentItem(BaseModel):
    """A document, with its type. Its content lies beside the entry in the inbox."""

    kind: Literal["document"] = "document"
    document: DocumentRecord


class NoteItem(BaseModel):
    """A claimant's answer in words."""

    kind: Literal["note"] = "note"
    note: Note


class DecisionItem(BaseModel):
    """An officer's decision; `identity` is None where no authentication is on."""

    kind: Literal["decision"] = "decision"
    decision: Decision
    identity: Identity | None = None


class WithdrawalItem(BaseModel):
    """A claimant's withdrawal of the claim, with the claimant's reason."""

    kind: Literal["withdrawal"] = "withdrawal"
    reason: str


class Rejection(BaseModel):
    """An upload that was refused, which the claim's history mentions with the reason."""

    kind: Literal["rejection"] = "rejection"
    filename: str
    reason: str


class Nudge(BaseModel):
    """A request to continue a failed claim, without documents and notes."""

    kind: Literal["nudge"] = "nudge"


class ItemBundle(BaseModel):
    """The documents and notes of one request, which arrive together or not at all."""

    kind: Literal["together"] = "together"
    arrivals: list[Annotated[DocumentItem | NoteItem, Field(discriminator="kind")]]


InboxItem = Annotated[
    DocumentItem | NoteItem | DecisionItem | WithdrawalItem | Rejection | Nudge | ItemBundle,
    Field(discriminator="kind"),
]
"""One entry of an inbox; `kind` says which."""
