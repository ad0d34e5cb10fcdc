"""document_validator: what is on file beside what is required, and whether it fits the claim."""

from orchestration.agents.briefing import Briefing
from orchestration.agents.offline_scripts.papers import (
    learned,
    read_papers,
    reading_calls,
    report_contradictions,
    report_learned,
    report_unread,
)
from orchestration.agents.offline_scripts.script import Call, Findings, Script, result
from orchestration.agents.plugins.claim import RequirementsResult
from orchestration.agents.reports import ReadingReport, RequestedDocument


def document_validator(claim: Briefing) -> Script:
    """Reads the documents on file and reports what is missing, unreadable or contradictory."""
    check = Call("check_requirements")
    reads = reading_calls(claim)
    answers = yield [check, *reads]
    required = result(answers[0], RequirementsResult)
    papers = read_papers(answers[1:])

    found = Findings()
    for document in claim.documents:
        if document.type == "other":
            found.add(
                f"{document.filename} is of no known type and satisfies no requirement.", "documents on file"
            )
    report_unread(reads, answers[1:], found)
    if required:
        for document in required.missing_documents:
            found.add(f"Missing: {document.description}.", check)
        for kind in required.missing_information:
            found.add(f"The claim does not say its {kind.replace('_', ' ')}.", check)
    gained = learned(claim, papers)
    report_learned(gained, papers, found)
    report_contradictions(claim, papers, found)
    wanted = [
        RequestedDocument(type=d.type, reason=f"{d.description} is required and not on file")
        for d in (required.missing_documents if required else [])
    ]
    conclusion = _conclusion(claim, required, found)
    return found.report(ReadingReport, claim, conclusion, requested_documents=wanted, facts=gained)


def _conclusion(claim: Briefing, required: RequirementsResult | None, found: Findings) -> str:
    on_file = ", ".join(f"{document.filename} ({document.type})" for document in claim.documents) or "nothing"
    missing = [document.type for document in required.missing_documents] if required else []
    nothing = (
        "Nothing is missing."
        if claim.facts.claim_type
        else "What is missing cannot be said: the type of the claim is not known."
    )
    text = f"On file: {on_file}. " + (f"Missing: {', '.join(missing)}." if missing else nothing)
    return f"{text} Documents contradict the claim." if found.indicators else text
