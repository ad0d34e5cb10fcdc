"""Sessions of schema version 1, whose facts were bare values."""

import datetime as dt
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field
from pydantic_core import from_json

from shared.models.facts import ClaimFacts, EvidenceSource, Facts, FactStatus
from shared.models.requests import Note, Submission
from shared.session_store.legacy.session_files import SessionFiles

UNPROVEN = 0.4
"""How sure a value of version 1 is whose source nobody knows any more: what is read anew outranks it."""
_ANSWERED = {"contact_information": ("email", "phone")}
"""The facts that a note of a type answers, where they are named otherwise."""


class _Version1(BaseModel):
    """The fields of a version 1 context from which its evidence is made."""

    created_at: AwareDatetime
    submission: Submission
    facts: Facts = Field(default_factory=Facts)
    notes: list[Note] = Field(default_factory=list[Note])


def from_version_1(files: SessionFiles) -> dict[str, Any]:
    """The fields of a version 2 context.

    A fact that the submission's fields give, or that a note answered, was given by the claimant; of any other
    nobody knows any more where it was read, and it stays unsure until it is read again.

    Raises:
        ValueError: the context is none of version 1.
    """
    old: dict[str, Any] = from_json(files.context)
    known = _Version1.model_validate(old)
    fields = _stated(known.submission)
    answered = {name for note in known.notes for name in _ANSWERED.get(note.type, (note.type,))}
    evidence: dict[str, Any] = {}
    for name, value in known.facts:
        if value in (None, []):
            continue
        if name in answered:
            given = _given(name, value, known.created_at, EvidenceSource.ANSWER)
        elif fields.get(name) == value:
            given = _given(name, value, known.created_at, EvidenceSource.CLAIMANT_FIELD)
        else:
            given = _given(name, value, known.created_at, EvidenceSource.LETTER)
        evidence[name] = given
    new = {name: value for name, value in old.items() if name != "facts"}
    return {**new, "schema_version": 2, "evidence": evidence}


def _given(name: str, value: Any, at: dt.datetime, source: EvidenceSource) -> dict[str, Any]:
    by_claimant = source is not EvidenceSource.LETTER
    facts = ClaimFacts.given(
        Facts.model_construct(**{name: value}),
        at=at,
        source=source,
        read_by="claimant" if by_claimant else "version 1",
        status=FactStatus.STATED if by_claimant else FactStatus.READ,
        confidence=1.0 if by_claimant else UNPROVEN,
    )
    return dict(facts)[name].model_dump(mode="json")


def _stated(submission: Submission) -> dict[str, Any]:
    incident, claimant = submission.incident, submission.claimant
    return {
        "claim_type": submission.claim_type,
        "policy_number": submission.policy_number,
        "claim_amount": submission.claim_amount,
        "incident_date": incident and incident.date,
        "incident_location": incident and incident.location,
        "incident_description": incident and incident.description,
        "claimant_name": claimant and claimant.name,
        "email": claimant and claimant.email,
        "phone": claimant and claimant.phone,
    }
