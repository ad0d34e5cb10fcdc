"""The order of a claim's turns."""

import pytest

from orchestration.rules.routing import in_order
from shared.clock import utc_now
from shared.models.claim import TurnRecord

ROLES = ["intake_coordinator", "policy_specialist", "fraud_analyst", "assessment_agent"]
IN_ORDER = [
    "intake.intake_coordinator",
    "intake.policy_specialist",
    "gathering.1.policy_specialist",
    "gathering.1.fraud_analyst",
    "gathering.1.somebody_who_left",
    "gathering.2.policy_specialist",
    "assessment.assessment_agent",
]


@pytest.mark.parametrize("finished", [IN_ORDER, IN_ORDER[::-1], [*IN_ORDER[3:], *IN_ORDER[:3]]])
def test_turns_are_read_in_the_order_of_phases_rounds_and_roles_whoever_was_done_first(
    finished: list[str],
) -> None:
    turns = {
        step: TurnRecord(step=step, role=step.rpartition(".")[2], report={}, finished_at=utc_now())
        for step in finished
    }
    assert [turn.step for turn in in_order(turns, ROLES)] == IN_ORDER
