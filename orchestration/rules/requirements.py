"""What a claim still needs: the rules of requirements.yaml applied to what is on record of the claim.

What is missing is computed anew from facts, notes and documents each time; it does not depend on the order in
which they came.
"""

from collections.abc import Iterable
from typing import Self, TypedDict

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import to_jsonable_python

from orchestration.rules.routing import NextStep
from shared.document_types import OTHER
from shared.models.claim import ClaimContext, DocumentRecord, MissingDocument, OpenQuestion
from shared.models.facts import FACT_NAMES, ClaimFacts, Facts, FactStatus
from shared.models.requests import Note
from shared.names import Slug

ALWAYS = "always"
OPTIONAL = "optional"
_YES_NO_FACTS = {name for name, fact in Facts.model_fields.items() if fact.annotation == bool | None}
_CONDITIONS = {ALWAYS, OPTIONAL, *_YES_NO_FACTS}

_INFORMATION: dict[str, tuple[str, ...]] = {
    "policy_number": ("policy_number",),
    "incident_date": ("incident_date",),
    "incident_location": ("incident_location",),
    "incident_description": ("incident_description",),
    "claim_amount": ("claim_amount",),
    "contact_information": ("email", "phone"),
}
"""The facts that satisfy each kind of information; one of them is enough."""


_LONGEST_REASON = 300


class Request(TypedDict):
    """Which specialist asks for a document, and why; None for both where a rule requires it."""

    requested_by: str | None
    reason: str | None


class _Wording(TypedDict):
    description: str
    how_to_ask: str


_NO_REQUEST = Request(requested_by=None, reason=None)


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Information(_Rules):
    """A kind of information that every claim needs."""

    description: str
    how_to_ask: str


class DocumentType(_Rules):
    """A type of document that a claim may need."""

    description: str
    how_to_ask: str
    accepts_note: bool = False
    """Whether a note of this type replaces the document."""
    priced: bool = False
    """Whether such a document says what the claim costs."""


class ClaimType(_Rules):
    """A type of claim with the documents that it needs."""

    description: str
    officer_always: bool = False
    """Whether an officer decides every claim of this type, and never a rule."""
    decisive: list[Slug]
    """Names of the facts that must be sure before a rule approves a claim of this type."""
    documents: dict[Slug, str]
    """The condition under which each type of document is required: `always`, `optional`, or a fact's name."""


class Requirements(_Rules):
    """The rules of requirements.yaml, checked."""

    information: dict[str, Information]
    questions: dict[Slug, str]
    """How to ask for a decisive fact that is no kind of information."""
    document_types: dict[Slug, DocumentType]
    claim_types: dict[Slug, ClaimType]

    @model_validator(mode="after")
    def _rules_name_what_exists(self) -> Self:
        if unknown := sorted(self.information.keys() ^ _INFORMATION.keys()):
            raise ValueError(f"information: exactly {', '.join(_INFORMATION)} are known; see {unknown[0]}")
        if OTHER not in self.claim_types:
            raise ValueError(f"claim_types: '{OTHER}' must be there, for what fits nothing else")
        for claim_type, rule in self.claim_types.items():
            where = f"claim_types.{claim_type}.decisive"
            if unknown := sorted({*rule.decisive} - {*FACT_NAMES}):
                raise ValueError(f"{where}: there is no fact '{unknown[0]}'")
            if unasked := sorted({*rule.decisive} - self.information.keys() - self.questions.keys()):
                raise ValueError(f"{where}: questions does not say how to ask for '{unasked[0]}'")
            for document_type, condition in rule.documents.items():
                where = f"claim_types.{claim_type}.documents.{document_type}"
                if document_type not in self.document_types:
                    raise ValueError(f"{where}: no such document type")
                if condition not in _CONDITIONS:
                    raise ValueError(f"{where}: '{condition}' is none of {', '.join(sorted(_CONDITIONS))}")
                if condition in _YES_NO_FACTS and condition not in rule.decisive:
                    raise ValueError(f"{where}: '{condition}' must be decisive, since unknown is not no")
        return self

    def claim_type(self, facts: Facts) -> ClaimType:
        """The rule of a claim's type; an unknown type is treated as `other`."""
        return self.claim_types.get(facts.claim_type or OTHER, self.claim_types[OTHER])

    def required_documents(self, facts: Facts) -> list[str]:
        """The types of documents that a claim with these facts requires, there or not."""
        return [
            document_type
            for document_type, condition in self.claim_type(facts).documents.items()
            if condition == ALWAYS or (condition != OPTIONAL and getattr(facts, condition) is True)
        ]

    @property
    def priced_documents(self) -> frozenset[str]:
        """The types of documents that say what a claim costs."""
        return frozenset(name for name, kind in self.document_types.items() if kind.priced)

    def open_questions(self, evidence: ClaimFacts) -> list[OpenQuestion]:
        """The decisive facts of a claim that nobody gave or in which sources differ, with how to ask."""
        facts = dict(evidence)
        return [
            OpenQuestion(
                fact=name,
                question=self._question(name),
                understood=to_jsonable_python(facts[name].value),
            )
            for name in self.claim_type(evidence.values).decisive
            if facts[name].status in {FactStatus.UNKNOWN, FactStatus.CONFLICTING}
        ]

    def _question(self, fact: str) -> str:
        return self.questions.get(fact) or self.information[fact].how_to_ask

    def missing_information(self, facts: Facts) -> list[str]:
        """The kinds of information that no fact satisfies, in the order of the rules."""
        known = facts.model_dump()
        return [kind for kind in self.information if not any(known[fact] for fact in _INFORMATION[kind])]

    def missing_documents(
        self, facts: Facts, on_file: Iterable[DocumentRecord], notes: Iterable[Note]
    ) -> list[str]:
        """The types of documents that are required and neither on file nor replaced by a note."""
        present = {document.type for document in on_file}
        noted = {note.type for note in notes}
        missing: list[str] = []
        for document_type in self.required_documents(facts):
            is_replaced = document_type in noted and self.document_types[document_type].accepts_note
            if document_type not in present and not is_replaced:
                missing.append(document_type)
        return missing

    def describe(self, missing_documents: Iterable[str], context: ClaimContext) -> list[MissingDocument]:
        """The missing documents in words for the claimant, with the reason of a specialist who asks."""
        requests = self.requested(context)
        return [
            MissingDocument(type=name, **self._wording(name, context), **requests.get(name, _NO_REQUEST))
            for name in missing_documents
        ]

    def requested(self, context: ClaimContext) -> dict[str, Request]:
        """The documents for which specialists asked during gathering, by type, with their reasons."""
        requests: dict[str, Request] = {}
        for turn in context.turns.values():
            if not turn.step.startswith(f"{NextStep.GATHERING}."):
                continue
            for document in turn.report.get("requested_documents", []):
                name, reason = document["type"], " ".join(document["reason"].split())
                if name in self.document_types:
                    requests.setdefault(
                        name, Request(requested_by=turn.role, reason=reason[:_LONGEST_REASON])
                    )
        return requests

    def check(self, context: ClaimContext) -> tuple[list[str], list[str]]:
        """The types of documents and the kinds of information that a claim misses now.

        An imported claim that no agent of ours has read yet misses only what it missed where it came from:
        until it is read, nobody knows what else it lacks.
        """
        own = self._missing_of_its_own(context)
        if context.is_unread:
            return own, []
        documents = self.missing_documents(context.facts, context.documents, context.notes)
        for name in self.requested(context):
            if name not in documents and not self._is_given(name, context):
                documents.append(name)
        return list(dict.fromkeys([*documents, *own])), self.missing_information(context.facts)

    def _missing_of_its_own(self, context: ClaimContext) -> list[str]:
        return [
            name
            for name in context.required_documents
            if name not in self.information and not self._is_given(name, context)
        ]

    def _is_given(self, name: str, context: ClaimContext) -> bool:
        if any(document.type == name for document in context.documents):
            return True
        kind = self.document_types.get(name)
        return bool(kind and kind.accepts_note) and any(note.type == name for note in context.notes)

    def _wording(self, name: str, context: ClaimContext) -> _Wording:
        if kind := self.document_types.get(name):
            return _Wording(description=kind.description, how_to_ask=kind.how_to_ask)
        own = context.required_documents[name]
        return _Wording(description=own, how_to_ask=f"Please send: {own}")
