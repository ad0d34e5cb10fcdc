"""Which decisions an officer may take: bounds, and when a second officer is needed."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from orchestration.rules.authority import decide, payout_bound
from shared.errors import Conflict, InvalidInput
from shared.models.claim import Assessment, ClaimContext, ClaimState, ClaimStatus
from shared.models.requests import Decision, Submission

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
UNLIMITED = None


def assessment(**more: Any) -> Assessment:
    known: dict[str, Any] = {
        "risk_score": 0.1,
        "fraud_indicators": [],
        "covered": True,
        "complete": True,
        "not_covered_because": [],
        "claim_amount": 2400,
        "currency": "USD",
        "deductible": 500,
        "coverage_limit": 25000,
        "remaining_aggregate": 50000,
        "recommended_payout": 1900,
        "recommendation": "approve",
        "route": "officer",
        "route_reasons": [],
    }
    return Assessment.model_validate(known | more)


def awaiting(**more: Any) -> ClaimContext:
    return ClaimContext(
        claim_id="CLM-1",
        created_at=NOW,
        submission=Submission(),
        submission_sha256="0" * 64,
        status=ClaimStatus.AWAITING_DECISION,
        state=ClaimState.ASSESSMENT,
        assessment=assessment(**more),
    )


def approval(officer_id: str = "jdoe", payout: float | None = None, **more: Any) -> Decision:
    fields = {
        "decision": "approve",
        "officer_id": officer_id,
        "rationale": "plausible",
        "payout_amount": payout,
    }
    return Decision.model_validate(fields | more)


def decided(context: ClaimContext, *decisions: Decision, limit: Decimal | None = UNLIMITED) -> ClaimContext:
    for decision in decisions:
        changes = decide(context, decision, None, four_eyes_limit=limit, now=NOW)
        context = context.model_copy(update=changes)
    return context


@pytest.mark.parametrize(
    ("known", "bound"),
    [
        ({}, 1900),
        ({"coverage_limit": 1000}, 1000),
        ({"remaining_aggregate": 700}, 700),
        ({"deductible": 3000}, 0),
        ({"claim_amount": None}, 25000),
        ({"covered": False}, 0),
    ],
)
def test_the_bound_is_what_deductible_limit_and_year_leave(known: dict[str, Any], bound: int) -> None:
    assert payout_bound(assessment(**known)) == bound


@pytest.mark.parametrize(
    ("payout", "limit", "needs_second"),
    [
        (None, None, False),
        (1900, None, False),
        (None, Decimal(1900), False),
        (None, Decimal("1899.99"), True),
        (1000, Decimal(1000), False),
        (1000.01, Decimal(1000), True),
    ],
)
def test_a_second_officer_is_needed_above_the_limit(
    payout: float | None, limit: Decimal | None, needs_second: bool
) -> None:
    after = decided(awaiting(), approval(payout=payout), limit=limit)
    assert (after.decision is None, len(after.approvals)) == (needs_second, int(needs_second))
    if needs_second:
        assert after.status is ClaimStatus.AWAITING_DECISION
        assert decided(after, approval("asmith", payout), limit=limit).decision is not None


def test_no_amount_is_the_recommended_one() -> None:
    after = decided(awaiting(), approval(), approval("asmith", 1900), limit=Decimal(0))
    assert after.decision
    assert [a.officer_id for a in after.decision.approvals] == ["jdoe", "asmith"]


def test_more_than_the_bound_needs_a_reason_and_the_second_officers_word() -> None:
    with pytest.raises(InvalidInput):
        decided(awaiting(), approval(payout=2000))
    first = approval(payout=2000, override_reason="goodwill")
    after = decided(awaiting(), first, approval("asmith", 2000))
    assert after.decision
    assert (after.decision.officer_id, after.decision.override_reason) == ("jdoe", "goodwill")


def test_an_officer_is_one_however_they_are_written() -> None:
    first = approval(payout=2000, override_reason="goodwill")
    with pytest.raises(Conflict):
        decided(awaiting(), first, approval("JDOE", 2000))


def test_who_decides_anew_takes_back_what_they_decided() -> None:
    first, anew = (approval(payout=amount, override_reason="goodwill") for amount in (2000, 3000))
    after = decided(awaiting(), first, anew)
    assert [a.payout_amount for a in after.approvals] == [3000]
    after = decided(after, approval("asmith", 2000, override_reason="as I heard"))
    assert after.decision is None
    done = decided(after, approval(decision="deny"))
    assert done.decision
    assert (done.decision.decision, done.approvals) == ("deny", [])


def test_without_an_assessment_nothing_can_be_decided() -> None:
    with pytest.raises(Conflict):
        decided(awaiting().model_copy(update={"assessment": None}), approval())
