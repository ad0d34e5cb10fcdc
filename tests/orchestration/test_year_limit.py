"""What officers pay on one policy stays within its limit for the year, however close together they decide."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from orchestration.rules.keys import policy_key
from shared.models.vocabulary import ClaimStatus, Outcome
from tests.host.running import collision
from tests.orchestration.app import app_with
from tests.orchestration.life import Life

POLICY = "AUT-204518"
"""Pays up to 25,000 for a collision, 50,000 in a year, after a deductible of 500."""


@pytest.fixture
async def officers() -> AsyncIterator[Life]:
    app = app_with()
    life = Life()
    life.go_on_in(app, app.phases())
    yield life
    await life.close()


async def awaiting(life: Life, claim_id: str) -> str:
    """A claim over all that the policy pays for one, which an officer has."""
    submission = collision(claim_id=claim_id, policy_number=POLICY, claim_amount=25500)
    await life.submit(json.dumps(submission))
    await life.send(claim_id, {f"{t}.txt": (t, f"A {t}.") for t in ("repair_estimate", "police_report")})
    assert (await life.live(claim_id)).status is ClaimStatus.AWAITING_DECISION
    return claim_id


async def test_the_last_of_the_limit_is_paid_once(officers: Life) -> None:
    ids = [await awaiting(officers, f"YEAR-{number}") for number in range(3)]
    for claim_id in ids:
        await officers.decide(claim_id, Decimal(25000))

    decided = [await officers.live(claim_id) for claim_id in ids]

    assert [context.outcome for context in decided] == [Outcome.APPROVED, Outcome.APPROVED, None]
    assert decided[2].status is ClaimStatus.AWAITING_DECISION
    assert "is left of the year's limit, less than 25000" in await officers.everything(ids[2])
    book = await officers.store.ledger.read(policy_key(POLICY))
    assert sum(entry.paid for entry in book.entries) == 50000


async def test_a_claim_like_an_earlier_one_is_told_to_the_officer(officers: Life) -> None:
    first, second = [await awaiting(officers, claim_id) for claim_id in ("LIKE-1", "LIKE-2")]
    assert "same_loss_before" not in (await officers.look(first)).fraud_indicators
    assert "same_loss_before" in (await officers.look(second)).fraud_indicators
