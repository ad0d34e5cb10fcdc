"""Cover, payout and who decides, as tables over our reference data."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from orchestration.rules.decision import approval_by_rule
from shared.models.claim import Outcome
from shared.models.facts import YES_NO_FACTS
from tests.orchestration.rules.claims import (
    POLICIES,
    REFERENCE,
    REQUIREMENTS,
    VENDORS,
    assessed,
    claim,
    decided,
    policy,
)


def test_a_small_complete_covered_claim_of_low_risk_is_approved_by_rule() -> None:
    context = claim(policy("auto"))
    result = assessed(context)
    assert (result.route, result.route_reasons, result.recommendation) == ("rule", [], "approve")
    decision = approval_by_rule(result, context)
    assert (decision.decision, decision.decided_by, decision.officer_id) == ("approve", "rule", None)
    assert decision.payout_amount == result.recommended_payout > 0


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"claim_amount": Decimal("1000.01")}, "above the limit"),
        ({"claim_amount": None}, "no amount"),
        ({"claim_amount": Decimal(1)}, "nothing is to be paid"),
        ({"claim_type": "other"}, "always an officer's"),
        ({"claim_type": "home_fire"}, "not covered"),
        ({"currency": "JPY"}, "an amount is not in USD"),
        ({"policy_number": "XXX-000000"}, "not covered"),
        ({"incident_date": date(2019, 1, 1)}, "not covered"),
        ({"vendors": ["vendor that is blocked"]}, "risk score"),
    ],
)
def test_everything_else_is_an_officers(facts: dict[str, Any], reason: str) -> None:
    if "vendors" in facts:
        facts = {"vendors": [next(v["name"] for v in VENDORS if v["status"] == "blocked")]}
    result = assessed(claim(policy("auto"), **facts))
    assert result.route == "officer"
    assert any(reason in given for given in result.route_reasons), result.route_reasons


CONDITIONAL = [
    (claim_type, condition)
    for claim_type, rule in REQUIREMENTS.claim_types.items()
    for condition in rule.documents.values()
    if condition in YES_NO_FACTS
]
"""Each fact on which a rule of some claim type depends."""


@pytest.mark.parametrize(("claim_type", "fact"), CONDITIONAL)
def test_unknown_is_not_no_in_any_rule(claim_type: str, fact: str) -> None:
    no, unknown = ({"claim_type": claim_type, fact: value} for value in (False, None))
    assert assessed(claim(policy("auto"), **no)).route == "rule"
    result = assessed(claim(policy("auto"), **unknown))
    assert (result.route, f"not sure: {fact}" in result.route_reasons) == ("officer", True)


def test_with_decision_mode_human_an_officer_decides_every_claim() -> None:
    assert assessed(claim(policy("auto")), mode="human").route == "officer"


def test_the_limit_itself_is_still_approved_by_rule() -> None:
    assert assessed(claim(policy("auto"), claim_amount=Decimal(1000))).route == "rule"


def test_what_was_missing_makes_it_an_officers_and_is_on_record() -> None:
    context = claim(policy("auto")).model_copy(update={"missing_documents": ["police_report"]})
    result = assessed(context)
    assert result.route == "officer"
    assert (result.complete, result.missing_at_assessment) == (False, ["police_report"])


@pytest.mark.parametrize("tier", ["basic", "standard", "premium"])
def test_the_payout_is_the_amount_less_the_deductible_within_the_limit(tier: str) -> None:
    of = policy("auto", tier)
    cover = REFERENCE.coverage(of, "auto_collision")
    assert cover is not None
    small = assessed(claim(of, claim_amount=cover.deductible + 100))
    assert small.recommended_payout == 100
    huge = assessed(claim(of, claim_amount=cover.limit * 10))
    assert huge.recommended_payout == min(cover.limit, cover.aggregate_limit)
    assert "amount_over_limit" in huge.fraud_indicators


def test_what_was_paid_this_year_is_no_longer_there() -> None:
    reference = REFERENCE
    paid = next(
        (p, c)
        for p in POLICIES
        for c in reference.past_claims(policy_number=p.policy_number)
        if c.policy_number == p.policy_number and c.amount_paid > 0 and p.in_force_on(c.incident_date)
    )
    of, past = paid
    context = claim(of, claim_type=past.claim_type, incident_date=past.incident_date + timedelta(days=0))
    cover = reference.coverage(of, past.claim_type)
    assert cover is not None
    expected = cover.aggregate_limit - reference.paid_in_year(
        of.policy_number, past.claim_type, past.incident_date.year
    )
    result = assessed(context)
    assert result.remaining_aggregate == max(Decimal(0), expected) < cover.aggregate_limit
    assert "same_loss_before" in result.fraud_indicators


def test_no_cover_means_no_payout_and_a_recommendation_to_deny_that_nobody_acts_on() -> None:
    result = assessed(claim(None))
    assert (result.recommended_payout, result.recommendation, result.route) == (0, "deny", "officer")


def test_a_policy_that_ended_since_still_covers_the_days_it_was_in_force() -> None:
    of = next(p for p in POLICIES if p.status != "active" and p.line == "auto")
    during = assessed(claim(of, incident_date=of.effective_to))
    after = assessed(claim(of, incident_date=of.effective_to + timedelta(days=1)))
    assert during.covered
    assert not after.covered
    assert "policy_inactive" in during.fraud_indicators


def test_only_an_approval_approves() -> None:
    context = decided("deny")
    assert context.outcome is Outcome.DENIED
