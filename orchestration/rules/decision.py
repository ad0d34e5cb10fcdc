"""Cover, payout and who decides: rules, computed by code that no document can talk to.

Agents change no bound and decide nothing; what they may add to the risk is in orchestration/rules/risk.py.
"""

import hashlib
import json
from decimal import Decimal
from typing import Literal

from orchestration.rules.reference import Coverage, Policy, ReferenceData
from orchestration.rules.requirements import Requirements
from orchestration.rules.risk import HIGH_RISK, LOW_RISK, risk_indicators, risk_score
from shared.document_types import OTHER
from shared.models.claim import Assessment, ClaimContext, GatheringEnd, Outcome, RecordedDecision
from shared.models.facts import Facts

CENT = Decimal("0.01")


def assess(
    context: ClaimContext,
    reference: ReferenceData,
    rules: Requirements,
    *,
    mode: Literal["human", "assisted"],
    auto_approve_limit: Decimal,
) -> Assessment:
    """Assess a claim by the rules: risk, cover, payout and its bounds, recommendation, and who decides.

    Amounts are in the currency of the policy, and where none is known in that of the claim or in USD.
    `auto_approve_limit` is the largest claimed amount that a rule may approve; in the mode `human` no rule
    approves anything.
    """
    facts = context.facts
    policy = reference.policy(facts.policy_number) if facts.policy_number else None
    claim_type = facts.claim_type or OTHER
    coverage = reference.coverage(policy, claim_type) if policy else None
    not_covered = _why_not_covered(facts, policy, coverage)
    remaining = _remaining_aggregate(facts, policy, coverage, reference)
    payout = Decimal(0) if not_covered else _payout(facts, coverage, remaining)
    indicators = risk_indicators(context, reference, policy, coverage)
    score = risk_score(indicators)
    missing = context.missing_documents + context.missing_information
    currency = policy.currency if policy else facts.currency or "USD"

    reasons = _officer_reasons(
        mode=mode,
        officer_always=rules.claim_type(facts).officer_always,
        not_covered=not_covered,
        missing=missing,
        score=score,
        amount=facts.claim_amount,
        limit=auto_approve_limit,
        gathering_ended=context.gathering_ended,
        same_currency=facts.currency in {None, currency},
        payout=payout,
    )
    return Assessment(
        risk_score=score,
        fraud_indicators=indicators,
        covered=not not_covered,
        complete=not missing,
        not_covered_because=not_covered,
        claim_amount=facts.claim_amount,
        currency=currency,
        deductible=coverage.deductible if coverage else Decimal(0),
        coverage_limit=coverage.limit if coverage else Decimal(0),
        remaining_aggregate=remaining,
        recommended_payout=payout,
        recommendation="deny" if not_covered else "investigate" if score >= HIGH_RISK else "approve",
        route="officer" if reasons else "rule",
        route_reasons=reasons,
        missing_at_assessment=missing,
    )


def _why_not_covered(facts: Facts, policy: Policy | None, coverage: Coverage | None) -> list[str]:
    if policy is None:
        return ["no policy with this number is known"]
    reasons: list[str] = []
    if facts.incident_date is None:
        reasons += [] if policy.status == "active" else [f"the policy is {policy.status}"]
    elif not policy.in_force_on(facts.incident_date):
        reasons.append("the incident is outside the policy period")
    if coverage is None or not coverage.covered:
        reasons.append(f"a {policy.tier} {policy.line} policy does not cover {facts.claim_type}")
    return reasons


def _remaining_aggregate(
    facts: Facts, policy: Policy | None, coverage: Coverage | None, reference: ReferenceData
) -> Decimal:
    if policy is None or coverage is None or facts.incident_date is None:
        return coverage.aggregate_limit if coverage else Decimal(0)
    paid = reference.paid_in_year(policy.policy_number, coverage.claim_type, facts.incident_date.year)
    return max(Decimal(0), coverage.aggregate_limit - paid)


def _payout(facts: Facts, coverage: Coverage | None, remaining: Decimal) -> Decimal:
    if facts.claim_amount is None or coverage is None:
        return Decimal(0)
    after_deductible = max(Decimal(0), facts.claim_amount - coverage.deductible)
    return min(after_deductible, coverage.limit, remaining).quantize(CENT)


def _officer_reasons(
    *,
    mode: str,
    officer_always: bool,
    not_covered: list[str],
    missing: list[str],
    score: float,
    amount: Decimal | None,
    limit: Decimal,
    gathering_ended: GatheringEnd | None,
    same_currency: bool,
    payout: Decimal,
) -> list[str]:
    """Why a rule must not approve the claim; empty where it may."""
    checks = {
        "an officer decides every claim (DECISION_MODE=human)": mode == "human",
        "claims of this type are always an officer's": officer_always,
        "the claim is not covered": bool(not_covered),
        f"still missing: {', '.join(missing)}": bool(missing),
        f"risk score {score} is not low (below {LOW_RISK})": score >= LOW_RISK,
        "gathering stopped with questions open": gathering_ended in {"stalled", "round_limit"},
        "no amount is known": amount is None,
        f"the amount is above the limit of {limit} for approval by rule": amount is not None
        and amount > limit,
        "the amount is not in the policy's currency": not same_currency,
        "nothing is to be paid after the deductible and earlier payments": not not_covered and payout == 0,
    }
    return [reason for reason, holds in checks.items() if holds]


def approval_by_rule(assessment: Assessment, context: ClaimContext) -> RecordedDecision:
    """The decision on a claim whose assessment names the rule as the one who decides."""
    return RecordedDecision(
        decision="approve",
        decided_by="rule",
        officer_id=None,
        rationale="complete, covered, of low risk, and within the limit for approval by rule",
        payout_amount=assessment.recommended_payout,
        assessment_sha256=assessment_digest(assessment),
        decided_at=context.saved_at or context.created_at,
    )


def assessment_digest(assessment: Assessment) -> str:
    """The SHA-256, in hex, of the assessment's canonical JSON: sorted keys, no white space, UTF-8."""
    shown = assessment.model_dump(mode="json")
    canonical = json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def outcome_of(decision: RecordedDecision) -> Outcome:
    """The outcome of a decision: only an approval approves, everything else denies."""
    return Outcome.APPROVED if decision.decision == "approve" else Outcome.DENIED
