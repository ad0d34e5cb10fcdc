"""What approval by rule pays: small, complete and clean claims to the cent, and no doubtful one."""

from pathlib import Path

import pytest

from evaluation.payouts import PayoutCase, payout_cases, run_case
from tests.orchestration.app import rulebook

CASES = payout_cases(Path(__file__).with_name("cases.yaml"))
OPEN = {
    "Y003": "the claim type of a letter that only tells of a scrape is not sure",
    "N099": "an address on the watch list is not found",
}
"""Cases that do not come out right yet, each with the reason."""


def _params() -> list[object]:
    return [
        pytest.param(
            case,
            id=case.id,
            marks=[pytest.mark.xfail(reason=OPEN[case.id], strict=True)] if case.id in OPEN else [],
        )
        for case in CASES
    ]


@pytest.mark.parametrize("case", _params())
async def test_a_rule_pays_what_it_should_and_nothing_else(case: PayoutCase) -> None:
    result = await run_case(case, {"AGENT_MODEL": "offline"}, rulebook())
    assert not result.is_wrong, case.why
    assert result.is_paid_exactly is (case.group == "Y"), case.why


def test_the_file_holds_claims_to_pay_and_claims_not_to_pay() -> None:
    assert sum(case.group == "Y" for case in CASES) >= 8
    assert sum(case.group == "N" for case in CASES) >= 40
    assert all((case.payout is not None) == (case.group == "Y") for case in CASES)
