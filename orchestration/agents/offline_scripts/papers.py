"""Documents on file as offline agents read them, and where they contradict the claim."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath

import reading
from orchestration.agents.briefing import Briefing
from orchestration.agents.offline_scripts.script import Call, Findings, result
from orchestration.agents.offline_scripts.wording import amount, passage
from orchestration.agents.plugins.claim import DocumentResult
from orchestration.rules.keys import person_key, policy_key, vendor_key
from shared.models.facts import Facts

ACCOUNTS = frozenset({"police_report", "fire_report", "witness_statement"})
"""Documents that tell what happened."""
PRICED = frozenset({"repair_estimate", "itemized_bill", "damage_assessment", "inventory_list"})
"""Documents that say what it costs."""

_MOST = 20
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".webp", ".heic", ".bmp"})
_ROUNDING = Decimal("1.1")
_SAME_EVENT = dt.timedelta(days=1)
_ISSUED_TO = re.compile(
    r"^[ \t>*#|-]*(?:customer|insured|owner|policy ?holder|claimant|bill(?:ed)? to)(?: name)?"
    r"\**[ \t]*:[ \t*]*([^\W\d_][^\n\r,;:|(]{2,59})",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Paper:
    """A document that was read: its text and the facts that it adds."""

    type: str
    filename: str
    text: str
    facts: Facts

    def cite(self, words: str) -> str:
        """The document, with the passage that holds `words` where there is one."""
        return f"{self.filename}: {passage(self.text, [words]) or words}"


def reading_calls(claim: Briefing, types: frozenset[str] | None = None) -> list[Call]:
    """The calls that read the documents on file, or those of some types; pictures hold no text."""
    names = (
        document.filename
        for document in claim.documents
        if (types is None or document.type in types)
        and PurePosixPath(document.filename).suffix.lower() not in _PICTURES
    )
    return [Call("read_document", {"filename": name}) for name in list(dict.fromkeys(names))[:_MOST]]


def read_papers(answers: Iterable[str]) -> list[Paper]:
    """The documents that hold text, read."""
    documents = [document for answer in answers if (document := result(answer, DocumentResult))]
    return [
        Paper(d.type, d.filename, d.text, reading.read_document(d.text, d.type)) for d in documents if d.text
    ]


def report_unread(calls: Sequence[Call], answers: Sequence[str], found: Findings) -> None:
    """Add a finding for each document that could not be read."""
    for call, answer in zip(calls, answers, strict=True):
        if (document := result(answer, DocumentResult)) and document.problem:
            found.add(f"{document.filename} {document.problem}.", call)


def learned(claim: Briefing, papers: Sequence[Paper]) -> Facts:
    """What the documents establish and the claim did not know."""
    known, gained = claim.facts, Facts()
    for paper in papers:
        for name in ("injuries", "police_involved", "theft_or_vandalism"):
            if getattr(paper.facts, name) is True and getattr(known, name) is not True:
                setattr(gained, name, True)
        for vendor in paper.facts.vendors:
            if vendor_key(vendor) not in {vendor_key(name) for name in (*known.vendors, *gained.vendors)}:
                gained.vendors.append(vendor)
    if known.claim_amount is None and (totals := _totals(_without_double(papers))):
        gained.claim_amount = sum((total for _, total in totals), start=Decimal(0))
        gained.currency = next(paper.facts.currency for paper, _ in totals)
    return gained


def _without_double(papers: Sequence[Paper]) -> list[Paper]:
    """An assessment prices the damage that an estimate prices again."""
    estimated = any(paper.type == "repair_estimate" for paper in papers)
    return [paper for paper in papers if not (estimated and paper.type == "damage_assessment")]


def report_learned(gained: Facts, papers: Sequence[Paper], found: Findings) -> None:
    """Add a finding for each fact that only the papers give."""
    for paper in papers:
        for name, text in (
            ("injuries", "Someone was hurt or treated"),
            ("police_involved", "The police were involved"),
            ("theft_or_vandalism", "It was theft or vandalism"),
        ):
            if getattr(gained, name) and getattr(paper.facts, name):
                found.add(f"{text}.", f"{paper.filename} ({paper.type})")
        for vendor in paper.facts.vendors:
            if vendor in gained.vendors:
                found.add(f"{vendor} is named.", paper.cite(vendor))


def report_contradictions(claim: Briefing, papers: Sequence[Paper], found: Findings) -> None:
    """Where a document says another policy, day, name or amount than the claim."""
    for paper in papers:
        _compare_policy(claim.facts, paper, found)
        _compare_day(claim, paper, found)
        _compare_name(claim.facts, paper, found)
    _compare_amounts(claim, papers, found)


def _compare_policy(facts: Facts, paper: Paper, found: Findings) -> None:
    named = reading.policy_number(paper.text)
    if facts.policy_number and named and policy_key(named) != policy_key(facts.policy_number):
        text = f"{paper.filename} is for policy {named}, the claim for {facts.policy_number}."
        found.add(text, paper.cite(named), "document_mismatch")


def _compare_day(claim: Briefing, paper: Paper, found: Findings) -> None:
    if paper.type not in ACCOUNTS or claim.facts.incident_date is None:
        return
    day = reading.incident_date(paper.text, sent_at=claim.sent_at)
    if day and abs(day - claim.facts.incident_date) > _SAME_EVENT:
        text = f"{paper.filename} says that it happened on {day}, the claim {claim.facts.incident_date}."
        found.add(text, paper.filename, "document_mismatch")


def _compare_name(facts: Facts, paper: Paper, found: Findings) -> None:
    """Relatives share a name and often file for each other; only a name with nothing in common counts."""
    match = _ISSUED_TO.search(paper.text)
    if not match or not facts.claimant_name:
        return
    name = match[1].strip()
    claimant, other = set(person_key(facts.claimant_name).split()), set(person_key(name).split())
    if claimant and other and not claimant & other:
        text = f"{paper.filename} is made out to {name}, the claimant is {facts.claimant_name}."
        found.add(text, paper.cite(name), "document_mismatch")


def _compare_amounts(claim: Briefing, papers: Sequence[Paper], found: Findings) -> None:
    """More may be priced than is claimed; less is a contradiction once nothing priced is missing."""
    claimed, totals = claim.facts.claim_amount, _totals(papers)
    if claimed is None or not totals:
        return
    priced = sum((total for _, total in totals), start=Decimal(0))
    shown = amount(priced, totals[0][0].facts.currency)
    names = ", ".join(paper.filename for paper, _ in totals)
    evidence = "; ".join(paper.cite(f"{total:,.2f}") for paper, total in totals)
    if claimed > priced * _ROUNDING:
        complete = _all_priced(claim, {paper.filename for paper, _ in totals})
        text = f"{amount(claimed, claim.facts.currency)} claimed, but the documents come to {shown}: {names}."
        found.add(text, evidence, "document_mismatch" if complete else None)
    elif priced > claimed * _ROUNDING:
        found.add(f"The documents come to {shown}, more than is claimed: {names}.", evidence)
    else:
        found.add(f"The documents carry the amount claimed: {names}.", evidence)


def _all_priced(claim: Briefing, priced: set[str]) -> bool:
    """Whether every paper that could carry a part of the amount is there and was read."""
    unread = any(d.type in PRICED and d.filename not in priced for d in claim.documents)
    unbilled = claim.facts.injuries and not any(d.type == "itemized_bill" for d in claim.documents)
    return not (unread or unbilled or any(d.type in PRICED for d in claim.missing_documents))


def _totals(papers: Sequence[Paper]) -> list[tuple[Paper, Decimal]]:
    return [(paper, paper.facts.claim_amount) for paper in papers if paper.facts.claim_amount is not None]
