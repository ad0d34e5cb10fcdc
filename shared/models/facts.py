"""Facts of a claim with their evidence: what is known, from where, in which words, and how surely.

A fact is worth its evidence. Each value that anybody gave or read is kept as a candidate; which of
them the claim goes by is computed from all of them (orchestration/rules/facts.py), so that a new
source can add a candidate and never hide one.
"""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.models.fields import Money

SURE = 0.9
"""The confidence from which on a value counts as sure; calibrated on the evaluation's labelled claims."""
QUOTE_CHARACTERS = 300
"""The longest quote that is kept as evidence."""


class Facts(BaseModel):
    """The facts of a claim, from the submission, the agents' reading of it, and the claimant's notes.

    None means not known. False means that a text says no.
    """

    claim_type: str | None = None
    policy_number: str | None = None
    incident_date: dt.date | None = None
    incident_location: str | None = None
    incident_description: str | None = None
    claim_amount: Money | None = None
    currency: str | None = None
    claimant_name: str | None = None
    email: str | None = None
    phone: str | None = None
    injuries: bool | None = None
    police_involved: bool | None = None
    theft_or_vandalism: bool | None = None
    vendors: list[str] = Field(default_factory=list)


class FactStatus(StrEnum):
    """How a fact came to be known."""

    UNKNOWN = "unknown"
    """Nobody gave a value. Unknown is not no."""
    READ = "read"
    """A reader found it in a letter or a paper."""
    STATED = "stated"
    """The claimant gave it as the answer to a question or as a field of the submission."""
    CONFIRMED = "confirmed"
    """Sources that do not depend on each other say the same."""
    CORRECTED = "corrected"
    """An officer set it, with a reason; nothing of lower rank changes it any more."""
    CONFLICTING = "conflicting"
    """Sources differ, and no source of higher rank settles it."""


class EvidenceSource(StrEnum):
    """Where a value was found."""

    CLAIMANT_FIELD = "claimant_field"
    LETTER = "letter"
    ANSWER = "answer"
    DOCUMENT = "document"
    OFFICER = "officer"
    POLICY_SYSTEM = "policy_system"
    CLAIMS_SYSTEM = "claims_system"


def _is_none(value: object) -> bool:
    return value is None


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(_Frozen):
    """One place in which a value stands."""

    source: EvidenceSource
    document_sha256: str | None = Field(default=None, exclude_if=_is_none)
    """Checksum of the document on file; None where the source is no document."""
    page: int | None = Field(default=None, exclude_if=_is_none)
    """Page of the document, counted from 1; None where it has none."""
    quote: Annotated[str, StringConstraints(max_length=QUOTE_CHARACTERS)] = ""
    """The words of the source, verbatim."""
    start: int | None = Field(default=None, exclude_if=_is_none)
    """Where the quote begins in the source's text, in characters; None where it has no place."""
    end: int | None = Field(default=None, exclude_if=_is_none)
    """Where the quote ends in the source's text."""
    read_by: str
    """Who found it: a reader's or an agent's name, or the id of the officer who set it."""
    at: AwareDatetime
    """When it was read, given or set."""


class Alternative[T](_Frozen):
    """A value that somebody gave or read, with its evidence."""

    value: T
    confidence: Annotated[float, Field(ge=0, le=1)]
    evidence: tuple[Evidence, ...] = ()


class Fact[T](_Frozen):
    """What is known of one thing: the value that counts, and the others that were given or read."""

    value: T | None = None
    """None is unknown, which is not no."""
    status: FactStatus = FactStatus.UNKNOWN
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    evidence: tuple[Evidence, ...] = ()
    alternatives: tuple[Alternative[T], ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether money may move by rule on it."""
        if self.status in {FactStatus.UNKNOWN, FactStatus.CONFLICTING}:
            return False
        return self.status is FactStatus.CORRECTED or self.confidence >= SURE

    @property
    def candidates(self) -> tuple[Alternative[T], ...]:
        """Every value with its evidence, the one that counts first."""
        if self.value is None:
            return self.alternatives
        own = Alternative[T](value=self.value, confidence=self.confidence, evidence=self.evidence)
        return (own, *self.alternatives)


class ClaimFacts(_Frozen):
    """What is known of a claim, each fact with its evidence."""

    claim_type: Fact[str] = Fact[str]()
    policy_number: Fact[str] = Fact[str]()
    incident_date: Fact[dt.date] = Fact[dt.date]()
    incident_location: Fact[str] = Fact[str]()
    incident_description: Fact[str] = Fact[str]()
    claim_amount: Fact[Money] = Fact[Money]()
    currency: Fact[str] = Fact[str]()
    claimant_name: Fact[str] = Fact[str]()
    email: Fact[str] = Fact[str]()
    phone: Fact[str] = Fact[str]()
    injuries: Fact[bool] = Fact[bool]()
    police_involved: Fact[bool] = Fact[bool]()
    theft_or_vandalism: Fact[bool] = Fact[bool]()
    vendors: Fact[list[str]] = Fact[list[str]]()

    @classmethod
    def given(
        cls,
        values: Facts,
        *,
        at: dt.datetime,
        source: EvidenceSource = EvidenceSource.CLAIMANT_FIELD,
        read_by: str = "claimant",
        status: FactStatus = FactStatus.STATED,
        confidence: float = 1.0,
    ) -> Self:
        """Facts that one source gives, all of them alike sure."""
        evidence = Evidence(source=source, read_by=read_by, at=at)
        return cls.model_validate(
            {
                name: {"value": value, "status": status, "confidence": confidence, "evidence": [evidence]}
                for name, value in values
                if value not in (None, [])
            }
        )

    @property
    def values(self) -> Facts:
        """The values alone; None where one is unknown."""
        known = {name: fact.value for name, fact in self if fact.value is not None}
        return Facts.model_construct(**known)

    def with_facts(self, facts: Mapping[str, Fact[Any]]) -> Self:
        """The same with some facts replaced, by their names."""
        return self.model_construct(None, **{**dict(self), **facts})


FACT_NAMES: tuple[str, ...] = tuple(ClaimFacts.model_fields)
YES_NO_FACTS: frozenset[str] = frozenset({"injuries", "police_involved", "theft_or_vandalism"})
"""The facts that are a yes or a no."""
