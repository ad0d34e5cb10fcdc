"""Days in a text, absolute (`March 5, 2026`) and relative (`two weeks ago on Tuesday`)."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from orchestration.agents.reading.evidence import Lexicon, limited, word_first
from orchestration.agents.reading.openings import as_passage

_MONTH_NAMES = (
    "jan january",
    "feb february",
    "mar march",
    "apr april",
    "may",
    "jun june",
    "jul july",
    "aug august",
    "sep sept september",
    "oct october",
    "nov november",
    "dec december",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOLIDAYS = {
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
    "veterans day": (11, 11),
}

_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
_YEAR = r"(?:,?\s{0,2}(?:of\s+)?(?P<year>(?:19|20)\d\d|'\d\d|last year|this year)(?!\d|[:.]\d))?"
_ORDINAL = "(?:st|nd|rd|th)"
_WEEKDAY = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_COUNT = (
    "(?:\\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a couple(?: of)?|a few)"
)

_ISO = r"(?<![\w/-])(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?![\d/-])"
_NUMERIC = (
    r"(?<![\w/.$-])(?P<first>\d{1,2})(?P<by>[/.-])(?P<second>\d{1,2})(?P=by)(?P<year>\d{4}|\d\d)(?![\w/-])"
)
_MONTH_DAY = (
    rf"(?P<month>{_MONTH})\b\.?\s{{0,2}}(?:the\s+)?(?P<day>\d{{1,2}}){_ORDINAL}?(?![\d:]|[.,]\d)"
    rf"(?:\s{{0,2}}-\s{{0,2}}\d{{1,2}}(?!\d))?{_YEAR}"
)
_DAY_MONTH = (
    rf"(?P<day>\d{{1,2}}){_ORDINAL}?(?:\s?(?:-|/|to|and|until|through)\s?\d{{1,2}}{_ORDINAL}?)?"
    rf"[ -]{{1,2}}(?:of\s+)?(?P<month>{_MONTH})\b\.?-?{_YEAR}"
)
_SHORT = r"(?:on|dated?|of|around|about)\s*:?\s+(?P<first>\d{1,2})/(?P<second>\d{1,2})(?![\d/%])"
_DAY_ONLY = (
    rf"(?:on|of|{_WEEKDAY},?)\s+the\s+(?P<day>\d{{1,2}}){_ORDINAL}\b"
    r"(?!\s+(?:floor|street|st\b|ave|avenue|of(?! (?:this|the same|the current) month)|hole|lane|road|grade"
    r"|time))"
)
_HOLIDAY = (
    rf"(?P<holiday>{'|'.join(name.replace(chr(39), chr(39) + '?') for name in _HOLIDAYS)})\b"
    r"(?! (?:decorations?|presents?|tree|lights?|market|party))"
)
_NO_DATE_FOLLOWS = rf"\b(?!\s*,?\s*(?:{_MONTH}\b|the\s+\d|\d{{1,2}}(?:{_ORDINAL}|[/.-])))"
_TODAY = (
    r"(?:(?:\d{1,2}|an?|one|two|three|four|five|six|a few|a couple(?: of)?)"
    r"\s+(?:hour|minute|hr|min)s?\s+ago"
    r"|just now|today|tonight|this (?:morning|afternoon|evening)|earlier today)\b"
)
_YESTERDAY = r"(?:yesterday|last night)\b"
_AGO = (
    rf"(?P<offset>{_COUNT}\s+(?:day|week|month|night|evening)s?\s+ago|the day before yesterday)"
    rf"(?:,?\s+(?:this|on|last)?\s*(?P<weekday>{_WEEKDAY}))?\b"
)
_LAST_WEEK = (
    rf"(?:(?:last|this past) week(?:'s)?(?:\s+on)?\s+(?P<after>{_WEEKDAY})"
    rf"|(?P<before>{_WEEKDAY})(?:\s+of)?\s+last week)\b"
)
_ON_WEEKDAY = rf"(?:(?P<which>last|this past|past|this|on)\s+)?(?P<weekday>{_WEEKDAY}){_NO_DATE_FOLLOWS}"

_BARE = re.compile(
    rf"\b(?:(?P<slashed>\d{{1,2}}/\d{{1,2}})(?![/\d])|(?P<ordinal>\d{{1,2}}{_ORDINAL})\b)", re.IGNORECASE
)
_EXPLAINED = re.compile(
    r"(?:\s*,?\s*(?:morning|afternoon|evening|night))?[\s,(-]*(?:on|the)?\s*", re.IGNORECASE
)
"""What stands between a relative day and the absolute one that explains it: `yesterday (Nov 10th)`."""
_MAKE_OF_COUNT = (
    (r"\ba couple(?: of)?\b", "2"),
    (r"\ba few\b", "3"),
    (r"\b(?:night|evening)(s?)\b", r"day\1"),
)


@dataclass(frozen=True)
class Day:
    """A day that a text names, and where."""

    start: int
    end: int
    date: dt.date
    relative: bool


def days_in(text: str, base: dt.date) -> Iterator[Day]:
    """The days in the order of the text. Relative ones, and days without a year, count from `base`.

    Numbers are read month first, as in the US, unless that cannot be or dots separate them.
    """
    text = as_passage(text)
    found = [
        Day(match.start(), match.end(), day, relative)
        for (read, relative), pattern in _FORMS.possible(text)
        for match in limited(pattern, text)
        if (day := read(match, base))
    ]
    outermost: list[Day] = []
    for day in sorted(found, key=lambda day: (day.start, -day.end)):
        if not outermost or day.start >= outermost[-1].end:
            outermost.append(day)
    for number, day in enumerate(outermost):
        following = outermost[number + 1 : number + 2]
        if not (day.relative and any(_explains(text, day, other) for other in following)):
            yield day


def _explains(text: str, day: Day, following: Day) -> bool:
    """Whether `following` only says more exactly which day the relative `day` was."""
    return not following.relative and bool(_EXPLAINED.fullmatch(text[day.end : following.start]))


def first_absolute(text: str, base: dt.date) -> Day | None:
    """The first absolute day in `text`."""
    return next((day for day in days_in(text, base) if not day.relative), None)


def parse_date(answer: str, base: dt.date) -> dt.date | None:
    """The first day in an answer that is not after `base`; a bare `3/5` or `the 5th` will do."""
    bare = _BARE.search(answer)
    texts = (answer, f"on {bare['slashed'] or 'the ' + bare['ordinal']}" if bare else "")
    return next((day.date for text in texts for day in days_in(text, base) if day.date <= base), None)


def _iso(found: re.Match[str], _base: dt.date) -> dt.date | None:
    return _date(int(found["y"]), int(found["m"]), int(found["d"]))


def _numeric(found: re.Match[str], base: dt.date) -> dt.date | None:
    first, second, year = int(found["first"]), int(found["second"]), int(found["year"])
    if len(found["year"]) == 2:
        year += 2000 if year <= base.year % 100 + 1 else 1900
    day_first = first > 12 or (found["by"] == "." and second <= 12)
    return _date(year, second, first) if day_first else _date(year, first, second)


def _named(found: re.Match[str], base: dt.date) -> dt.date | None:
    month, day = _MONTHS[found["month"]], int(found["day"])
    match found["year"] or "":
        case "":
            return _latest(month, day, base)
        case "last year":
            return _date(base.year - 1, month, day)
        case "this year":
            return _date(base.year, month, day)
        case year:
            return _date(2000 + int(year[1:]) if year.startswith("'") else int(year), month, day)


def _short(found: re.Match[str], base: dt.date) -> dt.date | None:
    first, second = int(found["first"]), int(found["second"])
    return _latest(second, first, base) if first > 12 else _latest(first, second, base)


def _day_only(found: re.Match[str], base: dt.date) -> dt.date | None:
    day = int(found["day"])
    this = _date(base.year, base.month, day)
    if this and this <= base:
        return this
    last = base.replace(day=1) - dt.timedelta(days=1)
    return _date(last.year, last.month, day)


def _holiday(found: re.Match[str], base: dt.date) -> dt.date | None:
    name = found["holiday"]
    return next(
        (
            _latest(*day, base)
            for known, day in _HOLIDAYS.items()
            if known.replace("'", "") == name.replace("'", "")
        ),
        None,
    )


def _today(_found: re.Match[str], base: dt.date) -> dt.date:
    return base


def _yesterday(_found: re.Match[str], base: dt.date) -> dt.date:
    return base - dt.timedelta(days=1)


def _ago(found: re.Match[str], base: dt.date) -> dt.date | None:
    """`three days ago`; `two weeks ago on Tuesday` is the Tuesday of the week two weeks ago."""
    import dateparser  # slow to import, and most texts do without

    phrase = found["offset"]
    if phrase == "the day before yesterday":
        return base - dt.timedelta(days=2)
    for pattern, replacement in _MAKE_OF_COUNT:
        phrase = re.sub(pattern, replacement, phrase)
    noon = dt.datetime.combine(base, dt.time(12))
    moment = dateparser.parse(
        phrase, languages=["en"], settings={"RELATIVE_BASE": noon, "PREFER_DATES_FROM": "past"}
    )
    if moment is None or found["weekday"] is None:
        return moment.date() if moment else None
    return _in_week_of(moment.date(), found["weekday"])


def _last_week(found: re.Match[str], base: dt.date) -> dt.date:
    return _in_week_of(base - dt.timedelta(days=7), found["after"] or found["before"])


def _on_weekday(found: re.Match[str], base: dt.date) -> dt.date:
    """The latest such day before `base`; `this Friday` may be `base` itself."""
    back = (base.weekday() - _WEEKDAYS.index(found["weekday"][:3])) % 7
    same_day = found["which"] == "this"
    return base - dt.timedelta(days=back if back or same_day else 7)


def _in_week_of(day: dt.date, weekday: str) -> dt.date:
    return day + dt.timedelta(days=_WEEKDAYS.index(weekday[:3]) - day.weekday())


def _latest(month: int, day: int, base: dt.date) -> dt.date | None:
    """That day of the year, as late as possible but not after `base`."""
    days = (date for year in range(base.year, base.year - 5, -1) if (date := _date(year, month, day)))
    return next((date for date in days if date <= base), None)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


_Reader = Callable[[re.Match[str], dt.date], dt.date | None]
_FORMS: Lexicon[tuple[_Reader, bool]] = Lexicon(
    ((read, relative), word_first(pattern))
    for pattern, read, relative in (
        (_ISO, _iso, False),
        (_NUMERIC, _numeric, False),
        (_MONTH_DAY, _named, False),
        (_DAY_MONTH, _named, False),
        (_SHORT, _short, False),
        (_DAY_ONLY, _day_only, False),
        (_HOLIDAY, _holiday, False),
        (_TODAY, _today, True),
        (_YESTERDAY, _yesterday, True),
        (_AGO, _ago, True),
        (_LAST_WEEK, _last_week, True),
        (_ON_WEEKDAY, _on_weekday, True),
    )
)
