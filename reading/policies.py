"""The policy number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reading.evidence import limited, phrases
from reading.text import Narrative

_PARTS = r"(?:[-/][A-Za-z0-9]{1,10}){0,3}(?![A-Za-z0-9])"
_OURS_IN_PARTS = r"[A-Za-z]{3}[-. ]?\d{3}[-. ]\d{3}(?![\w-])"
"""The carrier's own form with its digits in two groups."""
_LABELLED = re.compile(
    r"(?=[cimp])\b(?:p[olics]{3,5}e?y|pol\.?|insurance|member|certificate|cert)(?![a-z])(?: holder)?"
    r"(?P<naming>\s*(?:number|numbers|numbr|nmbr|numer|nuber|nubmer|num|nbr|no|nr|id|ref(?:erence)?|#|№)(?![a-z])[.:]?)?"
    r"(?:\s*\([^()\n]{1,30}\))?"
    r"\s*(?P<joint>(?:is|are|was|has|it's|[:=#-]|\s)\s*){0,4}\s*[\"'(\[]?"
    rf"(?P<number>{_OURS_IN_PARTS}|[A-Za-z]{{1,5}}[-/. ]?[A-Za-z]{{0,4}}[-/. ]?\d[A-Za-z0-9]{{1,14}}{_PARTS}"
    rf"|\d[A-Za-z0-9]{{3,14}}{_PARTS})",
    re.IGNORECASE,
)
_USUAL = re.compile(
    r"(?<![A-Za-z0-9-])"
    r"(?:(?:AUTO?|HOME?|HLT|HEALTH|MED|POL|OTH|PLY|HO|PA|VEH|CAR|TRV|LIF|PET|GAD)-(?:(?:19|20)\d\d-)?\d{3,9}"
    rf"|(?:AUT|HOM|HLT|POL|PLY|TRV|LIF) ?\d{{5,9}}|(?=AUT|HOM|HLT|TRV){_OURS_IN_PARTS})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
"""Numbers that can be told from others without a label."""
_OURS = re.compile(r"([A-Z]{3})-?(\d{3})-?(\d{3})\Z")
"""The carrier's own form."""
_WHOLE_ANSWER = re.compile(
    r"[A-Za-z]{0,6}[-/. #]{0,2}[A-Za-z0-9]{0,8}[-/. ]?\d[A-Za-z0-9]{2,14}(?:[-/. ][A-Za-z0-9]{1,10}){0,3}\Z"
)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\Z|(?:19|20)\d\d\Z")
_OTHER_LABEL = phrases(
    "claim | case | report | plate | vin | invoice | file | incident | tag | ticket",
    after=r"\W{0,3}(?:number|no|#|id|is)?\W{0,4}\Z",
)
_OWN = phrases("my | our | i | we | me | mine | insured | claimant")
_OWN_AFTER = re.compile(r".{0,8}\bmine\b|\s(?:with|from) you\b", re.IGNORECASE)
_OF_SOMEBODY_ELSE = phrases(
    r"""
    his | her | their | other (?:driver|party|car|vehicle)\w* | (?:his|her|their|whose) insur\w+
    insured (?:by|with) | at.fault | third.party
    """
)


@dataclass(frozen=True)
class _Number:
    text: str
    weight: int
    start: int
    lead: int
    """Where what introduces it starts."""


def policy_number(narrative: Narrative) -> str | None:
    """The claimant's policy number in upper case; the one that is named as theirs before any other."""
    best = max(
        _numbers(narrative.flow), key=lambda number: (_score(narrative, number), -number.start), default=None
    ) or next(_numbers(narrative.quoted), None)
    return _normalised(best.text) if best else None


def parse_policy_number(answer: str) -> str | None:
    """The policy number that an answer gives without a label."""
    answer = answer.strip().strip("\"'.!")
    return _normalised(answer) if _WHOLE_ANSWER.match(answer) and not _DATE.match(answer) else None


def _numbers(text: str) -> Iterator[_Number]:
    for found in limited(_LABELLED, text):
        number = found["number"]
        if not _DATE.match(number) and (found["naming"] or found["joint"] or number[0].isalpha()):
            yield _Number(number, 3, found.start("number"), found.start())
    for found in limited(_USUAL, text):
        if not _OTHER_LABEL.search(text[max(0, found.start() - 25) : found.start()]):
            yield _Number(found.group(), 1, found.start(), found.start())


def _score(narrative: Narrative, number: _Number) -> int:
    begin, sentence = narrative.sentence_at(number.start)
    before = sentence[: max(0, number.lead - begin)]
    after = narrative.flow[number.start + len(number.text) :][:20]
    score = number.weight + (2 if _USUAL.fullmatch(number.text) else 0)
    score += 3 if _OWN.search(before[-25:]) or _OWN_AFTER.match(after) else 0
    return score - (6 if _OF_SOMEBODY_ELSE.search(before[-80:]) else 0)


def _normalised(number: str) -> str:
    return _OURS.sub(r"\1-\2\3", re.sub(r"[\s./#]+", "-", number.strip()).upper())
