"""Days that have a name, of the years in which they fall on different dates as well."""

import datetime as dt

_FIXED = {
    "halloween": (10, 31),
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "new year's day": (1, 1),
    "valentine's day": (2, 14),
    "st patrick's day": (3, 17),
    "independence day": (7, 4),
    "juneteenth": (6, 19),
    "veterans day": (11, 11),
}
_THURSDAY, _SUNDAY, _MONDAY = 3, 6, 0
_MOVABLE = {
    "thanksgiving": (11, _THURSDAY, 4),
    "labor day": (9, _MONDAY, 1),
    "memorial day": (5, _MONDAY, -1),
    "mother's day": (5, _SUNDAY, 2),
    "father's day": (6, _SUNDAY, 3),
    "mlk day": (1, _MONDAY, 3),
    "presidents' day": (2, _MONDAY, 3),
    "columbus day": (10, _MONDAY, 2),
}
"""By month, weekday, and which of these weekdays; -1 is the last."""
HOLIDAY = f"(?:{'|'.join(name.replace("'", "'?") for name in (*_FIXED, *_MOVABLE))})"
"""The pattern of a name, in lower case."""


def latest_holiday(written: str, base: dt.date) -> dt.date | None:
    """The last such day that is not after `base`."""
    name = next(
        (known for known in (*_FIXED, *_MOVABLE) if known.replace("'", "") == written.replace("'", "")), None
    )
    if name is None:
        return None
    days = (_in_year(name, year) for year in (base.year, base.year - 1))
    return next((day for day in days if day <= base), None)


def _in_year(name: str, year: int) -> dt.date:
    if name in _FIXED:
        return dt.date(year, *_FIXED[name])
    month, weekday, which = _MOVABLE[name]
    days = [dt.date(year, month, 1) + dt.timedelta(days=number) for number in range(31)]
    matching = [day for day in days if day.month == month and day.weekday() == weekday]
    return matching[which if which < 0 else which - 1]
