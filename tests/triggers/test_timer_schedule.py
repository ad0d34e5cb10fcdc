from datetime import UTC, datetime

import pytest
from azure.functions.timer import TimerRequest

from triggers.timer_schedule import is_first_of_day

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "is_first"),
    [
        ("2026-11-21T23:45:00.0123456+00:00", True),
        ("2026-11-22T00:00:00.0123456+00:00", False),
        ("2026-11-22T11:45:00Z", False),
        ("2026-11-23T00:15:00+13:00", False),  # by the host's clock
        ("2026-11-22T23:45:00+13:00", True),
        ("0001-01-01T00:00:00", True),  # there was none
        ("0001-01-01T00:00:00+00:00", True),
    ],
)
def test_the_first_run_of_a_day_is_known_by_when_the_last_one_was(last: str, is_first: bool) -> None:
    assert is_first_of_day(TimerRequest(schedule_status={"Last": last}), NOON) is is_first


def test_a_host_that_does_not_keep_when_the_last_run_was_has_no_first_one() -> None:
    assert not is_first_of_day(TimerRequest(schedule_status=None), NOON)
