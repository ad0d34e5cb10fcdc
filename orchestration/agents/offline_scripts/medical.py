"""medical_specialist: what the medical papers show, and whether it fits the account."""

import re

from orchestration.agents.briefing import Briefing
from orchestration.agents.offline_scripts.papers import Paper, learned, read_papers, reading_calls
from orchestration.agents.offline_scripts.script import Call, Findings, Script, result
from orchestration.agents.offline_scripts.vendors import report_vendor
from orchestration.agents.offline_scripts.wording import amount
from orchestration.agents.plugins.vendors import VendorResult
from orchestration.agents.reports import ReadingReport

MEDICAL = frozenset({"medical_records", "procedure_codes", "itemized_bill"})

_DIAGNOSIS = re.compile(
    r"^[ \t>*#|-]*(?:diagnos[ie]s|impression|assessment|findings?)\**(?:[ \t]*:|[ \t]*\n|[ \t]{2,})"
    r"[ \t*]*([^\n\r]{3,160})",
    re.IGNORECASE | re.MULTILINE,
)
_DIAGNOSIS_CODE = re.compile(r"\b[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}\b")
_PROCEDURE_CODE = re.compile(r"\b(?:CPT|HCPCS)\b[^\n]{0,20}?\b([0-9A-Z]\d{3}[0-9A-Z])\b")
_UNHURT = re.compile(
    r"\bno (?:evidence|signs?|findings?) of (?:any )?injur|\bno injur(?:y|ies) (?:was |were )?"
    r"(?:found|noted|observed|present|seen)|\buninjured\b",
    re.IGNORECASE,
)


def medical_specialist(claim: Briefing) -> Script:
    """Reads the medical papers of a claim in which somebody was hurt."""
    reads = reading_calls(claim, MEDICAL)
    answers = (yield reads) if reads else []
    papers = read_papers(answers)
    gained = learned(claim, papers)
    providers = list(dict.fromkeys(vendor for paper in papers for vendor in paper.facts.vendors))
    lookups = [Call("lookup_vendor", {"name": provider}) for provider in providers]
    looked_up = (yield lookups) if lookups else []

    found = Findings()
    for paper in papers:
        _report_paper(paper, found)
    for call, answer in zip(lookups, looked_up, strict=True):
        if provider := result(answer, VendorResult):
            report_vendor(provider, call, found)
    on_file = [document for document in claim.documents if document.type in MEDICAL]
    if claim.facts.injuries and claim.facts.claim_type != "medical" and not on_file:
        text = "An injury is claimed and no medical document is on file."
        found.add(text, "documents on file", "injury_without_records")
    unread = {document.filename for document in on_file} - {paper.filename for paper in papers}
    for name in sorted(unread):
        found.add(
            f"{name} holds no text that can be read; someone must look at it.", f"read_document({name!r})"
        )
    return found.report(ReadingReport, claim, _conclusion(papers, found), facts=gained)


def _report_paper(paper: Paper, found: Findings) -> None:
    if match := _DIAGNOSIS.search(paper.text):
        found.add(f"The diagnosis is: {match[1].strip()}", paper.cite(match[1].strip()))
    if codes := list(dict.fromkeys(_DIAGNOSIS_CODE.findall(paper.text)))[:10]:
        found.add(f"Diagnosis codes: {', '.join(codes)}.", paper.cite(codes[0]))
    if codes := list(dict.fromkeys(_PROCEDURE_CODE.findall(paper.text)))[:10]:
        found.add(f"Procedure codes: {', '.join(codes)}.", paper.cite(codes[0]))
    if paper.facts.claim_amount is not None:
        total = paper.facts.claim_amount
        found.add(
            f"{paper.filename} comes to {amount(total, paper.facts.currency)}.", paper.cite(f"{total:,.2f}")
        )
    if match := _UNHURT.search(paper.text):
        found.add("The record shows no injury.", paper.cite(match[0]), "injury_without_records")


def _conclusion(papers: list[Paper], found: Findings) -> str:
    if not papers:
        return "No medical document that can be read is on file."
    names = ", ".join(paper.filename for paper in papers)
    if "injury_without_records" in found.indicators:
        return f"{names} do not show the injury that is claimed."
    return f"{names} document the treatment; nothing in them speaks against the claim."
