"""The reason of a failed phase, through whatever a host makes of the exception."""

import pytest

from orchestration.durable.activities import PhaseFailed
from orchestration.durable.phase_failure import reason_in

REASON = 'gathering: SessionCorrupt: CLM-1/documents/other: said "no", {twice}\nand PhaseFailed: again'


@pytest.mark.parametrize(
    "wrapped",
    [
        "{}",
        "Activity task failed: PhaseFailed: {}",
        'Result: Failure\nException: PhaseFailed: {}\nStack:   File "activities.py", line 84, in advance\n',
    ],
    ids=["the engine in this process", "the embedded host", "the Functions host"],
)
def test_a_reason_is_read_whole_whatever_stands_around_it(wrapped: str) -> None:
    assert reason_in(wrapped.replace("{}", str(PhaseFailed(REASON)))) == REASON


@pytest.mark.parametrize("text", ["Activity task failed: PhaseFailed: intake: TurnFailed: no model\n  at x"])
def test_a_failure_that_version_1_0_recorded_is_understood(text: str) -> None:
    assert reason_in(text) == "intake: TurnFailed: no model"


@pytest.mark.parametrize("text", ["", "busy", "The worker process was killed: {}", '{"phase": "intake"}'])
def test_a_failure_without_a_reason_has_none(text: str) -> None:
    assert reason_in(text) is None
