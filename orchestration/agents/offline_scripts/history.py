"""claims_history_analyst: what was claimed before."""

import datetime as dt

from orchestration.agents.briefing import Briefing
from orchestration.agents.offline_scripts.script import Call, Findings, Script, result
from orchestration.agents.offline_scripts.wording import summary
from orchestration.agents.plugins.history import HistoryResult
from orchestration.agents.reports import Report
from orchestration.rules.keys import policy_key
from orchestration.rules.reference import PastClaim
from orchestration.rules.risk import FREQUENT_CLAIMS, FREQUENT_WITHIN

_SAME_LOSS = dt.timedelta(days=3)
"""People are unsure of a day; two losses of one type within so few days are looked at as one."""


def claims_history_analyst(claim: Briefing) -> Script:
    """Searches earlier claims of the policy and the claimant for frequency and for the same loss."""
    facts = claim.facts
    wanted = {"policy_number": facts.policy_number, "claimant_name": facts.claimant_name}
    search = Call("search_claims_history", {name: value for name, value in wanted.items() if value})
    if not search.arguments:
        return Report(
            summary=summary(claim, [], "Neither policy nor claimant is known; nothing to search for.")
        )

    (answer,) = yield [search]
    history = result(answer, HistoryResult)
    past = history.claims if history else []
    happened = facts.incident_date or claim.received_at.date()
    recent = [c for c in past if dt.timedelta(0) <= happened - c.incident_date <= FREQUENT_WITHIN]

    found = Findings()
    if len(recent) >= FREQUENT_CLAIMS:
        text = f"{len(recent)} claims in the two years before: {_list(recent)}."
        found.add(text, search, "frequent_claims")
    elif recent:
        found.add(f"{len(recent)} in the two years before, which is not unusual: {_list(recent)}.", search)
    for earlier in past:
        _judge(claim, earlier, search, found)
    return found.report(Report, claim, _conclusion(past, recent, found))


def _judge(claim: Briefing, earlier: PastClaim, search: Call, found: Findings) -> None:
    facts = claim.facts
    same_type = earlier.claim_type == facts.claim_type
    if same_type and facts.incident_date and abs(facts.incident_date - earlier.incident_date) <= _SAME_LOSS:
        text = (
            f"{earlier.claim_id} was for a loss of the same type on {earlier.incident_date}; "
            f"it was {earlier.outcome}."
        )
        found.add(text, search, "same_loss_before")
    if facts.policy_number and policy_key(earlier.policy_number) != policy_key(facts.policy_number):
        found.add(
            f"The claimant claimed on another policy, {earlier.policy_number}: {earlier.claim_id}.", search
        )
    if earlier.flags:
        noted = ", ".join(flag.replace("_", " ") for flag in earlier.flags)
        found.add(f"The adjuster of {earlier.claim_id} noted: {noted}.", search)
    if earlier.outcome == "denied":
        found.add(f"{earlier.claim_id} of {earlier.incident_date} was denied.", search)


def _list(claims: list[PastClaim]) -> str:
    return ", ".join(f"{c.claim_id} ({c.claim_type}, {c.incident_date}, {c.outcome})" for c in claims)


def _conclusion(past: list[PastClaim], recent: list[PastClaim], found: Findings) -> str:
    if not past:
        return "No earlier claims are known."
    claims = "1 earlier claim" if len(past) == 1 else f"{len(past)} earlier claims"
    text = f"{claims}, {len(recent)} in the two years before the incident."
    return f"{text} The pattern should be looked at." if found.indicators else f"{text} Nothing unusual."
