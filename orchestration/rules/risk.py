"""Risk indicators and the risk score of a claim, computed by code that no document can talk to.

Agents may add risk indicators by code, which only makes a decision more careful; they cannot take one away.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from orchestration.rules.keys import person_key
from orchestration.rules.ledger import LedgerBook
from orchestration.rules.reference import Coverage, Policy, ReferenceData
from shared.models.claim import ClaimContext
from shared.models.facts import Facts

LOW_RISK = 0.3
"""A claim whose risk score is at or above it is decided by an officer."""
HIGH_RISK = 0.6
"""The recommendation for a claim whose risk score is at or above it is to investigate."""
EARLY_CLAIM = timedelta(days=30)
LATE_REPORT = timedelta(days=30)
FREQUENT_CLAIMS = 3
FREQUENT_WITHIN = timedelta(days=730)
HIGH_SHARE = Decimal("0.8")


@dataclass(frozen=True)
class RiskIndicator:
    """A sign of a problem; `weight` is the chance of a problem where this is the only sign, 0 to 1."""

    weight: float
    description: str


RISK_INDICATORS: dict[str, RiskIndicator] = {
    "policy_unknown": RiskIndicator(0.35, "the policy system does not know the policy number"),
    "policy_inactive": RiskIndicator(0.30, "the policy has lapsed or was cancelled"),
    "incident_outside_period": RiskIndicator(0.30, "the incident is outside the policy period"),
    "incident_in_future": RiskIndicator(0.50, "the incident lies after the claim"),
    "early_claim": RiskIndicator(0.20, "the incident came within 30 days of the policy's start"),
    "frequent_claims": RiskIndicator(0.20, "three or more claims in the two years before"),
    "same_loss_before": RiskIndicator(0.45, "a claim of this type and day was made before"),
    "amount_over_limit": RiskIndicator(0.10, "the amount is above the coverage limit"),
    "high_amount": RiskIndicator(0.10, "the amount is above 80 % of the coverage limit"),
    "watch_list_high": RiskIndicator(0.60, "on the watch list, severity high"),
    "watch_list_medium": RiskIndicator(0.30, "on the watch list, severity medium"),
    "vendor_blocked": RiskIndicator(0.40, "a vendor in the claim is blocked"),
    "vendor_probation": RiskIndicator(0.15, "a vendor in the claim is on probation"),
    "holder_mismatch": RiskIndicator(0.15, "the claimant is not the policy holder"),
    "late_report": RiskIndicator(0.15, "reported more than 30 days after the incident"),
    # what only a reader of the documents can see
    "document_mismatch": RiskIndicator(0.25, "a document contradicts the claim"),
    "inconsistent_account": RiskIndicator(0.25, "the account contradicts itself"),
    "injury_without_records": RiskIndicator(0.15, "an injury is claimed and no record shows it"),
}


def risk_score(indicators: list[str]) -> float:
    """The chance that at least one of the indicators means a problem, taking them as independent: 0 to 1."""
    clean = 1.0
    for code in set(indicators):
        clean *= 1 - RISK_INDICATORS[code].weight
    return round(1 - clean, 3)


def risk_indicators(
    context: ClaimContext,
    reference: ReferenceData,
    policy: Policy | None,
    coverage: Coverage | None,
    book: LedgerBook,
) -> list[str]:
    """The codes of the indicators that a claim shows, those of agents included, in the order of the table.

    `book` has this app's own claims on the policy.
    """
    found = [
        *_policy_indicators(context, policy),
        *_amount_indicators(context.facts, coverage),
        *_history_indicators(context, policy, reference, book),
        *_party_indicators(context.facts, policy, reference),
        *(code for turn in context.turns.values() for code in turn.report.get("risk_indicators", [])),
    ]
    return [code for code in RISK_INDICATORS if code in found]


def _policy_indicators(context: ClaimContext, policy: Policy | None) -> list[str]:
    facts, found = context.facts, list[str]()
    happened, reported = facts.incident_date, context.created_at.date()
    if policy is None:
        found += ["policy_unknown"] if facts.policy_number else []
    elif policy.status != "active":
        found.append("policy_inactive")
    if happened and happened > reported:
        found.append("incident_in_future")
    if happened and reported - happened > LATE_REPORT:
        found.append("late_report")
    if happened and policy:
        if not policy.in_force_on(happened):
            found.append("incident_outside_period")
        elif happened - policy.effective_from <= EARLY_CLAIM:
            found.append("early_claim")
    return found


def _amount_indicators(facts: Facts, coverage: Coverage | None) -> list[str]:
    if facts.claim_amount is None or coverage is None or not coverage.covered:
        return []
    if facts.claim_amount > coverage.limit:
        return ["amount_over_limit"]
    return ["high_amount"] if facts.claim_amount > coverage.limit * HIGH_SHARE else []


def _history_indicators(
    context: ClaimContext, policy: Policy | None, reference: ReferenceData, book: LedgerBook
) -> list[str]:
    facts = context.facts
    if policy is None or facts.incident_date is None:
        return []
    happened = facts.incident_date
    past = reference.past_claims(policy_number=policy.policy_number)
    recent = [claim for claim in past if timedelta(0) <= happened - claim.incident_date <= FREQUENT_WITHIN]
    own = book.since(happened - FREQUENT_WITHIN, before=context.claim_id)
    found = ["frequent_claims"] if len(recent) + own >= FREQUENT_CLAIMS else []
    same = [c for c in past if c.incident_date == happened and c.claim_type == facts.claim_type]
    return found + (["same_loss_before"] if same or book.like_before(context.claim_id) else [])


def _party_indicators(facts: Facts, policy: Policy | None, reference: ReferenceData) -> list[str]:
    hits = reference.watch_list_hits(
        names=[name for name in (facts.claimant_name, *facts.vendors) if name],
        emails=[facts.email] if facts.email else [],
        phones=[facts.phone] if facts.phone else [],
    )
    found = [f"watch_list_{hit.severity}" for hit in hits]
    vendors = [vendor for name in facts.vendors if (vendor := reference.vendor(name))]
    found += [f"vendor_{vendor.status}" for vendor in vendors if vendor.status != "approved"]
    if policy and facts.claimant_name and person_key(facts.claimant_name) != person_key(policy.holder_name):
        found.append("holder_mismatch")
    return found
