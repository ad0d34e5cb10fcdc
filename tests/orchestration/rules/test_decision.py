"""Risk score, decision policy and handoff payload, as tables over our reference data."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from orchestration.rules.decision import (
    LOW_RISK,
    RISK_INDICATORS,
    approval_by_rule,
    assess,
    handoff_payload,
    outcome_of,
    risk_score,
)
from orchestration.rules.reference import Policy, reference_data
from orchestration.rules.requirements import requirements
from shared.models.claim import (
    Assessment,
    ClaimContext,
    Facts,
    Outcome,
    RecordedDecision,
    TurnRecord,
)
from shared.models.requests import Submission

DATA = Path(__file__).parents[3] / "data"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


POLICIES = [Policy.model_validate(entry) for entry in json.loads((DATA / "policies.json").read_text())]
VENDORS = json.loads((DATA / "vendors.json").read_text())


def policy(line: str, tier: str = "standard", status: str = "active") -> Policy:
    """A policy of our data that was in force for months and was paid nothing this year."""
    reference = reference_data()
    return next(
        p
        for p in POLICIES
        if (p.line, p.tier, p.status) == (line, tier, status)
        and p.effective_from < date(2026, 9, 1)
        and (status != "active" or p.effective_to > NOW.date())
        and len(reference.past_claims(policy_number=p.policy_number)) < 3
        and reference.paid_in_year(p.policy_number, "auto_collision", NOW.year) == 0
        and not reference.watch_list_hits(names=[p.holder_name], emails=[], phones=[])
    )


def claim(of: Policy | None, **facts: Any) -> ClaimContext:
    known = {
        "claim_type": "auto_collision",
        "policy_number": of.policy_number if of else None,
        "incident_date": date(2026, 11, 10),
        "incident_location": "Springfield",
        "incident_description": "It rolled.",
        "claim_amount": Decimal(900),
        "claimant_name": of.holder_name if of else "Jo Doe",
        "email": "jo@example.com",
    }
    return ClaimContext(
        claim_id="CLM-1",
        created_at=NOW,
        submission=Submission(),
        submission_sha256="0" * 64,
        facts=Facts.model_validate(known | facts),
    )


def assessed(context: ClaimContext, mode: str = "assisted", limit: int = 1000) -> Assessment:
    return assess(
        context,
        reference_data(),
        requirements(),
        mode=mode,  # pyright: ignore[reportArgumentType]
        auto_approve_limit=Decimal(limit),
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
        ({"currency": "JPY"}, "not in the policy's currency"),
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
    cover = reference_data().coverage(of, "auto_collision")
    assert cover is not None
    small = assessed(claim(of, claim_amount=cover.deductible + 100))
    assert small.recommended_payout == 100
    huge = assessed(claim(of, claim_amount=cover.limit * 10))
    assert huge.recommended_payout == min(cover.limit, cover.aggregate_limit)
    assert "amount_over_limit" in huge.fraud_indicators


def test_what_was_paid_this_year_is_no_longer_there() -> None:
    reference = reference_data()
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


@pytest.mark.parametrize(
    ("facts", "indicator"),
    [
        ({"policy_number": "XXX-000000"}, "policy_unknown"),
        ({"incident_date": date(2026, 12, 24)}, "incident_in_future"),
        ({"incident_date": date(2026, 10, 1)}, "late_report"),
        ({"incident_date": date(2001, 1, 1)}, "incident_outside_period"),
        ({"claimant_name": "Somebody Quite-Else"}, "holder_mismatch"),
    ],
)
def test_what_the_facts_alone_give_away(facts: dict[str, Any], indicator: str) -> None:
    assert indicator in assessed(claim(policy("auto"), **facts)).fraud_indicators


def test_a_claim_soon_after_the_start_of_cover_is_noticed() -> None:
    of = policy("auto")
    soon = assessed(claim(of, incident_date=of.effective_from + timedelta(days=3)))
    later = assessed(claim(of, incident_date=of.effective_from + timedelta(days=31)))
    assert "early_claim" in soon.fraud_indicators
    assert "early_claim" not in later.fraud_indicators


def test_a_policy_that_ended_since_still_covers_the_days_it_was_in_force() -> None:
    of = next(p for p in POLICIES if p.status != "active" and p.line == "auto")
    during = assessed(claim(of, incident_date=of.effective_to))
    after = assessed(claim(of, incident_date=of.effective_to + timedelta(days=1)))
    assert during.covered
    assert not after.covered
    assert "policy_inactive" in during.fraud_indicators


def turn(*indicators: str) -> dict[str, TurnRecord]:
    report = {"summary": "", "risk_indicators": list(indicators)}
    return {"x": TurnRecord(step="x", role="fraud_analyst", report=report, finished_at=NOW)}


def test_an_agent_can_add_an_indicator_but_take_none_away() -> None:
    plain = assessed(claim(policy("auto"), claimant_name="Somebody Else"))
    advised = assessed(
        claim(policy("auto"), claimant_name="Somebody Else").model_copy(
            update={"turns": turn("document_mismatch", "no_risk_at_all")}
        )
    )
    assert set(advised.fraud_indicators) == {*plain.fraud_indicators, "document_mismatch"}
    assert advised.risk_score > plain.risk_score


@pytest.mark.parametrize(
    ("indicators", "score"),
    [
        ([], 0.0),
        (["high_amount"], 0.1),
        (["high_amount", "high_amount"], 0.1),
        (["watch_list_high"], 0.6),
        (["watch_list_high", "vendor_blocked"], 0.76),
    ],
)
def test_risk_score(indicators: list[str], score: float) -> None:
    assert risk_score(indicators) == score


def test_more_indicators_never_lower_the_score_and_it_stays_a_probability() -> None:
    seen: list[str] = []
    last = 0.0
    for code in RISK_INDICATORS:
        seen.append(code)
        assert last <= risk_score(seen) <= 1
        last = risk_score(seen)
    assert last > LOW_RISK


def decided(decision: str = "approve", by: str = "officer") -> ClaimContext:
    context = claim(policy("auto"))
    recorded = RecordedDecision(
        decision=decision,  # pyright: ignore[reportArgumentType]
        decided_by=by,  # pyright: ignore[reportArgumentType]
        officer_id="jdoe" if by == "officer" else None,
        rationale="plausible",
        payout_amount=Decimal("400.50") if decision == "approve" else None,
        decided_at=NOW,
    )
    update = {"assessment": assessed(context), "decision": recorded, "outcome": outcome_of(recorded)}
    return context.model_copy(update=update)


@pytest.mark.parametrize(("decision", "outcome"), [("approve", "approved"), ("deny", "denied")])
def test_the_handoff_payload_fits_its_schema(decision: str, outcome: str) -> None:
    payload = handoff_payload(decided(decision), "All fine.", ["Pay."])
    assert payload["outcome"] == outcome
    assert payload["payout"]["amount"] == (400.5 if decision == "approve" else 0)


def test_a_payload_that_breaks_the_schema_is_not_handed_over() -> None:
    with pytest.raises(jsonschema.ValidationError):
        handoff_payload(decided(), "", ["Pay."])


def test_a_denial_by_rule_cannot_be_handed_over() -> None:
    with pytest.raises(jsonschema.ValidationError):
        handoff_payload(decided("deny", by="rule"), "All fine.", [])


def test_a_claim_that_is_not_decided_cannot_be_handed_over() -> None:
    with pytest.raises(ValueError, match="not decided"):
        handoff_payload(claim(policy("auto")), "All fine.", [])


def test_only_an_approval_approves() -> None:
    context = decided("deny")
    assert context.outcome is Outcome.DENIED
