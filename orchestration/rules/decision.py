"""Cover, payout and who decides: rules, computed by code that no document can talk to.

Agents change no bound and decide nothing; what they may add to the risk is in orchestration/rules/risk.py.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from orchestration.rules.approval import Case, PaperOnFile, reasons_for_an_officer
from orchestration.rules.basis import LEDGER, basis_of, entry_digest
from orchestration.rules.reference import Coverage, Policy, ReferenceData
from orchestration.rules.requirements import Requirements
from orchestration.rules.risk import HIGH_RISK, risk_indicators, risk_score
from shared.document_types import OTHER
from shared.ledger import LedgerBook
from shared.models.claim import Assessment, ClaimContext, DocumentRecord, Outcome, RecordedDecision
from shared.models.facts import Facts
from shared.models.papers import LetterSigns, Vehicle

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Circumstances:
    """What the rules look at beside the claim's own record and what the carrier knows."""

    signs: LetterSigns = field(default_factory=LetterSigns)
    """What the claimant's texts say beside facts."""
    insured: Vehicle | None = None
    """The vehicle that the policy insures; None where it insures none."""
    book: LedgerBook = field(default_factory=LedgerBook)
    """This app's own claims on the policy, this one among them."""
    unread_notes: int = 0
    """How many notes answer nothing that was asked."""
    unconfirmed: Sequence[str] = ()
    """Facts that a model read and no rule confirms."""


def assess(
    context: ClaimContext,
    reference: ReferenceData,
    rules: Requirements,
    circumstances: Circumstances,
    *,
    mode: Literal["human", "assisted"],
    auto_approve_limit: Decimal,
) -> Assessment:
    """Assess a claim by the rules: risk, cover, payout and its bounds, recommendation, and who decides.

    Amounts are in the currency of the policy, and where none is known in that of the claim or in USD.
    `auto_approve_limit` is the largest claimed amount that a rule may approve; in the mode `human` no rule
    approves anything. A rule decides only where every condition of the approval gate holds.
    """
    facts, book = context.facts, circumstances.book
    policy = reference.policy(facts.policy_number) if facts.policy_number else None
    claim_type = facts.claim_type or OTHER
    coverage = reference.coverage(policy, claim_type) if policy else None
    not_covered = _why_not_covered(facts, policy, coverage)
    remaining = _remaining_aggregate(context, policy, coverage, reference, book)
    payout = Decimal(0) if not_covered else _payout(facts, coverage, remaining)
    indicators = risk_indicators(context, reference, policy, coverage, book)
    score = risk_score(indicators)
    missing = context.missing_documents + context.missing_information
    currency = policy.currency if policy else facts.currency or "USD"
    rule = rules.claim_type(facts)
    reasons = reasons_for_an_officer(
        Case(
            mode=mode,
            facts=context.evidence,
            decisive=rule.decisive,
            officer_always=rule.officer_always,
            not_covered=not_covered,
            missing=missing,
            open_questions=[question.fact for question in rules.open_questions(context.evidence)],
            priced=rules.priced_documents,
            required=frozenset(rules.required_documents(facts)),
            risk_score=score,
            indicators=indicators,
            unread_notes=circumstances.unread_notes,
            limit=auto_approve_limit,
            payout=payout,
            remaining=remaining,
            received_on=context.created_at.date(),
            policy=policy,
            coverage=coverage,
            insured=circumstances.insured,
            papers=[_paper(document, context) for document in context.documents],
            signs=circumstances.signs,
            like_claims=book.like_before(context.claim_id),
            is_registered=book.entry(context.claim_id) is not None,
            gathering_ended_early=context.gathering_ended in {"stalled", "round_limit"},
            unconfirmed=circumstances.unconfirmed,
        )
    )
    return Assessment(
        risk_score=score,
        fraud_indicators=indicators,
        covered=not not_covered,
        complete=not missing and facts.claim_type is not None,
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
        basis={**basis_of(context), LEDGER: entry_digest(book.entry(context.claim_id))},
    )


def _paper(document: DocumentRecord, context: ClaimContext) -> PaperOnFile:
    reading = context.readings.get(document.sha256) if document.sha256 else None
    return PaperOnFile(document.type, document.filename, reading, is_reference=document.sha256 is None)


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


def carrier_remaining(facts: Facts, reference: ReferenceData) -> Decimal:
    """What the carrier's own payments leave of the year's limit, this app's claims not counted."""
    policy = reference.policy(facts.policy_number) if facts.policy_number else None
    coverage = reference.coverage(policy, facts.claim_type or OTHER) if policy else None
    if policy is None or coverage is None or facts.incident_date is None:
        return coverage.aggregate_limit if coverage else Decimal(0)
    paid = reference.paid_in_year(policy.policy_number, coverage.claim_type, facts.incident_date.year)
    return coverage.aggregate_limit - paid


def _remaining_aggregate(
    context: ClaimContext,
    policy: Policy | None,
    coverage: Coverage | None,
    reference: ReferenceData,
    book: LedgerBook,
) -> Decimal:
    """What is left of the year's limit after what the carrier paid and this app reserved or paid."""
    day = context.facts.incident_date
    if policy is None or coverage is None or day is None:
        return coverage.aggregate_limit if coverage else Decimal(0)
    own = book.paid_in_year(coverage.claim_type, day.year, except_for=context.claim_id)
    return max(Decimal(0), carrier_remaining(context.facts, reference) - own)


def _payout(facts: Facts, coverage: Coverage | None, remaining: Decimal) -> Decimal:
    if facts.claim_amount is None or coverage is None:
        return Decimal(0)
    after_deductible = max(Decimal(0), facts.claim_amount - coverage.deductible)
    return min(after_deductible, coverage.limit, remaining).quantize(CENT)


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
