"""The policy number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reading.matching.phrases import limited, word_first
from reading.matching.word_files import Alternatives, PhraseSet, WordFile, load
from reading.text.narrative import Narrative


class _Words(WordFile):
    label: Alternatives
    naming: Alternatives
    usual: Alternatives
    usual_without_hyphen: Alternatives
    ours: Alternatives
    other_label: PhraseSet
    own: PhraseSet
    of_somebody_else: PhraseSet


_WORDS = load("policies", _Words)

_PARTS = r"(?:[-/][a-z0-9]{1,10}){0,3}(?![a-z0-9])"
_OURS_IN_PARTS = r"[a-z]{3}[-. ]?\d{3}[-. ]\d{3}(?![\w-])"
"""The carrier's own form with its digits in two groups."""
_LABELLED = word_first(
    rf"{_WORDS.label}(?![a-z])(?: holder)?"
    rf"(?P<naming>\s*{_WORDS.naming}(?![a-z])[.:]?)?"
    r"(?:\s*\([^()\n]{1,30}\))?"
    r"\s*(?P<joint>(?:is|are|was|has|it's|[:=#-]|\s)\s*){0,4}\s*[\"'(\[]?"
    rf"(?P<number>{_OURS_IN_PARTS}|[a-z]{{1,5}}[-/. ]?[a-z]{{0,4}}[-/. ]?\d[a-z0-9]{{1,14}}{_PARTS}"
    rf"|\d[a-z0-9]{{3,14}}{_PARTS})"
)
_USUAL = re.compile(
    r"(?<![A-Za-z0-9-])"
    rf"(?:{_WORDS.usual}-(?:(?:19|20)\d\d-)?\d{{3,9}}"
    rf"|{_WORDS.usual_without_hyphen} ?\d{{5,9}}|(?={_WORDS.ours}){_OURS_IN_PARTS})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
"""Numbers that need no label to be recognised."""
_OURS = re.compile(r"([A-Z]{3})-?(\d{3})-?(\d{3})\Z")
"""The carrier's own form."""
_WHOLE_ANSWER = re.compile(
    r"[A-Za-z]{0,6}[-/. #]{0,2}[A-Za-z0-9]{0,8}[-/. ]?\d[A-Za-z0-9]{2,14}(?:[-/. ][A-Za-z0-9]{1,10}){0,3}\Z"
)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\Z|(?:19|20)\d\d\Z")
_OWN_AFTER = re.compile(r".{0,8}\bmine\b|\s(?:with|from) you\b", re.IGNORECASE)


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


def policy_numbers(narrative: Narrative) -> tuple[str, ...]:
    """Every policy number that the text names, in its order and each in one spelling."""
    found: dict[str, str] = {}
    for number in _numbers(narrative.flow):
        written = _normalised(number.text)
        found.setdefault(written.replace("-", ""), written)
    return tuple(found.values())


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
        if not _WORDS.other_label.search(text[max(0, found.start() - 25) : found.start()]):
            yield _Number(found.group(), 1, found.start(), found.start())


def _score(narrative: Narrative, number: _Number) -> int:
    begin, sentence = narrative.sentence_at(number.start)
    before = sentence[: max(0, number.lead - begin)]
    after = narrative.flow[number.start + len(number.text) :][:20]
    score = number.weight + (2 if _USUAL.fullmatch(number.text) else 0)
    score += 3 if _WORDS.own.search(before[-25:]) or _OWN_AFTER.match(after) else 0
    return score - (6 if _WORDS.of_somebody_else.search(before[-80:]) else 0)


def _normalised(number: str) -> str:
    return _OURS.sub(r"\1-\2\3", re.sub(r"[\s./#]+", "-", number.strip()).upper())
