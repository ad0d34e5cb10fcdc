"""policy_specialist: is the policy known, in force, the claimant's, and does it cover this?"""

from orchestration.agents.briefing import Briefing
from orchestration.agents.offline_scripts.script import Call, Findings, Script, result
from orchestration.agents.offline_scripts.wording import amount, summary
from orchestration.agents.plugins.policy import CoverageResult, PolicyResult
from orchestration.agents.reports import Report
from orchestration.rules.keys import person_key
from orchestration.rules.reference import Policy
from orchestration.rules.risk import EARLY_CLAIM, HIGH_SHARE
from shared.models.facts import Facts


def policy_specialist(claim: Briefing) -> Script:
    """Looks up the policy, and whether it covers the claim on the day of the incident."""
    facts = claim.facts
    if not facts.policy_number:
        return Report(summary=summary(claim, [], "No policy number is known, so cover cannot be checked."))

    lookup = Call("lookup_policy", {"policy_number": facts.policy_number})
    calls = [lookup]
    if facts.claim_type and facts.incident_date:
        arguments = lookup.arguments | {
            "claim_type": facts.claim_type,
            "incident_date": facts.incident_date.isoformat(),
        }
        calls.append(Call("check_coverage", arguments))
    answers = yield calls

    found = Findings()
    looked_up = result(answers[0], PolicyResult)
    policy = looked_up.policy if looked_up else None
    if policy is None:
        found.add(f"No policy {facts.policy_number} is known.", lookup, "policy_unknown")
    else:
        _judge_policy(claim, policy, lookup, found)
    coverage = result(answers[1], CoverageResult) if len(answers) > 1 else None
    if coverage:
        _judge_coverage(facts, coverage, calls[1], found)
    return found.report(Report, claim, _verdict(facts, policy, coverage))


def _judge_policy(claim: Briefing, policy: Policy, lookup: Call, found: Findings) -> None:
    facts = claim.facts
    found.add(
        f"Policy {policy.policy_number} is a {policy.tier} {policy.line} policy, "
        f"{policy.effective_from} to {policy.effective_to}, for {policy.insured_object}.",
        lookup,
    )
    if policy.status != "active":
        found.add(f"The policy is {policy.status}.", lookup, "policy_inactive")
    if facts.claimant_name and person_key(facts.claimant_name) != person_key(policy.holder_name):
        found.add(f"The claimant is not the holder, who is {policy.holder_name}.", lookup, "holder_mismatch")
    if (day := facts.incident_date) is None:
        return
    if day > claim.received_at.date():
        found.add(f"The incident's day, {day}, lies after the claim.", lookup, "incident_in_future")
    if not policy.in_force_on(day):
        found.add(f"The incident of {day} is outside the policy period.", lookup, "incident_outside_period")
    elif day - policy.effective_from <= EARLY_CLAIM:
        days = (day - policy.effective_from).days
        found.add(f"The incident came {days} days after the policy began.", lookup, "early_claim")


def _judge_coverage(facts: Facts, coverage: CoverageResult, check: Call, found: Findings) -> None:
    if not coverage.covered:
        found.add(f"The policy does not cover {facts.claim_type}: {coverage.note}.", check)
        return
    money = coverage.currency
    found.add(
        f"Covered up to {amount(coverage.limit, money)}, less a deductible of "
        f"{amount(coverage.deductible, money)}; {amount(coverage.remaining_aggregate, money)} of the yearly "
        f"limit remain.",
        check,
    )
    claimed = facts.claim_amount
    if claimed is None:
        return
    if claimed > coverage.limit:
        text = f"The amount claimed, {amount(claimed, money)}, is above the limit."
        found.add(text, check, "amount_over_limit")
    elif claimed > coverage.limit * HIGH_SHARE:
        found.add("The amount claimed is close to the limit.", check, "high_amount")
    if claimed - coverage.deductible > coverage.remaining_aggregate:
        found.add("What remains of the yearly limit does not carry the amount claimed.", check)
    if claimed <= coverage.deductible:
        found.add("The amount claimed does not exceed the deductible.", check)
    if facts.currency and facts.currency != money:
        found.add(f"The claim is in {facts.currency}, the policy in {money}.", check)


def _verdict(facts: Facts, policy: Policy | None, coverage: CoverageResult | None) -> str:
    if policy is None:
        return f"Policy {facts.policy_number} is not known; nothing can be said about cover."
    against: list[str] = []
    if policy.status != "active":
        against.append(f"it is {policy.status}")
    if facts.incident_date and not policy.in_force_on(facts.incident_date):
        against.append("the incident is outside its period")
    if coverage and not coverage.covered:
        against.append(f"it does not cover {facts.claim_type}")
    if against:
        return f"Policy {policy.policy_number} stands against the claim: {', '.join(against)}."
    if coverage is None:
        return f"Policy {policy.policy_number} is known; cover cannot be checked without type and day."
    return f"Policy {policy.policy_number} covers the claim; nothing stands against it."
