"""What kind of claim a narrative makes, from what happened (the peril) and to what (the subject).

Every peril that the text asserts adds its weight to the claim type of its pair; the heaviest type wins.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

from reading.found import Mention
from reading.incident.perils import PERILS, SUBJECTS, Subject, signs_in
from reading.matching.passages import Passage, as_passage
from reading.matching.phrases import Weighted, limited
from reading.matching.word_files import Entry, Label, PhraseSet, WordFile, load
from reading.text.assertions import is_long_past, is_negated, stated_before
from reading.text.narrative import Narrative

COLLISION = "auto_collision"
STORM = "home_storm"
MEDICAL = "medical"
OTHER = "other"


def _known_peril(name: str) -> str:
    if name not in PERILS:
        raise ValueError(f"there is no peril {name!r}")
    return name


class _ClaimType(Entry):
    subject: Subject
    perils: list[Annotated[str, AfterValidator(_known_peril)]]


class _Stated(Entry):
    type: str
    phrases: PhraseSet


class _Words(WordFile):
    claim_types: dict[str, _ClaimType]
    usual_claim: dict[Subject, str]
    only_a_place: PhraseSet
    lines: dict[Subject, PhraseSet]
    stated_label: Label
    stated: list[_Stated]


_WORDS = load("claim_types", _Words)
_LINES = {name: claim.subject for name, claim in _WORDS.claim_types.items()}
"""The subject of each claim type but `other`."""
_TYPES = frozenset({*_LINES, OTHER})
_BY_PERIL = {
    (peril, claim.subject): name for name, claim in _WORDS.claim_types.items() for peril in claim.perils
}
"""The claim type of each peril and subject; every other pair is `other`."""

_LEAST = 2.0
"""A claim type of less weight is not assumed."""
_OPENING, _OPENING_FACTOR = 4, 1.3
"""How many sentences open a letter, and how much more they count: people begin with what matters."""
_REPEATED_FACTOR = 0.6
"""What each further sign of the same peril is worth, compared to the one before."""
_LONG_PAST_FACTOR = 0.2
_CAUSES = frozenset({"animal", "falling", "hail", "lightning", "vandalism"})
_WEATHER = frozenset({"storm", "hail", "falling"})
"""What makes a home wet from outside: then a water heater is what was damaged, not what leaked."""
_EFFECTS = frozenset({"collision", "contact"})
_EFFECT_FACTOR, _PLAIN_COLLISION = 0.4, 4.0
"""`Hail dented my car`: beside a cause in the same sentence, the verbs of a collision describe its effect.
So does broken glass beside a collision or a storm."""
_TREATED_FACTOR = 0.4
"""Treatment after a collision is part of the collision's claim."""
_STATED_WEIGHT = 12.0
_POLICY_WEIGHT, _OTHER_LINE_FACTOR = 4.0, 0.5
"""How far the policy's line speaks for its subject, and against claim types of other lines."""
_PLAIN_SUBJECT = 3.0
_SURELY, _PERHAPS = 0.95, 0.6
_CLEAR, _CLEARLY_AHEAD = 5.0, 2.5
"""The weight from which on a claim type is sure, if it is so many times that of the next one."""
_MOST_SENTENCES = 400
_MOST_WEIGHT = 12.0
"""How far a subject that is named everywhere weighs against the one in the sentence."""


@dataclass(frozen=True)
class _Sign:
    peril: str
    weight: float


def claim_type(narrative: Narrative) -> str | None:
    """The claim type that the evidence weighs for; `other` if none does; None for a text without words."""
    if not re.search(r"[A-Za-z]{2}", narrative.flow):
        return None
    scores = weigh(narrative)
    best = max(scores, key=lambda name: scores[name], default=OTHER)
    return best if scores.get(best, 0) >= _LEAST else OTHER


def claim_type_said(narrative: Narrative) -> list[Mention]:
    """The claim type with the sentence that weighs most for it; unsure unless its evidence is clearly ahead.

    Nothing where only `other` is left, since that no words of a text say.
    """
    if not re.search(r"[A-Za-z]{2}", narrative.flow):
        return []
    scores = weigh(narrative)
    kind = max(scores, key=lambda name: scores[name], default=OTHER)
    best = scores.get(kind, 0.0)
    if best < _LEAST:
        return []
    second = max((score for name, score in scores.items() if name != kind), default=0.0)
    clear = best >= _CLEAR and best >= _CLEARLY_AHEAD * second and not _is_mixed(narrative, kind)
    return [Mention(kind, _SURELY if clear else _PERHAPS, _telling(narrative))]


def _is_mixed(narrative: Narrative, kind: str) -> bool:
    """Whether a plain collision is told of in a claim of another type: `a dog ran out, I hit a tree`."""
    return kind != COLLISION and any(
        sign.peril == "collision" and sign.weight >= _PLAIN_COLLISION
        for _, sentence in narrative.spelled.sentences[:_MOST_SENTENCES]
        for sign in _signs(stated_before(sentence))
    )


def parse_claim_type(answer: Narrative) -> str | None:
    """The claim type that an answer gives: a type's name, words for one, or what happened; else None."""
    if named := _named(answer.flow):
        return named
    said = claim_type_said(answer)
    return said[0].value if said else None


def _telling(narrative: Narrative) -> str:
    """The sentence with the heaviest sign of a peril; empty where none has one."""
    heaviest, telling = 0.0, ""
    for _, sentence in narrative.spelled.sentences[:_MOST_SENTENCES]:
        weight = max((sign.weight for sign in _signs(stated_before(sentence))), default=0.0)
        if weight > heaviest:
            heaviest, telling = weight, sentence
    return telling


def _line(narrative: Narrative) -> Subject | None:
    """The subject that the policy which is named first insures; None without one."""
    text = narrative.spelled.flow
    named: dict[Subject, int] = {
        line: found.start() for line, words in _WORDS.lines.items() if (found := words.search(text))
    }
    return min(named, key=lambda line: named[line], default=None)


@lru_cache(maxsize=8)  # the type is asked for alone and with its words
def weigh(narrative: Narrative) -> Mapping[str, float]:
    """The weight of evidence for each claim type."""
    sentences = [sentence for _, sentence in narrative.spelled.sentences[:_MOST_SENTENCES]]
    line = _line(narrative)
    subjects = _subjects(" ".join(sentence for sentence in sentences if not is_long_past(sentence)))
    if line:
        subjects[line] += _POLICY_WEIGHT
    scores = _scores(sentences, subjects)
    if scores[COLLISION] >= _PLAIN_COLLISION and subjects["car"] and line != "body":
        scores[MEDICAL] *= _TREATED_FACTOR
    for name in scores:
        if line and _LINES.get(name, line) != line:
            scores[name] *= _OTHER_LINE_FACTOR
    if max(scores.values(), default=0) < _LEAST:
        subject = max(subjects, key=lambda name: subjects[name])
        if subject in _WORDS.usual_claim and subjects[subject] >= _PLAIN_SUBJECT:
            scores[_WORDS.usual_claim[subject]] = _LEAST
    if stated := _stated(narrative):
        scores[stated] += _STATED_WEIGHT
    return scores


def _scores(sentences: list[Passage], subjects: dict[Subject, float]) -> dict[str, float]:
    scores: dict[str, float] = defaultdict(float)
    worth: dict[tuple[str, str], float] = defaultdict(lambda: 1.0)
    found = [_signs(stated_before(sentence)) for sentence in sentences]
    perils = {sign.peril for signs in found for sign in signs}
    stormy = not _WEATHER.isdisjoint(perils)
    lightning = "fire" if "fire" in perils else "storm"
    leak = "plumbing" in perils or ("damp" in perils and not stormy)
    for number, (sentence, signs) in enumerate(zip(sentences, found, strict=True)):
        if not signs:
            continue
        here = _subjects(sentence)
        factor = (_LONG_PAST_FACTOR if is_long_past(sentence) else 1) * (
            _OPENING_FACTOR if number < _OPENING else 1
        )
        for sign in signs:
            if sign.peril == "damp" and stormy:
                continue
            peril = lightning if sign.peril == "lightning" else sign.peril
            subject = _subject_of(peril, here, subjects)
            if PERILS[peril].counts_only_with not in {None, subject}:
                continue
            name = _BY_PERIL.get((peril, subject), OTHER)
            if peril == "flood" and leak and name == STORM:
                name = OTHER
            scores[name] += (
                sign.weight * factor * worth[peril, name] * (_EFFECT_FACTOR if _is_effect(sign, signs) else 1)
            )
            worth[peril, name] *= _REPEATED_FACTOR
    return scores


def _signs(sentence: Passage) -> list[_Sign]:
    return [
        _Sign(peril, weight)
        for peril, weight, matches in signs_in(sentence)
        for found in matches
        if not is_negated(sentence, found.start(), found.end())
    ]


def _is_effect(sign: _Sign, signs: list[_Sign]) -> bool:
    """Whether a sign describes what another one in the same sentence has led to."""
    causes = {other.peril for other in signs if other.weight >= _PLAIN_COLLISION}
    if sign.peril == "glass":
        return "storm" in causes or ("collision" in causes and causes.isdisjoint(_CAUSES))
    if sign.peril == "falling":
        return "fire" in causes
    return sign.peril in _EFFECTS and sign.weight <= _PLAIN_COLLISION and not causes.isdisjoint(_CAUSES)


def _subjects(text: str) -> dict[Subject, float]:
    text = as_passage(_WORDS.only_a_place.sub(" ", text))
    return defaultdict(float, {subject: _weight(patterns, text) for subject, patterns in SUBJECTS.items()})


def _weight(patterns: Weighted, text: str) -> float:
    return sum(weight * sum(1 for _ in limited(pattern, text, 5)) for weight, pattern in patterns)


def _subject_of(peril: str, here: dict[Subject, float], everywhere: dict[Subject, float]) -> Subject:
    if only := PERILS[peril].only_subject:
        return only
    weights: dict[Subject, float] = {
        subject: 2 * here[subject] + min(everywhere[subject], _MOST_WEIGHT) for subject in SUBJECTS
    }
    best = max(weights, key=lambda subject: weights[subject])
    return best if weights[best] > 0 else PERILS[peril].usual_subject


def _stated(narrative: Narrative) -> str | None:
    """The claim type that a labelled line names."""
    stated = narrative.labelled(_WORDS.stated_label)
    return _named(stated) if stated else None


def _named(stated: str) -> str | None:
    """The claim type of which a short text is the name or a description."""
    if len(stated) > 80:
        return None
    exact = re.sub(r"\W+", "_", stated.strip().lower())
    if exact in _TYPES:
        return exact
    return next((row.type for row in _WORDS.stated if row.phrases.search(stated)), None)


def is_about(kind: str | None, subject: Subject) -> bool:
    """Whether claims of the type `kind` are about the subject."""
    return kind is not None and _LINES.get(kind) == subject
