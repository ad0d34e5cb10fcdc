"""Dates: when the letter was sent, and when the incident was."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from orchestration.agents.reading.evidence import limited
from orchestration.agents.reading.text import Narrative

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july")
        + ("aug august", "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
_LONG_WEEKDAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_COUNT = (
    r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a couple(?: of)?|a few)"
)
_YEAR = r"(?:,?\s{0,2}(?:of\s+)?(?P<NAME>(?:19|20)\d\d|'\d\d)(?!\d|[:.]\d))?"

_DATE = re.compile(
    r"(?P<iso>(?<![\w/-])(?P<iy>(?:19|20)\d\d)[-/.](?P<im>\d{1,2})[-/.](?P<id>\d{1,2})(?![\d/-]))"
    r"|(?P<numeric>(?<![\w/.$-])(?P<n1>\d{1,2})(?P<sep>[/.-])(?P<n2>\d{1,2})(?P=sep)(?P<ny>\d{4}|\d\d)(?![\w/-]))"
    rf"|(?P<mdy>\b(?P<mm>{_MONTH})\b\.?\s{{0,2}}(?:the\s+)?(?P<md>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]|[.,]\d)(?:\s{{0,2}}-\s{{0,2}}\d{{1,2}}(?!\d))?"
    + _YEAR.replace("NAME", "my")
    + r")"
    rf"|(?P<dmy>\b(?P<dd>\d{{1,2}})(?:st|nd|rd|th)?[ -]{{1,2}}(?:of\s+)?(?P<dm>{_MONTH})\b\.?-?"
    + _YEAR.replace("NAME", "dy")
    + r")"
    r"|(?P<short>\b(?:on|dated?|of|around|about)\s*:?\s+(?P<s1>\d{1,2})/(?P<s2>\d{1,2})(?![\d/%]))"
    r"|(?P<dayonly>\b(?:on|of)\s+the\s+(?P<od>\d{1,2})(?:st|nd|rd|th)\b(?!\s+(?:floor|street|st\b|ave|avenue|of|hole|lane|road|grade|time)))",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    rf"\b(?:(?P<offset>{_COUNT}\s+(?:day|week|month|night|evening)s?\s+ago(?:\s+(?:this|on|last)?\s*(?P<ow>{_LONG_WEEKDAY}))?"
    r"|the day before yesterday|(?:a\s+)?(?:day|week|month)s?\s+ago)"
    r"|(?P<hours>(?:\d{1,2}|an?|one|two|three|four|five|six|a few|a couple(?: of)?)\s+(?:hour|minute|hr|min)s?\s+ago|just now"
    r"|today|tonight|this (?:morning|afternoon|evening)|earlier today)"
    r"|(?P<yesterday>yesterday|last night|the night before|the other night)"
    rf"|(?P<lastweek>(?:(?:last|this past) week(?:'s)?(?:\s+on)?\s+(?P<lw1>{_LONG_WEEKDAY})|(?P<lw2>{_LONG_WEEKDAY})(?:\s+of)?\s+last week))"
    rf"|(?P<weekafter>(?:a week ago)\s+(?P<wa>{_LONG_WEEKDAY})|(?:a week ago last)\s+(?P<wb>{_LONG_WEEKDAY}))"
    rf"|(?P<weekday>(?:(?P<which>last|this past|past|this|on)\s+)?(?P<wd>{_LONG_WEEKDAY})))\b(?!\s*,?\s*(?:{_MONTH}|the\s+\d|\d{{1,2}}(?:st|nd|rd|th|[/.-])))",
    re.IGNORECASE,
)

_HOLIDAYS = {
    "halloween": (10, 31),
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "new years eve": (12, 31),
    "new years day": (1, 1),
    "valentines day": (2, 14),
    "st patricks day": (3, 17),
    "independence day": (7, 4),
    "veterans day": (11, 11),
}
_NO_PUNCTUATION = str.maketrans("", "", "'.")
_HOLIDAY = re.compile(
    r"\b(?P<day>halloween|christmas(?: eve| day)?|boxing day|new year'?s (?:eve|day)|valentine'?s day|st\.? patrick'?s day"
    r"|independence day|veterans day)\b(?! (?:decorations?|presents?|tree|lights?|market|party))",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"(?:date|sent|date sent|submitted|submitted on|submission date|received)", re.IGNORECASE
)
_OTHER_HEADER = re.compile(r"(?:from|to|subject|cc|message-id|re|mime-version|reply-to)", re.IGNORECASE)
_INCIDENT_LABEL = re.compile(
    r".{0,40}\b(?:(?:date|day|time|when)\b.{0,30}\b(?:loss|incident|accident|occurrence|event|collision|crash|theft|fire|storm|"
    r"service|treatment|happen(?:ed)?|damage|injury|procedure|admission|occur(?:red)?)"
    r"|(?:loss|incident|accident|event|occurrence|service|treatment|crash|collision|theft|fire|damage|admission|procedure|surgery|storm)\b.{0,12}\b(?:date|day|time)"
    r"|d\.?o\.?[ls]\.?|occurred(?: on)?|happened(?: on)?|when)\b.{0,20}",
    re.IGNORECASE,
)
_OTHER_LABEL = re.compile(
    r".{0,40}\b(?:birth|dob|born|effective|inception|renewal|expir\w*|due|invoice|estimate|report|letter|issued?|printed|"
    r"purchase\w*|policy|signed|appointment|discharge\w*|follow.?up|valid|bill|statement|filed|today's|submitted|model)\b.{0,40}",
    re.IGNORECASE,
)

_FOR = (
    (6, re.compile(r"\b(?:date of (?:loss|incident|the (?:incident|accident|loss))|(?:incident|accident|collision|crash|loss|theft|fire|storm|break-?in|event) (?:happened|occurred|took place|was|date|of|on|dated))\b", re.I)),
    (4, re.compile(r"\b(?:happen(?:ed|s)?|occurr?ed|took place|went off|struck|hit|rear.?ended|crashed|collided|stole|stolen|broke|caught fire|burn\w*|fell|slammed|smash\w*|t-?boned|sideswiped|side-swiped|vandali[sz]ed|keyed|flooded|hailstorm|storm|tornado|hurricane|swerved|ran (?:a|the|into)|damaged|tore|backed into|came through|skidded|lost control|started)\b", re.I)),
    (3, re.compile(r"\b(?:accident|incident|collision|crash|fire|theft|involved in|hail|admitted|surgery|operat\w+|treated|underwent|emergency|seen at|went to the (?:er|hospital)|driving|parked|stopped|heading|came (?:out|back|home)|returned|procedure|services? (?:rendered|provided))\b", re.I)),
    (2, re.compile(r"\b(?:noticed|discovered|found|evening of|morning of|night of|afternoon of|around \d|at (?:about|approximately|around)|approximately)\b", re.I)),
)  # fmt: skip
_AGAINST = (
    (9, re.compile(r"\b(?:born|birth|dob|d\.o\.b)\b", re.I)),
    (7, re.compile(r"\b(?:policy (?:has been |was |is )?(?:effective|period|start|began|issued|renew\w*|in force|active|valid|since|inception|term)|effective|inception|renew\w*|expir\w*|valid (?:until|through|from)|premium|insured since|customer since|member since|policyholder since|with you since)\b", re.I)),
    (6, re.compile(r"\b(?:estimate|invoice|quote|bill|statement|receipt|letter|report) (?:was |is |has been )?(?:dated|date|issued|prepared|written|from|of|on)\b|\b(?:estimate|invoice|letter|form) date|\bdue\b|\bdeadline|\bno later than|\bby\s*\Z|\brespond by|\bmy letter of", re.I)),
    (5, re.compile(r"\b(?:appointments?|schedul\w+|follow.?up|discharged?|released|inspect\w+|purchased|bought|built|remodell?ed|installed|replaced|since|until|will|available|call me|reach me|printed|signed|prior|previous\w*|earlier claim|last claim|reported (?:it|this|the|on|to)|filed|called (?:you|your|the)|spoke|sent|e-?mailed|wrote|submitted|picked up|dropped off|towed it|returned to work|repair(?:s|ed)? (?:start|begin|complet|finish|on)|back to work|contacted|went back|drop(?:ped)? (?:it|the car) off|estimate|got (?:a|an|the) (?:quote|estimate)|married|moved)\b", re.I)),
)  # fmt: skip


_APPOSITION = 6
"""How far an absolute date stands from the relative one that it explains: `yesterday (Nov 10th)`."""
_SENTENCE_BREAK = re.compile(r"(?<!\b[ap]\.m)(?<!\b[A-Z])(?<!\bSt)(?<!\bAve)(?<!\bDr)[.!?;](?:\s|\Z)|\n")


@dataclass(frozen=True)
class _Candidate:
    start: int
    end: int
    date: dt.date
    relative: bool


def date_sent(narrative: Narrative, sent_at: dt.datetime) -> tuple[dt.date, int | None]:
    """The day from which relative dates count, and the line that can only mean that day.

    An e-mail's `Date:` line or a letter's dateline comes before `sent_at`. A `Date:` in a form
    may be the incident's, so no line is named for it.
    """
    fields = [field for field in narrative.fields if field.line < 40]
    headers = [field.line for field in fields if _OTHER_HEADER.fullmatch(field.label)]
    for field in fields:
        if _HEADER.fullmatch(field.label) and any(abs(field.line - line) <= 6 for line in headers):
            found = _first_date(field.value, sent_at.date())
            if found and found <= sent_at.date() + dt.timedelta(days=1):
                return found, field.line
    for field in fields:
        if _HEADER.fullmatch(field.label) and (found := _first_date(field.value, sent_at.date())):
            if found <= sent_at.date():
                return found, None
            break
    for number, line in enumerate(narrative.lines[:15]):
        found = _DATE.search(line) if len(line) <= 45 else None
        rest = line[: found.start()] + line[found.end() :] if found else ""
        if found and re.fullmatch(
            rf"(?:{_WEEKDAY}|[A-Z][a-z]+(?:,? [A-Z]{{2}})?|[\s,.]|\()*", rest, re.IGNORECASE
        ):
            day = _absolute(found, sent_at.date())
            if day and day <= sent_at.date():
                return day, number
    return sent_at.date(), None


def incident_date(narrative: Narrative, text: str, sent_at: dt.datetime) -> dt.date | None:
    """The day of the incident: of all dates in the past the one whose context speaks most for it.

    `text` is the flow of the narrative, spelling mended.
    """
    base, sent_line = date_sent(narrative, sent_at)
    labelled = _labelled(narrative, base)
    if labelled:
        return labelled
    sent_text = narrative.lines[sent_line] if sent_line is not None else None
    best: tuple[float, dt.date] | None = None
    for candidate in _candidates(text, base):
        if candidate.date > base:
            continue
        score = _score(text, candidate, sent_text)
        if score > -3 and (best is None or score > best[0]):
            best = score, candidate.date
    return best[1] if best else None


def parse_date(answer: str, sent_at: dt.datetime) -> dt.date | None:
    """The first past date in an answer."""
    base = sent_at.date()
    for candidate in _candidates(answer, base):
        if candidate.date <= base:
            return candidate.date
    bare = re.fullmatch(r"\s*(?:the\s+)?(\d{1,2}(?:st|nd|rd|th)|\d{1,2}/\d{1,2})\W*", answer)
    return _first_date(f"on {'' if '/' in bare.group(1) else 'the '}{bare.group(1)}", base) if bare else None


def _labelled(narrative: Narrative, base: dt.date) -> dt.date | None:
    for field in narrative.fields:
        if (
            field.value
            and _INCIDENT_LABEL.fullmatch(field.label[-90:])
            and not _OTHER_LABEL.fullmatch(field.label[-90:])
        ):
            found = parse_date_prefix(field.value[:120], base)
            if found:
                return found
    return None


def parse_date_prefix(value: str, base: dt.date) -> dt.date | None:
    return next((c.date for c in _candidates(value, base) if c.date <= base and c.start <= 60), None)


def _first_date(text: str, base: dt.date) -> dt.date | None:
    found = _DATE.search(text[:200])
    return _absolute(found, base) if found else None


def _candidates(text: str, base: dt.date) -> Iterator[_Candidate]:
    found = [
        _Candidate(match.start(), match.end(), day, relative=False)
        for match in limited(_DATE, text)
        if (day := _absolute(match, base))
    ]
    found += [
        _Candidate(match.start(), match.end(), day, relative=True)
        for match in limited(_RELATIVE, text)
        if (day := _relative(match, base))
    ]
    found += [
        _Candidate(match.start(), match.end(), day, relative=False)
        for match in limited(_HOLIDAY, text, 5)
        if (day := _latest(*_HOLIDAYS[match["day"].lower().translate(_NO_PUNCTUATION)], base))
    ]
    found.sort(key=lambda candidate: candidate.start)
    for candidate, following in pairwise((*found, None)):
        explained = following is not None and not following.relative and following.start - candidate.end <= _APPOSITION
        if not (candidate.relative and explained):
            yield candidate


def _score(text: str, candidate: _Candidate, sent_text: str | None) -> float:
    begin = max(text.rfind("\n", 0, candidate.start), candidate.start - 140) + 1
    before = _SENTENCE_BREAK.split(text[begin : candidate.start])[-1]
    after = _SENTENCE_BREAK.split(text[candidate.end : candidate.end + 120])[0]
    near_after = re.split(r",| and | but ", after)[0] or after[:50]
    score = 1.0 + (0.5 if candidate.relative else 0.0) - candidate.start / 20_000
    score += max((weight for weight, pattern in _FOR if pattern.search(before)), default=0)
    score += max((weight * 0.8 for weight, pattern in _FOR if pattern.search(after)), default=0)
    score -= max((weight for weight, pattern in _AGAINST if pattern.search(before[-60:])), default=0)
    score -= max((weight * 0.5 for weight, pattern in _AGAINST if pattern.search(near_after)), default=0)
    line = text[
        text.rfind("\n", 0, candidate.start) + 1 : (text.find("\n", candidate.end) + 1 or len(text) + 1) - 1
    ]
    if sent_text is not None and line.strip() == sent_text.strip():
        score -= 20
    return score


def _absolute(found: re.Match[str], base: dt.date) -> dt.date | None:
    kind = (
        found.lastgroup if found.lastgroup in {"iso", "numeric", "mdy", "dmy", "short", "dayonly"} else None
    )
    kind = kind or next(name for name in ("iso", "numeric", "mdy", "dmy", "short", "dayonly") if found[name])
    match kind:
        case "iso":
            return _date(int(found["iy"]), int(found["im"]), int(found["id"]))
        case "numeric":
            return _numeric(int(found["n1"]), int(found["n2"]), found["ny"], found["sep"], base)
        case "mdy":
            return _named(found["mm"], int(found["md"]), found["my"], base)
        case "dmy":
            return _named(found["dm"], int(found["dd"]), found["dy"], base)
        case "short":
            first, second = int(found["s1"]), int(found["s2"])
            return _latest(*((second, first) if first > 12 else (first, second)), base)
        case _:
            return _day_of_month(int(found["od"]), base)


def _numeric(first: int, second: int, year_text: str, separator: str, base: dt.date) -> dt.date | None:
    year = int(year_text)
    if len(year_text) == 2:
        year += 2000 if year <= base.year % 100 + 1 else 1900
    day_first = first > 12 or (separator == "." and second <= 12)
    month, day = (second, first) if day_first else (first, second)
    return _date(year, month, day)


def _named(name: str, day: int, year_text: str | None, base: dt.date) -> dt.date | None:
    month = _MONTHS[name.lower()]
    if year_text is None:
        return _latest(month, day, base)
    return _date(2000 + int(year_text[1:]) if year_text.startswith("'") else int(year_text), month, day)


def _latest(month: int, day: int, base: dt.date) -> dt.date | None:
    """That day of the year, as late as possible but not after `base`."""
    past = (date for year in range(base.year, base.year - 5, -1) if (date := _date(year, month, day)))
    return next((date for date in past if date <= base), None)


def _day_of_month(day: int, base: dt.date) -> dt.date | None:
    this = _date(base.year, base.month, day)
    if this and this <= base:
        return this
    last = base.replace(day=1) - dt.timedelta(days=1)
    return _date(last.year, last.month, day)


def _relative(found: re.Match[str], base: dt.date) -> dt.date | None:
    if found["hours"]:
        return base
    if found["yesterday"]:
        return base - dt.timedelta(days=1)
    if found["offset"]:
        day = _offset(re.split(r"(?<=ago)\s", found["offset"])[0].lower(), base)
        if day and found["ow"]:
            return _in_week_of(day, found["ow"])
        return day
    if found["lastweek"]:
        return _in_week_of(base - dt.timedelta(days=7), found["lw1"] or found["lw2"])
    if found["weekafter"]:
        return _last_weekday(found["wa"] or found["wb"], base) - dt.timedelta(days=7)
    return _last_weekday(found["wd"], base, same_day=(found["which"] or "").lower() in {"", "on", "this"})


def _offset(phrase: str, base: dt.date) -> dt.date | None:
    import dateparser

    phrase = re.sub(r"\ba couple(?: of)?\b", "2", phrase)
    phrase = re.sub(r"\ba few\b", "3", phrase)
    phrase = re.sub(r"\b(?:night|evening)(s?)\b", r"day\1", phrase)
    if phrase == "the day before yesterday":
        return base - dt.timedelta(days=2)
    moment = dateparser.parse(
        phrase,
        languages=["en"],
        settings={"RELATIVE_BASE": dt.datetime.combine(base, dt.time(12)), "PREFER_DATES_FROM": "past"},
    )
    return moment.date() if moment else None


def _last_weekday(name: str, base: dt.date, *, same_day: bool = False) -> dt.date:
    back = (base.weekday() - _WEEKDAYS.index(name[:3].lower())) % 7
    return base - dt.timedelta(days=back if back or same_day else 7)


def _in_week_of(day: dt.date, weekday: str) -> dt.date:
    return day + dt.timedelta(days=_WEEKDAYS.index(weekday[:3].lower()) - day.weekday())


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
