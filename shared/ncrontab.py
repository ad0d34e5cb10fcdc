"""Schedules in NCRONTAB, the notation of Azure's timer triggers, such as `0 */15 * * * *`.

Azure reads it by the .NET library NCrontab, and this module follows that library's rules: the seconds come
first, a name counts as far as it is spelt out, a range may be written in either order, and a day has to fit
both the day of the month and the day of the week. Only expressions of six fields are taken, although NCrontab
reads five as well: five are mostly an oversight.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from croniter import CroniterError, croniter


@dataclass(frozen=True)
class _Field:
    unit: str
    allowed: range
    names: tuple[str, ...] = ()

    def numbers(self, text: str) -> str:
        """All numbers that the field means, as a list, which every dialect of cron reads alike."""
        numbers = set[int]()
        try:
            for part in text.split(","):
                span, slash, step = part.partition("/")
                if span == "*":
                    span = f"{self.allowed[0]}-{self.allowed[-1]}"
                first, dash, last = span.partition("-")
                low = self._number(first)
                high = self._number(last) if dash else self.allowed[-1] if slash else low
                interval = max(1, int(step)) if slash else 1
                numbers.update(range(min(low, high), max(low, high) + 1, interval))
        except ValueError:
            bounds = f"{self.allowed[0]} to {self.allowed[-1]}"
            raise ValueError(f"its {self.unit} must be from {bounds}, not {text!r}") from None
        return ",".join(map(str, sorted(numbers)))

    def _number(self, text: str) -> int:
        for number, name in zip(self.allowed, self.names, strict=False):
            if text and name.startswith(text.lower()):
                return number
        return self.allowed[self.allowed.index(int(text))]


_MONTHS = "january february march april may june july august september october november december"
_DAYS = "sunday monday tuesday wednesday thursday friday saturday"
_FIELDS = (
    _Field("second", range(60)),
    _Field("minute", range(60)),
    _Field("hour", range(24)),
    _Field("day", range(1, 32)),
    _Field("month", range(1, 13), tuple(_MONTHS.split())),
    _Field("day-of-week", range(7), tuple(_DAYS.split())),
)


class Schedule:
    """The times, in UTC, that an NCRONTAB expression stands for."""

    def __init__(self, expression: str) -> None:
        """Reads `expression`.

        Raises:
            ValueError: the expression is not NCRONTAB of six fields, or no time ever fits it.
        """
        texts = expression.split()
        if len(texts) != len(_FIELDS) or not re.fullmatch(r"[0-9A-Za-z*,/\s-]+", expression):
            raise ValueError(f"it must have six fields: {' '.join(field.unit for field in _FIELDS)}")
        self._cron = " ".join(field.numbers(text) for field, text in zip(_FIELDS, texts, strict=True))
        try:
            self.after(datetime(2000, 1, 1, tzinfo=UTC))
        except CroniterError:
            raise ValueError("it must stand for a time that comes") from None

    def after(self, moment: datetime) -> datetime:
        """The first time of the schedule that is later than `moment`."""
        times = croniter(self._cron, moment, second_at_beginning=True, day_or=False)
        return times.get_next(datetime)
