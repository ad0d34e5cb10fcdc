"""What a claim learns: candidates for its facts, from everything that its claimant and papers say.

Each source adds candidates with their evidence, in whatever order it comes; which of them count is
decided by orchestration/rules/facts.py. To read a source again adds nothing.
"""

import datetime as dt
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

import reading
from orchestration.agents.reports import ReadingReport
from orchestration.rules.facts import Candidate, merged
from reading.found import FoundFacts
from shared.document_types import OTHER
from shared.models.claim import ClaimContext, DocumentRecord
from shared.models.facts import (
    QUOTE_CHARACTERS,
    Alternative,
    ClaimFacts,
    Evidence,
    EvidenceSource,
    Facts,
)
from shared.models.papers import LetterSigns
from shared.models.requests import Note, Submission

RULES = "rules"
"""Who read what no agent did."""
BY_A_MODEL = 0.7
"""How surely a model read a fact: it may be talked into anything by what it reads, so never surely."""
NO_BETTER = 0.3
"""How sure it is that a claim is of the type `other` because nothing says what else it is."""

DECIDING = ("policy_number", "claim_type", "incident_date", "claim_amount", "currency", "claimant_name")
"""The facts on which a rule approves a claim."""


def letters(context: ClaimContext) -> Iterator[str]:
    """The texts in the claimant's own words that came with the submission and with notes."""
    submission = context.submission
    if submission.narrative:
        yield submission.narrative
    description = submission.incident.description if submission.incident else None
    if description and description != submission.narrative:
        yield description
    yield from (note.content for note in context.notes)


def facts_of(submission: Submission, at: dt.datetime) -> ClaimFacts:
    """The facts that the fields of a submission give."""
    return ClaimFacts.given(_stated(submission), at=at)


def with_letters(context: ClaimContext, claim_types: Container[str | None]) -> ClaimFacts:
    """The claim's facts with what rules read in the claimant's own words, read one by one."""
    facts = context.evidence
    for letter in letters(context):
        read = reading.read_letter(letter, sent_at=context.sent_at)
        added = _candidates(read.found, EvidenceSource.LETTER, RULES, context.created_at)
        facts = merged(facts, _of_known_type(added, claim_types))
    return facts


def with_some_type(context: ClaimContext) -> ClaimFacts:
    """The claim's facts, with the type `other` where the claimant's words can be read and give no type."""
    facts = context.evidence
    if facts.claim_type.value or letter_signs(context).languages:
        return facts
    evidence = Evidence(source=EvidenceSource.LETTER, read_by=RULES, at=context.created_at)
    nothing_else = Alternative[Any](value=OTHER, confidence=NO_BETTER, evidence=(evidence,))
    return merged(facts, {"claim_type": [nothing_else]})


def letter_signs(context: ClaimContext) -> LetterSigns:
    """What the claimant's words say beside the facts."""
    signs: LetterSigns | None = None
    for letter in letters(context):
        read = reading.read_letter(letter, sent_at=context.sent_at).signs
        signs = signs + read if signs else read
    return signs or LetterSigns()


def is_understood(note: Note, at: dt.datetime) -> bool:
    """Whether a note is understood as the answer to the question that it is for."""
    return bool(reading.parse_answer(note.type, note.content, sent_at=at).model_dump(exclude_defaults=True))


def with_answer(facts: ClaimFacts, note: Note, at: dt.datetime) -> ClaimFacts:
    """The facts with what a note answers to the question that it is for."""
    answer = reading.parse_answer(note.type, note.content, sent_at=at)
    given = ClaimFacts.given(answer, at=at, source=EvidenceSource.ANSWER, confidence=0.95)
    quote = note.content[:QUOTE_CHARACTERS]
    added = {
        name: [
            candidate.model_copy(
                update={"evidence": tuple(e.model_copy(update={"quote": quote}) for e in candidate.evidence)}
            )
            for candidate in fact.candidates
        ]
        for name, fact in given
    }
    return merged(facts, added)


def with_paper(
    facts: ClaimFacts, document: DocumentRecord, found: FoundFacts, claim_types: Container[str | None]
) -> ClaimFacts:
    """The facts with what rules read in a document on file."""
    added = _candidates(found, EvidenceSource.DOCUMENT, RULES, document.received_at, document.sha256)
    return merged(facts, _of_known_type(added, claim_types))


def with_report(
    context: ClaimContext,
    role: str,
    report: ReadingReport,
    at: dt.datetime,
    claim_types: Container[str | None],
) -> ClaimFacts:
    """The facts with what a model read, each with the passage that it quotes."""
    added = {
        name: [_reported(context, role, value, report.quote_of(name), at)]
        for name, value in report.facts
        if value not in (None, [])
    }
    return merged(context.evidence, _of_known_type(added, claim_types))


def read_by_models_alone(facts: ClaimFacts) -> list[str]:
    """The deciding facts that models read and nobody else gives."""
    return [name for name in DECIDING if _is_by_models_alone(dict(facts)[name].evidence)]


def _is_by_models_alone(evidence: Iterable[Evidence]) -> bool:
    read_by = {
        one.read_by for one in evidence if one.source in {EvidenceSource.LETTER, EvidenceSource.DOCUMENT}
    }
    given = [one for one in evidence if one.source not in {EvidenceSource.LETTER, EvidenceSource.DOCUMENT}]
    return bool(read_by) and RULES not in read_by and not given


def _reported(context: ClaimContext, role: str, value: Any, quote: str, at: dt.datetime) -> Candidate:
    quote = quote[:QUOTE_CHARACTERS]
    for letter in letters(context):
        start = letter.find(quote) if quote else -1
        if start >= 0:
            evidence = Evidence(
                source=EvidenceSource.LETTER,
                quote=quote,
                start=start,
                end=start + len(quote),
                read_by=role,
                at=at,
            )
            break
    else:
        in_papers = bool(quote) and bool(context.documents)
        source = EvidenceSource.DOCUMENT if in_papers else EvidenceSource.LETTER
        evidence = Evidence(source=source, quote=quote, read_by=role, at=at)
    return Alternative[Any](value=value, confidence=BY_A_MODEL, evidence=(evidence,))


def _candidates(
    found: FoundFacts, source: EvidenceSource, read_by: str, at: dt.datetime, sha256: str | None = None
) -> dict[str, list[Candidate]]:
    return {
        name: [
            Alternative[Any](
                value=one.value,
                confidence=one.confidence,
                evidence=(
                    Evidence(
                        source=source,
                        document_sha256=sha256,
                        quote=one.quote[:QUOTE_CHARACTERS],
                        start=one.start,
                        end=one.end,
                        read_by=read_by,
                        at=at,
                    ),
                ),
            )
            for one in values
        ]
        for name, values in found.items()
    }


def _of_known_type(
    added: Mapping[str, list[Candidate]], claim_types: Container[str | None]
) -> Mapping[str, list[Candidate]]:
    """Without the claim types that no rule knows."""
    types = [one for one in added.get("claim_type", ()) if one.value in claim_types]
    return {**added, "claim_type": types} if "claim_type" in added else added


def _stated(submission: Submission) -> Facts:
    """The facts that the fields of a submission give.

    An e-mail's fields are its sender's, who is not the claimant where the letter names a client.
    """
    incident, claimant = submission.incident, submission.claimant
    by_email = submission.metadata.get("source") == "email"
    client = reading.client(submission.narrative) if by_email and submission.narrative else Facts()
    sender = claimant.email if claimant else None
    name = claimant.name if claimant else None
    if by_email and name and submission.narrative:
        name = reading.in_full(name, submission.narrative)
    phone = claimant.phone and (reading.parse_phone(claimant.phone) or claimant.phone) if claimant else None
    return Facts(
        claim_type=submission.claim_type,
        policy_number=submission.policy_number,
        incident_date=incident.date if incident else None,
        incident_location=incident.location if incident else None,
        incident_description=incident.description if incident else None,
        claim_amount=submission.claim_amount,
        claimant_name=client.claimant_name or name,
        email=client.email or (None if client.phone else sender),
        phone=client.phone or phone,
    )
