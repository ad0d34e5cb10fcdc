"""The labelled sets, as types. Adding to them is adding to the YAML files beside this module."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, TypeAdapter

from shared.models.facts import Facts
from shared.models.requests import Submission

FOLDER = Path(__file__).parent
PARTS = ("rules", "aside")
"""What may be looked at while rules are written, and what is only measured."""

type Part = Literal["rules", "aside"]
type Form = Literal["text", "email", "json"]
_CONTENT_TYPES: dict[Form, str] = {
    "text": "text/plain",
    "email": "message/rfc822",
    "json": "application/json",
}


class Letter(NamedTuple):
    """A claim as it is sent."""

    content_type: str
    body: bytes


class _Labelled(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LabelledClaim(_Labelled):
    """A submission as it comes, and what a claims handler reads out of it."""

    id: str
    form: Form
    sent: dt.date
    text: Annotated[str, StringConstraints(min_length=1)] | None = None
    submission: Submission | None = None
    """Of the form `json`, instead of a text."""
    facts: Facts
    """What is not named is not said; only a description is always taken to be there."""
    missing_documents: list[str] | None = None
    """What the claimant must be asked for; None: what the rules ask for by the labelled facts."""
    missing_information: list[str] | None = None
    """As `missing_documents`."""
    language: str | None = None
    """ISO 639-1 code of the language that the claimant writes; None: English."""
    corrected: dict[str, JsonValue] = Field(default_factory=dict)
    """What an officer corrected, by the name of the fact, with what was read before.

    Nobody looked at the other facts of such a claim: only these are measured."""

    @property
    def received_at(self) -> dt.datetime:
        return dt.datetime.combine(self.sent, dt.time(20), dt.UTC)

    @property
    def is_english(self) -> bool:
        return self.language in {None, "en"}

    @property
    def letter(self) -> Letter:
        """The claim as it is sent."""
        text = self.submission.model_dump_json(exclude_unset=True) if self.submission else self.text or ""
        return Letter(_CONTENT_TYPES[self.form], text.encode())


class LabelledDocument(_Labelled):
    name: str
    type: str
    part: Part
    text: str = Field(description="What could be read of it; empty for pictures and scans")


def labelled_claims(part: Part) -> list[LabelledClaim]:
    return claims_in(FOLDER / "claims" / f"{part}.yaml")


def claims_in(path: Path) -> list[LabelledClaim]:
    """The labelled claims of a file.

    Raises:
        ValidationError: the file is no list of labelled claims.
    """
    return TypeAdapter(list[LabelledClaim]).validate_python(_content(path))


def labelled_documents(part: Part) -> list[LabelledDocument]:
    documents = TypeAdapter(list[LabelledDocument]).validate_python(_content(FOLDER / "documents.yaml"))
    return [document for document in documents if document.part == part]


def _content(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
