"""Schedules in NCRONTAB: the times that they stand for are those of Azure, and what is not one is refused."""

from datetime import UTC, datetime

import pytest

from shared.ncrontab import Schedule


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "after", "due"),
    [
        ("0 */15 * * * *", "2026-03-01T10:00:00", "2026-03-01T10:15:00"),
        ("*/10 * * * * *", "2026-03-01T10:00:01.5", "2026-03-01T10:00:10"),
        ("0 30 9 * * 1-5", "2026-03-06T10:00:00", "2026-03-09T09:30:00"),
        ("0 0 0 1 * *", "2026-03-01T00:00:00", "2026-04-01T00:00:00"),
        ("0 0 0 1 */3 *", "2026-03-01T00:00:00", "2026-04-01T00:00:00"),
        ("0 0 0 30,31 * *", "2026-01-31T00:00:00", "2026-03-30T00:00:00"),
        ("0 0 0 29 2 *", "2026-03-01T00:00:00", "2028-02-29T00:00:00"),
        ("2/20 0 0 * * *", "2026-03-01T00:00:22", "2026-03-01T00:00:42"),
        ("  0 0  9-17/4 * * * ", "2026-03-01T09:00:00", "2026-03-01T13:00:00"),
        ("0 0 0 1 JAN,Septem *", "2026-03-01T00:00:00", "2026-09-01T00:00:00"),
        ("0 0 0 * * Mon-Wednesday", "2026-03-04T00:00:00", "2026-03-09T00:00:00"),
        # Both the day of the month and the day of the week have to fit.
        ("0 0 0 13 * 5", "2026-03-14T00:00:00", "2026-11-13T00:00:00"),
        # Unlike cron, NCrontab reads a range backwards: this is six to ten, not ten at night to six.
        ("0 0 22-6 * * *", "2026-03-01T05:30:00", "2026-03-01T06:00:00"),
        ("0 0 22-6 * * *", "2026-03-01T22:30:00", "2026-03-02T06:00:00"),
        # A step of nothing is one of one, and a step begins where its range does.
        ("0 */0 * * * *", "2026-03-01T10:00:00", "2026-03-01T10:01:00"),
        ("0 7-30/10 * * * *", "2026-03-01T10:17:00", "2026-03-01T10:27:00"),
    ],
)
def test_a_schedule_stands_for_the_times_at_which_azure_runs_a_timer(
    expression: str, after: str, due: str
) -> None:
    assert Schedule(expression).after(moment(after)) == moment(due)


@pytest.mark.parametrize("expression", ["", "* * * *", "30 2 * * *", "every day", "0 0 0 * * * *", "@daily"])
def test_a_schedule_has_six_fields(expression: str) -> None:
    with pytest.raises(ValueError, match="it must have six fields: second minute hour day month day-of-week"):
        Schedule(expression)


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("60 0 0 * * *", "its second must be from 0 to 59, not '60'"),
        ("0 1-60 0 * * *", "its minute must be from 0 to 59, not '1-60'"),
        ("0 0 24 * * *", "its hour must be from 0 to 23, not '24'"),
        ("0 0 0 0 * *", "its day must be from 1 to 31, not '0'"),
        ("0 0 0 * 13 *", "its month must be from 1 to 12, not '13'"),
        ("0 0 0 * foo *", "its month must be from 1 to 12, not 'foo'"),
        ("0 0 0 * * 7", "its day-of-week must be from 0 to 6, not '7'"),
        # What other dialects of cron know, and Azure does not.
        ("0 0 0 L * *", "its day must be"),
        ("0 0 0 * * MonL", "its day-of-week must be"),
        ("0 0 H * * *", "its hour must be"),
        ("0 1, 0 * * *", "its minute must be"),
        ("0 1- 0 * * *", "its minute must be"),
        ("0 */x 0 * * *", "its minute must be"),
        ("0 / 0 * * *", "its minute must be"),
        ("0 1+1 0 * * *", "six fields"),
        ("0 0 0 31 2 *", "it must stand for a time that comes"),
    ],
)
def test_what_azure_does_not_take_is_refused_with_the_reason(expression: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Schedule(expression)
