"""What approval by rule pays: small, complete and clean claims to the cent, and no doubtful one."""

from collections.abc import AsyncGenerator

import pytest

from orchestration.bootstrap import App
from tests.cases.payout.running import Case, is_right, paid_by_rule, payout_cases
from tests.orchestration.app import app_with

OPEN = {
    "Y003": "the claim type of a letter that only tells of a scrape is not sure",
    "Y009": "that nothing was stolen is not sure",
    "N067": "claims are not compared with others on the policy",
    "N070": "claims are not compared with others on the policy",
    "N077": "a day that the text corrects does not change a field",
    "N084": "a note that the car was sold is not understood",
    "N087": "a note that the damage is old is not understood",
    "N094": "a vendor on probation does not speak against approval",
    "N099": "an address on the watch list is not found",
    "N106": "an account that contradicts itself is not noticed",
}
"""Cases that do not come out right yet, each with the reason."""


def _params() -> list[object]:
    return [
        pytest.param(
            case,
            id=case.id,
            marks=[pytest.mark.xfail(reason=OPEN[case.id], strict=False)] if case.id in OPEN else [],
        )
        for case in payout_cases()
    ]


@pytest.fixture
async def app() -> AsyncGenerator[App]:
    app = app_with(DECISION_MODE="assisted", AUTO_APPROVE_LIMIT="1000")
    yield app
    await app.store.close()


@pytest.mark.parametrize("case", _params())
async def test_a_rule_pays_what_it_should_and_nothing_else(case: Case, app: App) -> None:
    paid = await paid_by_rule(case, app)
    assert is_right(case, paid), f"{case.why}: paid {paid}"


def test_the_file_holds_claims_to_pay_and_claims_not_to_pay() -> None:
    cases = payout_cases()
    assert sum(case.group == "Y" for case in cases) >= 8
    assert sum(case.group == "N" for case in cases) >= 40
    assert all((case.payout is not None) == (case.group == "Y") for case in cases)
