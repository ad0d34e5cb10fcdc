"""Risk indicators and risk score, as tables over our reference data."""

from datetime import date, timedelta
from typing import Any

import pytest

from orchestration.rules.risk import LOW_RISK, RISK_INDICATORS, risk_score
from shared.models.claim import TurnRecord
from tests.orchestration.rules.claims import NOW, assessed, claim, policy


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
