"""Where a run of a timer stands in its schedule."""

from datetime import datetime
from typing import cast

from azure.functions.timer import TimerRequest


def is_first_of_day(timer: TimerRequest, now: datetime) -> bool:
    """Whether the last run was on an earlier day of the host's clock, which in Azure is UTC.

    False where the host does not keep when that was, as it does not for `use_monitor=False`.
    """
    status = cast(dict[str, str], timer.schedule_status)  # pyright: ignore[reportUnknownMemberType]
    if "Last" not in status:
        return False
    last = datetime.fromisoformat(status["Last"])
    return last.date() < now.astimezone(last.tzinfo).date()
