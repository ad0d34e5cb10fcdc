"""fraud_analyst: signs that a claim is not what it seems."""

from orchestration.agents.briefing import Briefing
from orchestration.agents.offline_scripts.papers import (
    learned,
    read_papers,
    reading_calls,
    report_contradictions,
)
from orchestration.agents.offline_scripts.script import Call, Findings, Script, result
from orchestration.agents.plugins.policy import PolicyResult
from orchestration.agents.plugins.watch_list import WatchListResult
from orchestration.agents.reports import ReadingReport
from orchestration.rules.risk import EARLY_CLAIM, LATE_REPORT


def fraud_analyst(claim: Briefing) -> Script:
    """Checks the watch list, and the claim's dates and documents for signs of fraud."""
    facts = claim.facts
    watch = _watch_list_call(claim, [name for name in (facts.claimant_name, *facts.vendors) if name])
    lookups = [Call("lookup_policy", {"policy_number": facts.policy_number})] if facts.policy_number else []
    answers = yield [watch, *lookups, *reading_calls(claim)]
    papers = read_papers(answers[1 + len(lookups) :])
    gained = learned(claim, papers)

    found = Findings()
    _report_hits(answers[0], watch, found)
    if gained.vendors:
        second = Call("check_watch_list", {"names": gained.vendors, "emails": [], "phones": []})
        (answer,) = yield [second]
        _report_hits(answer, second, found)
    if lookups:
        _report_early(claim, answers[1], lookups[0], found)
    _report_late(claim, found)
    report_contradictions(claim, papers, found)
    signs = len(found.indicators)
    conclusion = (
        f"{signs} sign{'' if signs == 1 else 's'} should be looked at: {_in_words(found.indicators)}."
        if signs
        else "Nothing points to fraud: no watch-list entry, no contradiction in the documents."
    )
    return found.report(ReadingReport, claim, conclusion, facts=gained)


def _watch_list_call(claim: Briefing, names: list[str]) -> Call:
    facts = claim.facts
    return Call(
        "check_watch_list",
        {
            "names": names,
            "emails": [facts.email] if facts.email else [],
            "phones": [facts.phone] if facts.phone else [],
        },
    )


def _report_hits(answer: str, call: Call, found: Findings) -> None:
    hits = result(answer, WatchListResult)
    for hit in hits.hits if hits else []:
        text = f"The {hit.kind} {hit.value} is on the watch list, severity {hit.severity}: {hit.reason}."
        found.add(text, call, f"watch_list_{hit.severity}")


def _report_early(claim: Briefing, answer: str, lookup: Call, found: Findings) -> None:
    looked_up, day = result(answer, PolicyResult), claim.facts.incident_date
    if looked_up is None or looked_up.policy is None or day is None:
        return
    policy = looked_up.policy
    if policy.in_force_on(day) and day - policy.effective_from <= EARLY_CLAIM:
        days = (day - policy.effective_from).days
        text = f"The incident came {days} days after the policy began; it may be a renewal."
        found.add(text, lookup, "early_claim")


def _report_late(claim: Briefing, found: Findings) -> None:
    day, reported = claim.facts.incident_date, claim.received_at.date()
    if day is None:
        return
    evidence = f"incident {day}, claim received {reported}"
    if day > reported:
        found.add(
            "The incident's day lies after the claim; it may be a slip.", evidence, "incident_in_future"
        )
    elif reported - day > LATE_REPORT:
        days = (reported - day).days
        text = f"The incident was reported after {days} days; illness or absence may explain it."
        found.add(text, evidence, "late_report")


def _in_words(indicators: list[str]) -> str:
    return ", ".join(indicator.replace("_", " ") for indicator in indicators)
