"""The JSON of the HTTP API as types; a field that is not always there is not required."""

from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

Status = Literal["processing", "paused", "awaiting_decision", "completed", "expired", "withdrawn", "failed"]
Outcome = Literal["approved", "denied"]
Order = Literal["claim_id", "moment"]
"""Of a list; `moment` goes with a status: the paused by expiry, others by when they were saved."""


class Summary(TypedDict):
    """A line of `GET /claims`. Instants are ISO 8601 in UTC, null where they have not come."""

    claim_id: str
    status: Status
    state: NotRequired[str]
    outcome: NotRequired[Outcome | None]
    claim_type: NotRequired[str | None]
    missing_documents: NotRequired[list[str]]
    missing_information: NotRequired[list[str]]
    message_count: NotRequired[int]
    saved_at: NotRequired[str | None]
    expires_at: NotRequired[str | None]
    termination_reason: NotRequired[str | None]


class Search(TypedDict, total=False):
    """Which claims are listed, as `GET /claims` takes it: those to which all of this applies.

    An instant is a `datetime` with a zone or ISO 8601, or a date, which begins in UTC.
    """

    claim_type: str | None
    outcome: Outcome | None
    missing_document: str | None
    saved_after: datetime | str | None
    saved_before: datetime | str | None
    expires_after: datetime | str | None
    expires_before: datetime | str | None
    sort: Order | None


class Claim(Summary):
    """`GET /claims/{claim_id}`."""

    risk_score: NotRequired[float | None]
    documents: NotRequired[list[dict[str, Any]]]
    unclassified_documents: NotRequired[list[str]]
    assessment: NotRequired[dict[str, Any] | None]
    decision: NotRequired[dict[str, Any] | None]
    usage: NotRequired[dict[str, Any]]
    links: NotRequired[dict[str, str]]


class Message(TypedDict):
    """A message of a claim's chat; `name` is the agent's role, `metadata.step` its turn."""

    role: str
    content: NotRequired[str]
    name: NotRequired[str | None]
    metadata: NotRequired[dict[str, Any]]


class MissingDocument(TypedDict):
    """A document that a claim waits for; `how_to_ask` is a sentence for the claimant."""

    type: str
    description: NotRequired[str]
    how_to_ask: NotRequired[str]


class Missing(TypedDict):
    """`GET /claims/{claim_id}/missing-documents`."""

    missing_documents: list[MissingDocument]
    missing_information: list[str]


class Document(TypedDict):
    """A document on its way in: its content, or a reference into another system."""

    filename: str
    type: NotRequired[str]
    content_base64: NotRequired[str]
    text: NotRequired[str]
    reference: NotRequired[str]


class Note(TypedDict):
    """What a claimant says in place of a document or of missing information, which `type` names."""

    type: str
    content: str
