"""Days that have a name, such as Thanksgiving."""

import calendar
import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from reading.matching.word_files import Entry, WordFile, load

type _Month = Annotated[int, Field(ge=1, le=12)]
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class _Movable(Entry):
    month: _Month
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    which: Literal[1, 2, 3, 4, -1]

    def in_year(self, year: int) -> dt.date:
        weekday = _WEEKDAYS.index(self.weekday)
        weeks = calendar.Calendar().monthdatescalendar(year, self.month)
        days = [week[weekday] for week in weeks if week[weekday].month == self.month]
        return days[self.which if self.which < 0 else self.which - 1]


class _Words(WordFile):
    fixed: dict[str, tuple[_Month, Annotated[int, Field(ge=1, le=31)]]]
    movable: dict[str, _Movable]


_WORDS = load("holidays", _Words)
_NAMES = {name.replace("'", ""): name for name in (*_WORDS.fixed, *_WORDS.movable)}
"""The names, by how they are written without apostrophes."""
HOLIDAY = f"(?:{'|'.join(name.replace("'", "'?") for name in _NAMES.values())})"
"""The expression of a name, in lower case."""


def latest_holiday(written: str, base: dt.date) -> dt.date | None:
    """The last day of that name that is not after `base`; None if there is no such name."""
    name = _NAMES.get(written.replace("'", ""))
    if name is None:
        return None
    days = (_in_year(name, year) for year in (base.year, base.year - 1))
    return next((day for day in days if day <= base), None)


def _in_year(name: str, year: int) -> dt.date:
    if name in _WORDS.fixed:
        return dt.date(year, *_WORDS.fixed[name])
    return _WORDS.movable[name].in_year(year)
