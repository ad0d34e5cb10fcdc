"""The HTTP answers as types; what is not always there is not required."""

from typing import Any, NotRequired, TypedDict


class Summary(TypedDict):
    """A line of `GET /claims`. Instants are ISO 8601 in UTC, null where they have not come."""

    claim_id: str
    status: str
    state: NotRequired[str]
    outcome: NotRequired[str | None]
    claim_type: NotRequired[str | None]
    missing_documents: NotRequired[list[str]]
    missing_information: NotRequired[list[str]]
    message_count: NotRequired[int]
    saved_at: NotRequired[str | None]
    expires_at: NotRequired[str | None]
    termination_reason: NotRequired[str | None]


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
    """An answer in words to what is missing; `type` says to what."""

    type: str
    content: str
