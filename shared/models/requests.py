"""The bodies of requests; a field that is not named here is refused."""

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    JsonValue,
    StringConstraints,
    Tag,
    model_validator,
)
from pydantic_core import to_json

from shared.models.fields import Line, Money, Strict, Text
from shared.names import ClaimId, FileName, Slug

MAX_DOCUMENTS = 200
"""How many documents one request may bring."""
METADATA_BYTES = 64 * 1024
"""How long the metadata of a submission may be, as JSON."""
METADATA_DEPTH = 32
"""How many levels deep the metadata of a submission may be nested."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _is_written_as_date(value: object) -> object:
    """Refuse what pydantic takes for a date besides: seconds since 1970, as a number or as a text."""
    if isinstance(value, int | float) or (isinstance(value, str) and not _DATE.fullmatch(value)):
        raise ValueError("expected a date like 2026-11-22")
    return value


def _small(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Refuse metadata that is too large: it is read, saved and shown with the claim at every step."""
    if len(to_json(value)) > METADATA_BYTES:
        raise ValueError(f"holds at most {METADATA_BYTES} bytes of JSON")
    level: list[JsonValue] = [value]
    for _ in range(METADATA_DEPTH):
        level = [inner for outer in level for inner in _members(outer)]
        if not level:
            return value
    raise ValueError(f"is nested at most {METADATA_DEPTH} levels deep")


def _members(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


class Claimant(Strict):
    """The person who makes the claim."""

    name: Line | None = None
    email: Line | None = None
    phone: Line | None = None


class Incident(Strict):
    """The incident for which the claim is made."""

    date: Annotated[dt.date, BeforeValidator(_is_written_as_date)] | None = None
    location: Line | None = None
    description: Text | None = None


class DocumentInput(Strict):
    """A document: its content in base64, its text, or a reference into another system."""

    type: Slug | None = None
    filename: FileName
    content_base64: str | None = None
    text: Text | None = None
    reference: Line | None = None

    @model_validator(mode="after")
    def _one_content(self) -> "DocumentInput":
        given = [f for f in ("content_base64", "text", "reference") if getattr(self, f) is not None]
        if len(given) > 1:
            raise ValueError(f"give one of content_base64, text and reference, not {' and '.join(given)}")
        return self

    @property
    def is_named_only(self) -> bool:
        """Whether the document is announced by its name, and nothing of it is given."""
        return self.content_base64 is None and self.text is None and self.reference is None


UNION_TAGS = ("<name>", "<object>")
"""The tags of `NamedOrGiven`; in the location of a validation error they stand for no field."""

NamedOrGiven = Annotated[
    Annotated[FileName, Tag(UNION_TAGS[0])] | Annotated[DocumentInput, Tag(UNION_TAGS[1])],
    Discriminator(lambda value: UNION_TAGS[0] if isinstance(value, str) else UNION_TAGS[1]),
]
"""A document that is only named, or one that is given."""


class Note(Strict):
    """A claimant's answer in words; `type` is the missing information or document that it answers."""

    type: Slug
    content: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class Submission(Strict):
    """A new claim as it is submitted; at least one field says something about it."""

    claim_id: ClaimId | None = None
    policy_number: Line | None = None
    claim_type: Slug | None = None
    claimant: Claimant | None = None
    incident: Incident | None = None
    claim_amount: Money | None = None
    documents: list[NamedOrGiven] = Field(default_factory=list[str | DocumentInput], max_length=MAX_DOCUMENTS)
    narrative: Text | None = None
    metadata: Annotated[dict[str, JsonValue], AfterValidator(_small)] = Field(default_factory=dict)


class Continuation(Strict):
    """More documents and notes for a claim."""

    documents: list[DocumentInput] = Field(default_factory=list[DocumentInput], max_length=MAX_DOCUMENTS)
    notes: list[Note] = Field(default_factory=list[Note], max_length=200)


class Decision(Strict):
    """An officer's decision; `payout_amount` is in the currency of the claim's assessment."""

    decision: Literal["approve", "deny"]
    officer_id: Line
    rationale: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
    payout_amount: Money | None = None
    denial_reason: Line | None = None
    override_reason: Line | None = None
    """Why more is to be paid than the rules allow."""


class Withdrawal(Strict):
    """A claimant's withdrawal of a claim."""

    reason: Line
