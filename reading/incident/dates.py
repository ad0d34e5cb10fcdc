"""Days in a text, absolute (`March 5, 2026`) and relative (`two weeks ago on Tuesday`)."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from reading.incident.holidays import HOLIDAY, latest_holiday
from reading.matching.index import Index
from reading.matching.passages import as_passage
from reading.matching.phrases import Phrases, limited, word_first
from reading.matching.word_files import Block, WordFile, load


class _Words(WordFile):
    months: Annotated[list[Block], Field(min_length=12, max_length=12)]


_MONTHS = {
    name: number for number, names in enumerate(load("dates", _Words).months, start=1) for name in names
}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ORDINALS = re.findall(
    r"\w+",
    """
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
    """,
)
_ORDINAL_VALUES = {word: value for value, word in enumerate(_ORDINALS, start=1)} | {"thirtieth": 30}
_TENS = {"twenty": 20, "thirty": 30}


def _any_of(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


_MONTH = _any_of(_MONTHS)
_YEAR = (
    r"(?:,?\s{0,2}(?:of\s+|de\s+)?"
    r"(?P<year>(?:19|20)\d\d|'\d\d|(?<=[-/.])\d\d|last year|this year)(?!\d|[:.]\d))?"
)
_ORDINAL = "(?:st|nd|rd|th)"
_IN_WORDS = rf"(?:(?:{_any_of(_TENS)}[- ])?{_any_of(_ORDINAL_VALUES)})"
_WEEKDAY = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_SHORT_WEEKDAY = "(?:mon|tues?|weds?|thurs?|fri|sat|sun)"
_ANY_WEEKDAY = rf"(?:{_WEEKDAY}|{_SHORT_WEEKDAY}\b\.?)"
_PART_OF_DAY = "(?:(?:early |late )?(?:morning|night|nite|evening|eve|afternoon|noon|lunchtime))"
_HOUR = r"(?:(?:at|around|about|approx\w*)\.? \d|,? \d{1,2}(?::\d\d)?\s?[ap]\.?m\b)"
_COUNT = (
    "(?:\\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a couple(?: of)?|a few)"
)

_ISO = r"(?<![\w/-])(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?![\d/-])"
_NUMERIC = (
    r"(?<![\w/.$-])(?P<first>\d{1,2})(?P<by>[/.-])\s?(?P<second>\d{1,2})(?P=by)\s?(?P<year>\d{4}|\d\d)"
    r"(?![\w/-]|\.\d)"
)
_MONTH_DAY = (
    rf"(?P<month>{_MONTH})\b\.?\s{{0,2}}(?:the\s+)?(?:(?P<day>\d{{1,2}}){_ORDINAL}?(?![\d:]|[.,]\d)"
    rf"(?:\s{{0,2}}(?:-|/|to|and|until|through)\s{{0,2}}(?P<until>\d{{1,2}})(?![\d/:]){_ORDINAL}?)?"
    rf"|(?P<word>{_IN_WORDS})\b){_YEAR}"
)
_WITH_DOT = rf"\.(?=\s?{_MONTH}\b\.?\s?(?:19|20)\d\d)"
"""Behind the day in `4. September 2026`; without the year it may end a sentence."""
_DAY_MONTH = (
    rf"(?:(?P<day>\d{{1,2}})(?:{_ORDINAL}|{_WITH_DOT})?"
    rf"(?:\s?(?:-|/|to|and|until|through)\s?(?:the )?(?P<until>\d{{1,2}}){_ORDINAL}?)?"
    rf"|(?P<word>{_IN_WORDS}))"
    rf"(?:[ -]{{1,2}}|[/.]\s?|(?<=\d)(?={_MONTH}))(?:(?:day )?of\s+|de\s+)?"
    rf"(?P<month>{_MONTH})(?![^\W\d_])\.?[-/]?(?:\sde)?{_YEAR}"
)
_SHORT = (
    rf"(?:on|dated?|of|around|about|since|from|{_ANY_WEEKDAY},?|(?:last )?{_PART_OF_DAY})"
    r"\s*[:(]?\s*(?P<first>\d{1,2})/(?P<second>\d{1,2})(?![\d/%])"
)
_SHORT_WITH_DOTS = (
    rf"(?:on|am|of|vom|from|dated?|{_ANY_WEEKDAY},?)\s+(?:the )?"
    r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?!\s?\d)"
)
_SHORT_WITH_HOUR = (
    rf"(?<![\d/])(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}})(?=\s+{_HOUR}|,? \d{{1,2}}(?::\d\d)?\s?[ap]m\b"
    rf"|\s+(?:in the )?{_PART_OF_DAY}\b)"
)
_NO_DAY_FOLLOWS = (
    r"(?!\s+(?:floor|street|st\b|ave|avenue|of\b|hole|lane|road|grade|time|car|one|person|party|vehicle"
    r"|driver|quote|estimate|offer|claim|year|week|month|hour|visit|row|house|opinion|half|degree))"
)
_DAY_ONLY = (
    rf"(?:(?:on|of|from|between|been|was|{_ANY_WEEKDAY},?)\s+the|{_ANY_WEEKDAY},?)\s+"
    rf"(?:(?P<day>\d{{1,2}}){_ORDINAL}|(?<=the )(?P<word>{_IN_WORDS}))\b"
    rf"(?:\s+of\s+(?P<which>last|this|the same|the current) month\b)?{_NO_DAY_FOLLOWS}"
)
_HOLIDAY = (
    rf"(?:(?:day|night|evening|morning) (?P<beside>before|after) )?(?P<holiday>{HOLIDAY})\b(?: day\b)?"
    r"(?! (?:decorations?|presents?|tree|lights?|market|party|dinner|break|shopping|sales?|turkey|eve\b))"
)
_word_first = partial(word_first, index=Index())
_THE_DAY_BEFORE = _word_first(
    r"(?:the )?(?:day|night|evening|afternoon) before\b(?=\s*[,.;:)-]|\s+(?:i|we|the|my|our|a)\b)"
)
"""It counts from the day that was named last."""
_NO_DATE_FOLLOWS = rf"\b(?!\s*,?\s*(?:{_MONTH}\b|the\s+\d|\d{{1,2}}(?:{_ORDINAL}|[/.-])))"
_TODAY = (
    r"(?:(?:\d{1,2}|an?|one|two|three|four|five|six|a few|a couple(?: of)?)"
    r"\s+(?:hour|minute|hr|min)s?\s+ago"
    r"|just now|today|tonight|this (?:morning|afternoon|evening)|earlier today)\b"
)
_YESTERDAY = r"(?:yesterday|last (?:night|nite|evening))\b"
_BEFORE_YESTERDAY = r"(?:the )?(?:day|night|evening) (?:before|b4) (?:yesterday|last)\b(?! \w+day)"
_AGO = (
    rf"(?:(?P<weekday_first>{_WEEKDAY}),?\s+)?"
    rf"(?P<offset>{_COUNT}\s+(?:day|week|month|night|evening|fortnight)s?\s+(?:ago|back))"
    rf"(?:,?\s+(?:this|on|last)?\s*(?P<weekday>{_WEEKDAY}))?\b"
)
_LAST_WEEK = (
    rf"(?:(?:last|this past) week(?:'s)?(?:\s+on)?\s+(?P<after>{_WEEKDAY})"
    rf"|(?P<before>{_WEEKDAY})(?:\s+of)?\s+last week)\b"
)
_ON_WEEKDAY = (
    rf"(?:(?P<which>last|this past|past|this|on)\s+)?(?P<weekday>{_WEEKDAY})"
    rf"(?P<further>\s+before last)?{_NO_DATE_FOLLOWS}"
)
_ON_SHORT_WEEKDAY = (
    rf"(?P<which>last|this past|past|this|on|overnight(?: on| from)?|night (?:of|from))\s+"
    rf"(?P<weekday>{_SHORT_WEEKDAY})(?P<further>\s+before last)?"
    rf"{_NO_DATE_FOLLOWS}"
)
_PART_OF_SHORT_WEEKDAY = (
    rf"(?P<which>)(?P<weekday>{_SHORT_WEEKDAY})(?P<further>)"
    rf"(?=\.?\s+(?:{_PART_OF_DAY}\b|\d{{1,2}}(?::\d\d)?\s?[ap]\.?m\b))"
)

_BARE = re.compile(
    rf"\b(?:(?P<slashed>\d{{1,2}}/\d{{1,2}})(?![/\d])|(?P<ordinal>\d{{1,2}}{_ORDINAL})\b)", re.IGNORECASE
)
_EXPLAINED = re.compile(
    r"(?:\s*,?\s*(?:morning|afternoon|evening|night))?[\s,(-]*(?:on|the)?\s*", re.IGNORECASE
)
"""What stands between a relative day and the absolute one that explains it: `yesterday (Nov 10th)`."""
_SPAN = re.compile(
    rf"\s*{_PART_OF_DAY}?\s*(?:to|into|and|through|till|[-/&])\s*(?:early )?(?:(?:on|the) )*", re.IGNORECASE
)
"""What joins the two days of one night: `from Wednesday to Thursday`."""
_NIGHT = re.compile(r"\b(?:(?:over)?night|between|sometime|early hours)\b", re.IGNORECASE)
_NEAR = 40
_LONGEST_EVENT = 7
"""The days of a longer time, `from 1 to 31 October`, are a stay's or a journey's."""
_BEFORE_THAT = 250
"""How far behind the day from which it counts `the day before` may stand, in characters."""
_MAKE_OF_COUNT = (
    (r"\ba couple(?: of)?\b", "2"),
    (r"\ba few\b", "3"),
    (r"\b(?:night|evening)(s?)\b", r"day\1"),
    (r"\ban? fortnight\b", "2 weeks"),
    (r"\bback\b", "ago"),
)


@dataclass(frozen=True)
class Day:
    """A day that a text names, and where."""

    start: int
    end: int
    date: dt.date
    relative: bool


@dataclass(frozen=True)
class _Written:
    """When and by whom a text was written."""

    base: dt.date
    day_first: bool


def days_in(text: str, base: dt.date, *, day_first: bool = False) -> Iterator[Day]:
    """The days in the order of the text. Relative ones, and days without a year, count from `base`.

    Numbers are read month first, as in the US, unless that cannot be, or would lie ahead of `base`, or
    dots separate them, or the writer is one who puts the `day_first`.
    """
    text = as_passage(text)
    written = _Written(base, day_first)
    found = [
        Day(match.start(), match.end(), day, relative)
        for pattern, read, relative in _FORMS
        if pattern.is_possible_in(text)
        for match in limited(pattern, text)
        if (day := read(match, written))
    ]
    outermost: list[Day] = []
    for day in sorted(found, key=lambda day: (day.start, -day.end)):
        if not outermost or day.start >= outermost[-1].end:
            outermost.append(day)
    days = sorted((*outermost, *_days_before(text, outermost)), key=lambda day: day.start)
    yield from _without_repeated(text, days)


def _days_before(text: str, days: list[Day]) -> Iterator[Day]:
    for found in limited(_THE_DAY_BEFORE, text):
        near = [day for day in days if found.start() - _BEFORE_THAT < day.end <= found.start()]
        if near and not any(day.start <= found.start() < day.end for day in days):
            yield Day(found.start(), found.end(), near[-1].date - dt.timedelta(days=1), near[-1].relative)


def _without_repeated(text: str, days: list[Day]) -> Iterator[Day]:
    """`days` without the relative ones that are explained, and the second ones of nights."""
    ended_night = False
    for day, following in pairwise((*days, None)):
        if day is None or ended_night:
            ended_night = False
            continue
        ended_night = following is not None and _is_one_night(text, day, following)
        if following is None or not (day.relative and _explains(text, day, following)):
            yield day


def _explains(text: str, day: Day, following: Day) -> bool:
    """Whether `following` is the exact day that the relative `day` stands for."""
    return not following.relative and bool(_EXPLAINED.fullmatch(text[day.end : following.start]))


def _is_one_night(text: str, day: Day, following: Day) -> bool:
    around = text[max(0, day.start - _NEAR) : following.start]
    return (
        following.date - day.date == dt.timedelta(days=1)
        and _SPAN.fullmatch(text[day.end : following.start]) is not None
        and _NIGHT.search(around) is not None
    )


def first_absolute(text: str, base: dt.date) -> Day | None:
    """The first absolute day in `text`."""
    return next((day for day in days_in(text, base) if not day.relative), None)


def parse_date(answer: str, base: dt.date, *, day_first: bool = False) -> dt.date | None:
    """The first day in an answer that is not after `base`; a bare `3/5` or `the 5th` will do."""
    bare = _BARE.search(answer)
    texts = (answer, f"on {bare['slashed'] or 'the ' + bare['ordinal']}" if bare else "")
    return next(
        (day.date for text in texts for day in days_in(text, base, day_first=day_first) if day.date <= base),
        None,
    )


def writes_day_first(text: str) -> bool:
    """Whether one of the days that `text` gives in numbers can only be read with the day before the month."""
    return any(
        int(found["first"]) > 12 >= int(found["second"]) for found in limited(_IN_NUMBERS, as_passage(text))
    )


def _iso(found: re.Match[str], _written: _Written) -> dt.date | None:
    return _date(int(found["y"]), int(found["m"]), int(found["d"]))


def _numeric(found: re.Match[str], written: _Written) -> dt.date | None:
    first, second, year = int(found["first"]), int(found["second"]), int(found["year"])
    if len(found["year"]) == 2:
        year += 2000 if year <= written.base.year % 100 + 1 else 1900
    month_first, day_first = _date(year, first, second), _date(year, second, first)
    if written.day_first or found["by"] == ".":
        month_first, day_first = day_first, month_first
    past = (day for day in (month_first, day_first) if day and day <= written.base)
    return next(past, month_first or day_first)


def _named(found: re.Match[str], written: _Written) -> dt.date | None:
    base = written.base
    month, day = _MONTHS[found["month"]], _day_number(found)
    if int(found["until"] or 0) - day > _LONGEST_EVENT:
        return None
    match found["year"] or "":
        case "":
            return _latest(month, day, base)
        case "last year":
            return _date(base.year - 1, month, day)
        case "this year":
            return _date(base.year, month, day)
        case year:
            digits = year.removeprefix("'")
            return _date(2000 + int(digits) if len(digits) == 2 else int(digits), month, day)


def _day_number(found: re.Match[str]) -> int:
    if found["day"]:
        return int(found["day"])
    *tens, unit = re.split(r"[- ]", found["word"])
    return sum(_TENS[word] for word in tens) + _ORDINAL_VALUES[unit]


def _short(found: re.Match[str], written: _Written) -> dt.date | None:
    first, second = int(found["first"]), int(found["second"])
    day_first = first > 12 or (written.day_first and second <= 12)
    return _latest(second, first, written.base) if day_first else _latest(first, second, written.base)


def _short_with_dots(found: re.Match[str], written: _Written) -> dt.date | None:
    return _latest(int(found["month"]), int(found["day"]), written.base)


def _day_only(found: re.Match[str], written: _Written) -> dt.date | None:
    base, day = written.base, _day_number(found)
    this = _date(base.year, base.month, day)
    if this and this <= base and found["which"] != "last":
        return this
    last = base.replace(day=1) - dt.timedelta(days=1)
    return _date(last.year, last.month, day)


def _holiday(found: re.Match[str], written: _Written) -> dt.date | None:
    day = latest_holiday(found["holiday"], written.base)
    if day is None or found["beside"] is None:
        return day
    return day + dt.timedelta(days=1 if found["beside"] == "after" else -1)


def _today(_found: re.Match[str], written: _Written) -> dt.date:
    return written.base


def _yesterday(_found: re.Match[str], written: _Written) -> dt.date:
    return written.base - dt.timedelta(days=1)


def _before_yesterday(_found: re.Match[str], written: _Written) -> dt.date:
    return written.base - dt.timedelta(days=2)


def _ago(found: re.Match[str], written: _Written) -> dt.date | None:
    """`three days ago`; `two weeks ago on Tuesday` is the Tuesday of the week two weeks ago."""
    import dateparser  # slow to import, and most texts do without

    phrase: str = found["offset"]
    for pattern, replacement in _MAKE_OF_COUNT:
        phrase = re.sub(pattern, replacement, phrase)
    noon = dt.datetime.combine(written.base, dt.time(12))
    moment = dateparser.parse(
        phrase, languages=["en"], settings={"RELATIVE_BASE": noon, "PREFER_DATES_FROM": "past"}
    )
    weekday = found["weekday"] or (found["weekday_first"] if "week" in phrase else None)
    if moment is None or weekday is None:
        return moment.date() if moment else None
    return _in_week_of(moment.date(), weekday)


def _last_week(found: re.Match[str], written: _Written) -> dt.date:
    return _in_week_of(written.base - dt.timedelta(days=7), found["after"] or found["before"])


def _on_weekday(found: re.Match[str], written: _Written) -> dt.date:
    """The latest such day before `base`; `this Friday` may be `base` itself."""
    back = (written.base.weekday() - _WEEKDAYS.index(found["weekday"][:3])) % 7
    same_day = found["which"] == "this"
    back = back if back or same_day else 7
    return written.base - dt.timedelta(days=back + (7 if found["further"] else 0))


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


_Reader = Callable[[re.Match[str], _Written], dt.date | None]
_FORMS: tuple[tuple[Phrases, _Reader, bool], ...] = tuple(
    (_word_first(pattern), read, relative)
    for pattern, read, relative in (
        (_ISO, _iso, False),
        (_NUMERIC, _numeric, False),
        (_MONTH_DAY, _named, False),
        (_DAY_MONTH, _named, False),
        (_SHORT, _short, False),
        (_SHORT_WITH_HOUR, _short, False),
        (_SHORT_WITH_DOTS, _short_with_dots, False),
        (_DAY_ONLY, _day_only, False),
        (_HOLIDAY, _holiday, False),
        (_TODAY, _today, True),
        (_YESTERDAY, _yesterday, True),
        (_BEFORE_YESTERDAY, _before_yesterday, True),
        (_AGO, _ago, True),
        (_LAST_WEEK, _last_week, True),
        (_ON_WEEKDAY, _on_weekday, True),
        (_ON_SHORT_WEEKDAY, _on_weekday, True),
        (_PART_OF_SHORT_WEEKDAY, _on_weekday, True),
    )
)
"""How days are written, with what reads each, and whether it counts from another day."""
_IN_NUMBERS = _word_first(_NUMERIC)
