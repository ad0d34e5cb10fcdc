"""Risk score, decision policy and handoff payload: rules, computed by code that no document can talk to.

Agents may add risk indicators by code, which can only make a decision more careful; they cannot take
one away, change a bound, or decide.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from jsonschema import Draft202012Validator

from orchestration.rules.reference import Coverage, Policy, ReferenceData, person_key
from orchestration.rules.requirements import Requirements
from shared.models.claim import (
    Assessment,
    ClaimContext,
    Facts,
    GatheringEnd,
    Outcome,
    RecordedDecision,
)

LOW_RISK = 0.3
"""A claim at or above it is an officer's."""
HIGH_RISK = 0.6
"""At or above it the recommendation is to investigate."""
EARLY_CLAIM = timedelta(days=30)
LATE_REPORT = timedelta(days=30)
FREQUENT_CLAIMS = 3
FREQUENT_WITHIN = timedelta(days=730)
HIGH_SHARE = Decimal("0.8")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class RiskIndicator:
    """`weight` is the chance of a problem that this sign alone stands for, 0 to 1."""

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


def assess(
    context: ClaimContext,
    reference: ReferenceData,
    rules: Requirements,
    *,
    mode: Literal["human", "assisted"],
    auto_approve_limit: Decimal,
) -> Assessment:
    """What the rules make of a claim: risk, cover, payout bounds, recommendation, and who decides."""
    facts = context.facts
    policy = reference.policy(facts.policy_number) if facts.policy_number else None
    claim_type = facts.claim_type or "other"
    coverage = reference.coverage(policy, claim_type) if policy else None
    not_covered = _why_not_covered(facts, policy, coverage)
    remaining = _remaining_aggregate(facts, policy, coverage, reference)
    payout = Decimal(0) if not_covered else _payout(facts, coverage, remaining)
    indicators = _indicators(context, reference, policy, coverage)
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


def _indicators(
    context: ClaimContext, reference: ReferenceData, policy: Policy | None, coverage: Coverage | None
) -> list[str]:
    found = [
        *_policy_indicators(context, policy),
        *_amount_indicators(context.facts, coverage),
        *_history_indicators(context.facts, policy, reference),
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


def _history_indicators(facts: Facts, policy: Policy | None, reference: ReferenceData) -> list[str]:
    if policy is None or facts.incident_date is None:
        return []
    happened = facts.incident_date
    past = reference.past_claims(policy_number=policy.policy_number)
    recent = [claim for claim in past if timedelta(0) <= happened - claim.incident_date <= FREQUENT_WITHIN]
    found = ["frequent_claims"] if len(recent) >= FREQUENT_CLAIMS else []
    same = [c for c in past if c.incident_date == happened and c.claim_type == facts.claim_type]
    return found + (["same_loss_before"] if same else [])


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
    """The decision where the rules leave no reason for an officer."""
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
    """SHA-256 of the assessment's canonical JSON: sorted keys, no white space, UTF-8."""
    shown = assessment.model_dump(mode="json")
    canonical = json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def outcome_of(decision: RecordedDecision) -> Outcome:
    """Only an approval approves; everything else denies."""
    return Outcome.APPROVED if decision.decision == "approve" else Outcome.DENIED


@lru_cache(maxsize=1)
def _handoff_schema() -> Draft202012Validator:
    schema = json.loads(Path(__file__).with_name("handoff.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def handoff_payload(context: ClaimContext, brief: str, next_steps: list[str]) -> dict[str, Any]:
    """What the claims system gets of a decided claim, in the form of handoff.schema.json.

    Raises:
        jsonschema.ValidationError: the payload does not fit the schema; nothing may be handed over.
        ValueError: the claim is not decided.
    """
    decision, assessment, facts = context.decision, context.assessment, context.facts
    if decision is None or assessment is None or context.outcome is None:
        raise ValueError(f"{context.claim_id} is not decided")
    payload: dict[str, Any] = {
        "schema_version": 1,
        "claim_id": context.claim_id,
        "claim_type": facts.claim_type or "other",
        "policy_number": facts.policy_number,
        "outcome": context.outcome.value,
        "payout": {
            "amount": float(decision.payout_amount or 0),
            "currency": assessment.currency,
        },
        "decision": decision.model_dump(mode="json"),
        "claimant": {"name": facts.claimant_name, "email": facts.email, "phone": facts.phone},
        "incident": {
            "date": facts.incident_date.isoformat() if facts.incident_date else None,
            "location": facts.incident_location,
            "description": facts.incident_description,
        },
        "assessment": assessment.model_dump(mode="json"),
        "documents": [
            document.model_dump(mode="json", include={"type", "filename", "sha256", "reference"})
            for document in context.documents
        ],
        "brief": brief,
        "next_steps": next_steps,
        "created_at": context.created_at.isoformat(),
        "decided_at": decision.decided_at.isoformat(),
    }
    _handoff_schema().validate(payload)  # pyright: ignore[reportUnknownMemberType]
    return payload
