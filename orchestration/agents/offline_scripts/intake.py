"""intake_coordinator: what the claimant's own words say, beside what the submission's fields say."""

import datetime as dt
from decimal import Decimal

import reading
from orchestration.agents.briefing import Briefing, claimant_words
from orchestration.agents.offline_scripts.script import Call, Findings, Script, result
from orchestration.agents.offline_scripts.wording import amount, passage
from orchestration.agents.plugins.claim import ClaimResult
from orchestration.agents.reports import ReadingReport
from orchestration.rules.keys import person_key, policy_key
from shared.models.facts import Facts

_LABELS = {
    "claim_type": "The claim is of the type",
    "policy_number": "The policy number is",
    "incident_date": "The incident was on",
    "incident_location": "The place of the incident is",
    "claim_amount": "The amount claimed is",
    "claimant_name": "The claimant is",
    "email": "The claimant's e-mail address is",
    "phone": "The claimant's phone number is",
}
_YES_OR_NO = {
    "injuries": ("Someone was hurt", "Nobody was hurt"),
    "police_involved": ("The police were involved", "The police were not involved"),
    "theft_or_vandalism": ("It was theft or vandalism", "It was neither theft nor vandalism"),
}
_NARRATIVE = "the narrative"
_SAME_EVENT = dt.timedelta(days=1)
_ABOUT_THE_SAME = 4
"""Amounts that differ by less than one part in this many are taken for the same."""


def intake_coordinator(claim: Briefing) -> Script:
    """Reads the submission into facts."""
    text = claim.narrative
    if claim.narrative_truncated:
        (answer,) = yield [Call("read_claim")]
        if whole := result(answer, ClaimResult):
            text = claimant_words(whole.submission.narrative, whole.facts.incident_description)

    read = reading.read_narrative(text, sent_at=claim.sent_at) if text else Facts()
    found = Findings()
    _report_news(claim.facts, read, text, found)
    _report_conflicts(claim.facts, read, found)
    facts = _together(claim.facts, read)
    return found.report(ReadingReport, claim, _conclusion(facts, claim), facts=facts)


def _together(known: Facts, read: Facts) -> Facts:
    """What is known stays; reading fills what is open, and finds more vendors."""
    open_facts = {name: value for name, value in read if name != "vendors" and getattr(known, name) is None}
    if known.claim_amount is not None:
        open_facts.pop("currency", None)
    return known.model_copy(
        update=open_facts | {"vendors": list(dict.fromkeys([*known.vendors, *read.vendors]))}
    )


def _report_news(known: Facts, read: Facts, text: str, found: Findings) -> None:
    for name, label in _LABELS.items():
        value = getattr(read, name)
        if value is not None and getattr(known, name) is None:
            shown = amount(value, read.currency) if name == "claim_amount" else str(value)
            found.add(f"{label} {shown}.", _quote(text, _spellings(value)))
    for name, (yes, no) in _YES_OR_NO.items():
        value = getattr(read, name)
        if value is not None and getattr(known, name) is None:
            found.add(f"{yes if value else no}.", _quote(text, []))
    for vendor in read.vendors:
        if vendor not in known.vendors:
            found.add(f"{vendor} is named.", _quote(text, [vendor]))


def _quote(text: str, spellings: list[str]) -> str:
    quoted = passage(text, spellings)
    return f"{_NARRATIVE}: {quoted}" if quoted else f"{_NARRATIVE} as a whole"


def _spellings(value: object) -> list[str]:
    """How people write a value, the likeliest to be told from other words first."""
    match value:
        case dt.date():
            month = f"{value:%B}"
            styles = (
                f"{month} {value.day}",
                f"{value.day} {month}",
                f"{value.month}/{value.day}/",
                f"{value:%A}",
            )
            return [value.isoformat(), *styles]
        case Decimal():
            return [f"{value:,.2f}", f"{value:.2f}", f"{value:,.0f}", f"{value:.0f}"]
        case _:
            text = str(value)
            return [text, f"{text[-7:-4]}-{text[-4:]}"] if text.startswith("+") else [text]


def _report_conflicts(known: Facts, read: Facts, found: Findings) -> None:
    evidence = f"the submission beside {_NARRATIVE}"
    if known.policy_number and read.policy_number:
        given, told_number = known.policy_number, read.policy_number
        if policy_key(given) != policy_key(told_number):
            text = f"The submission gives policy {given}, the narrative {told_number}."
            found.add(text, evidence, "inconsistent_account")
    if known.incident_date and read.incident_date:
        given, told_day = known.incident_date, read.incident_date
        if abs(given - told_day) > _SAME_EVENT:
            text = f"The submission says that it happened on {given}, the narrative {told_day}."
            found.add(text, evidence, "inconsistent_account")
    if known.claim_amount and read.claim_amount:
        given, told_amount = known.claim_amount, read.claim_amount
        if abs(given - told_amount) * _ABOUT_THE_SAME > given:
            found.add(
                f"The submission claims {given:,.2f}, the narrative speaks of {told_amount:,.2f}.", evidence
            )
    if known.claimant_name and read.claimant_name:
        given, told_name = known.claimant_name, read.claimant_name
        if person_key(given) != person_key(told_name):
            found.add(f"The submission is from {given}, the narrative is signed by {told_name}.", evidence)


def _conclusion(facts: Facts, claim: Briefing) -> str:
    what = (facts.claim_type or "unclassified").replace("_", " ")
    when = f" of {facts.incident_date}" if facts.incident_date else ""
    much = f" over {amount(facts.claim_amount, facts.currency)}" if facts.claim_amount is not None else ""
    papers = len(claim.documents)
    on_file = f", with {papers} document{'' if papers == 1 else 's'} on file" if papers else ""
    return f"{what.capitalize()} claim{when}{much}{on_file}."
