"""What a letter says beside the facts: that it withdraws or only asks, and how many incidents it tells of."""

import re

from reading.doubts import doubts, was_driven
from reading.incident.perils import signs_in
from reading.incident.vehicles import vehicles
from reading.matching.passages import Passage
from reading.matching.phrases import limited
from reading.matching.word_files import PhraseSet, WordFile, load
from reading.people.policies import policy_numbers
from reading.text.assertions import is_long_past, is_negated
from reading.text.languages import unread_languages
from reading.text.narrative import Narrative
from shared.models.papers import LetterSigns


class _Words(WordFile):
    withdrawal: PhraseSet
    no_withdrawal: PhraseSet
    asking: PhraseSet
    supposing: PhraseSet
    further: PhraseSet
    afterwards: PhraseSet


_WORDS = load("signs", _Words)
_MOST_SENTENCES = 400
_MOST = 6
_LEAST_WEIGHT = 2.0
"""A sentence with a sign of a peril that weighs this much tells of an incident."""

_DAY = re.compile(
    r"\b(?:\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"
    r"|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.? \d{1,2}\b"
    r"|\d{1,2} (?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\b)"
)
_CLAUSE_END = re.compile(r"[;,]? (?:and|then) (?=(?:then |again )?on )|; ")


def signs(narrative: Narrative) -> LetterSigns:
    """The signs of one text. Of a text in another language only its language and policies are told."""
    languages = unread_languages(narrative)
    policies = policy_numbers(narrative)
    named = vehicles(narrative.cased.flow)
    if languages:
        return LetterSigns(languages=languages, policies=policies, vehicles=named)
    sentences = [sentence for _, sentence in narrative.spelled.sentences[:_MOST_SENTENCES]]
    return LetterSigns(
        policies=policies,
        is_withdrawal=any(map(_withdraws, sentences)),
        is_question=any(map(_asks, sentences)) and not any(map(_tells, sentences)),
        vehicles=named,
        was_driven=was_driven(narrative),
        doubts=doubts(narrative),
        incidents=max(2 if any(map(_tells_of_another, sentences)) else 1, _days_with_damage(sentences)),
    )


def _withdraws(sentence: Passage) -> bool:
    return not sentence.endswith("?") and any(
        not _WORDS.no_withdrawal.search(sentence[max(0, found.start() - 60) : found.start()])
        for found in limited(_WORDS.withdrawal, sentence, _MOST)
    )


def _asks(sentence: Passage) -> bool:
    return _WORDS.asking.search(sentence) is not None


def _tells(sentence: Passage) -> bool:
    """Whether the sentence states that something happened."""
    if sentence.endswith("?") or _WORDS.supposing.search(sentence):
        return False
    return any(
        weight >= _LEAST_WEIGHT and not is_negated(sentence, found.start(), found.end())
        for _, weight, matches in signs_in(sentence)
        for found in matches
    )


def _tells_of_another(sentence: Passage) -> bool:
    if sentence.endswith("?") or is_long_past(sentence):
        return False
    return any(
        not is_negated(sentence, found.start(), found.end())
        for found in limited(_WORDS.further, sentence, _MOST)
    )


def _days_with_damage(sentences: list[Passage]) -> int:
    """On how many days, each beside the damage that it brought, something happened."""
    days: set[str] = set()
    for sentence in sentences:
        if is_long_past(sentence):
            continue
        for clause in _CLAUSE_END.split(sentence):
            found = _DAY.search(clause.lower())
            if found and not _WORDS.afterwards.search(clause) and _tells(Passage(clause)):
                days.add(found.group())
    return len(days)
