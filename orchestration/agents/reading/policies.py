"""The policy number."""

import re
from collections.abc import Iterator

from orchestration.agents.reading.evidence import limited
from orchestration.agents.reading.text import Narrative

_NUMBER = r"(?=[A-Z0-9./-]{0,24}\d)[A-Z0-9][A-Z0-9]{0,11}(?:[-/. ]?[A-Z0-9]{1,12}){0,3}"
_AFTER_LABEL = re.compile(
    r"\b(?:pol(?:icy|\.)?|polcy|plicy|policiy|insurance|member|certificate|cert)(?: holder)?"
    r"(?P<naming>\s*(?:number|numbers|num|nbr|no|nr|id|ref(?:erence)?|#|№)(?![a-z])[.:]?)?"
    r"(?:\s*\([^()\n]{1,30}\))?"
    r"\s*(?P<joint>(?:is|are|was|it's|[:=#-]|\s)\s*){0,4}\s*[\"'(\[]?"
    r"(?P<number>[A-Za-z]{1,5}[-/. ]?[A-Za-z]{0,4}[-/. ]?\d[A-Za-z0-9]{1,14}(?:[-/][A-Za-z0-9]{1,10}){0,3}"
    r"|\d[A-Za-z0-9]{3,14}(?:[-/][A-Za-z0-9]{1,10}){0,3})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_KNOWN_FORM = re.compile(
    r"(?<![A-Za-z0-9-])(?:AUT|AUTO|HOM|HOME|HLT|HEALTH|MED|POL|OTH|PLY|HO|PA|VEH|CAR|TRV|LIF)(?:[- ]?(?:19|20)\d\d)?[- ]?\d{3,9}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_NOT_A_POLICY = re.compile(
    r"\b(?:claim|case|report|plate|vin|invoice|file|incident|tag|ticket)\W{0,3}(?:number|no|#|id|is)?\W{0,4}\Z",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\Z|(?:19|20)\d\d\Z")
_OWN = re.compile(r".{0,8}\b(?:my|our|i|we|me|mine|insured|claimant)\b|\s(?:with|from) you\b", re.IGNORECASE)
_OF_SOMEBODY_ELSE = re.compile(
    r"\b(?:his|her|their|other (?:driver|party|car|vehicle)\w*|(?:his|her|their|whose) insur\w+|insured (?:by|with)|at.fault|third.party)\b", re.IGNORECASE
)
_OURS = re.compile(r"\A([A-Z]{3})-?(\d{6})\Z")
"""The carrier's own form."""
_WHOLE = re.compile(
    r"[A-Za-z]{0,6}[-/. #]{0,2}[A-Za-z0-9]{0,8}[-/. ]?\d[A-Za-z0-9]{2,14}(?:[-/. ][A-Za-z0-9]{1,10}){0,3}\Z"
)


def policy_number(narrative: Narrative) -> str | None:
    """The claimant's policy number in upper case; the one named as theirs before any other."""
    text = narrative.flow
    best: tuple[int, str] | None = None
    for weight, number, start, lead in _numbers(text):
        sentence_start, sentence = narrative.sentence_at(start)
        before = sentence[: lead - sentence_start]
        score = weight + (2 if _KNOWN_FORM.fullmatch(number) else 0)
        score += 3 if _OWN.search(before[-25:]) or _OWN.match(text[start + len(number) :]) else 0
        score -= 6 if _OF_SOMEBODY_ELSE.search(before[-80:]) else 0
        if best is None or score > best[0]:
            best = score, number
    return _normalised(best[1]) if best else None


def parse_policy_number(answer: str) -> str | None:
    """The policy number that an answer gives, labelled or bare."""
    answer = answer.strip().strip("\"'.!")
    return _normalised(answer) if _WHOLE.match(answer) and not _DATE.match(answer) else None


def _numbers(text: str) -> Iterator[tuple[int, str, int, int]]:
    """Weight, number, where it starts and where what introduces it starts."""
    for found in limited(_AFTER_LABEL, text):
        number = found["number"]
        if not _DATE.match(number) and (found["naming"] or found["joint"] or number[0].isalpha()):
            yield 3, number, found.start("number"), found.start()
    for found in limited(_KNOWN_FORM, text):
        if not _NOT_A_POLICY.search(text[max(0, found.start() - 25) : found.start()]):
            yield 1, found.group(), found.start(), found.start()


def _normalised(number: str) -> str:
    number = re.sub(r"[\s./#]+", "-", number.strip()).upper()
    return _OURS.sub(r"\1-\2", number)
