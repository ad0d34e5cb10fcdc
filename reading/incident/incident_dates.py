"""Which of the days in a letter is the incident's, and which is the one on which it was sent."""

import datetime as dt
import re

from reading.incident.dates import Day, days_in, first_absolute, parse_date, writes_day_first
from reading.matching.phrases import heaviest
from reading.matching.word_files import Label, PhraseSet, Table, WordFile, load
from reading.text.narrative import Narrative
from reading.text.spelling import mended


class _Words(WordFile):
    sent_label: Label
    mail_header: Label
    incident_label: Label
    other_label: Label
    speaks_for: Table
    speaks_against: Table
    recorded: PhraseSet


_WORDS = load("incident_dates", _Words)
_HEADER_LINES, _TOP_LINES = 40, 15
"""How many lines from the top headers, and a letter's dateline, may stand."""
_DATELINE = re.compile(
    r"(?:(?i:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)\b"
    r"|[A-Z][a-z]+(?: [A-Z][a-z]+)?(?:,? [A-Z]{2})?|le|den|the|[\s,.(])*"
)
"""What a dateline may hold beside its date: a weekday, a town."""
_LONGEST_DATELINE = 45

_LEAST = -3.0
_LETTER_DATE = 20.0
_AHEAD = 4.0
_NEARLY_A_YEAR = dt.timedelta(days=320)
_LONGEST_HEAD, _LONGEST_WEEKDAY = 60, 12
_NEXT_SENTENCE = re.compile(r"(?<!\b[A-Z])[.!?]\s+(?=[A-Z])")
_DAY_FIRST_MONEY = re.compile(r"[€£₹]|\b(?:EUR|GBP|INR|AUD)\b")
_SENTENCE_END = re.compile(r"(?<!\b[ap]\.m)(?<!\b[A-Z])(?<!\bSt)(?<!\bAve)(?<!\bDr)[.!?;](?:\s|\Z)|\n")
_CLAUSE_END = re.compile(r",| and | but ")


def incident_date(narrative: Narrative, sent_at: dt.datetime) -> dt.date | None:
    """The day of the incident: of all days in the past, the one whose context speaks most for it."""
    base, dateline = _date_sent(narrative.own, sent_at.date())
    if labelled := _labelled(narrative, base):
        return labelled
    text = narrative.spelled.flow
    days = days_in(text, base, day_first=_writes_day_first(narrative))
    scored = [
        (_score(text, day, dateline) - _doubt(text, day, base), -day.start, day.date)
        for day in days
        if day.date <= base
    ]
    score, _, date = max(scored, default=(_LEAST, 0, None))
    return date if score > _LEAST else None


def _date_sent(narrative: Narrative, sent: dt.date) -> tuple[dt.date, str | None]:
    """The day from which relative dates count, and the line that can mean nothing else.

    An e-mail's `Date:` line or a letter's dateline comes before `sent`. A `Date:` in a form may be
    the incident's, so no line is named for it.
    """
    fields = [field for field in narrative.fields if field.line < _HEADER_LINES]
    headers = [field.line for field in fields if _WORDS.mail_header.fullmatch(field.label)]
    for field in fields:
        if _WORDS.sent_label.fullmatch(field.label) and (day := first_absolute(field.value[:200], sent)):
            in_header = any(abs(field.line - line) <= 6 for line in headers)
            if day.date <= sent + dt.timedelta(days=1):
                return day.date, narrative.lines[field.line] if in_header else None
    for line in narrative.lines[:_TOP_LINES]:
        day = first_absolute(line, sent) if len(line) <= _LONGEST_DATELINE else None
        if day and day.date <= sent and _DATELINE.fullmatch(line[: day.start] + line[day.end :]):
            return day.date, line
    return sent, None


def _labelled(narrative: Narrative, base: dt.date) -> dt.date | None:
    for field in narrative.fields:
        label = field.label[-90:]
        if _WORDS.incident_label.fullmatch(label) and not _WORDS.other_label.fullmatch(label):
            found = parse_date(field.value[:120], base, day_first=_writes_day_first(narrative))
            if found:
                return found
    return None


def _score(text: str, day: Day, dateline: str | None) -> float:
    line_start = text.rfind("\n", 0, day.start) + 1
    lead = _SENTENCE_END.split(text[max(line_start, day.start - 140) : day.start])[-1]
    before = lead + text[day.start : day.end]
    clause = _CLAUSE_END.split(before)[-1]
    after = _SENTENCE_END.split(text[day.end : day.end + 120])[0]
    next_clause = _CLAUSE_END.split(after)[0] or after[:50]
    score = (2.5 if day.relative else 1.0) - day.start / 20_000
    score += (
        heaviest(_WORDS.speaks_for, before)
        + 0.5 * heaviest(_WORDS.speaks_for, clause)
        + 0.8 * heaviest(_WORDS.speaks_for, after)
    )
    score -= heaviest(_WORDS.speaks_against, lead[-60:]) + 0.5 * heaviest(_WORDS.speaks_against, next_clause)
    line = text[line_start:].split("\n", 1)[0]
    is_dateline = dateline is not None and line.strip() == mended(dateline.strip())
    of_report = is_dateline or _heads_report(text[line_start : day.start], next_clause)
    return score - (_LETTER_DATE if of_report or _is_labelled_otherwise(lead) else 0)


def _doubt(text: str, day: Day, base: dt.date) -> float:
    """How likely a day without a year is still ahead, rather than nearly a year ago."""
    without_year = str(day.date.year)[2:] not in text[day.start : day.end]
    return _AHEAD if without_year and base - day.date > _NEARLY_A_YEAR else 0


def _heads_report(before: str, after: str) -> bool:
    """Whether a day between these words is the one on which a report was taken down."""
    head = _NEXT_SENTENCE.split(before)[-1]
    return len(before) <= _LONGEST_HEAD and _WORDS.recorded.search(f"{head} {after}") is not None


def _is_labelled_otherwise(lead: str) -> bool:
    """Whether the words before a day are the label of something else than the incident."""
    label, colon, rest = lead.partition(":")
    return bool(colon and _WORDS.other_label.fullmatch(label.strip()) and len(rest) <= _LONGEST_WEEKDAY)


def _writes_day_first(narrative: Narrative) -> bool:
    """Whether the writer lives where the day comes before the month."""
    return bool(_DAY_FIRST_MONEY.search(narrative.flow)) or writes_day_first(narrative.flow)
