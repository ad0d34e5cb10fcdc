"""What kind of claim a narrative makes: what happened (the peril) to what (the subject).

Every peril that the text asserts adds its weight to the claim type of its pair; the heaviest type wins.
"""

import re
from collections import defaultdict
from dataclasses import dataclass

from reading.evidence import (
    Weighted,
    is_long_past,
    is_negated,
    limited,
    one_of,
    phrases,
    stated_before,
    word_first,
)
from reading.openings import Passage, as_passage
from reading.perils import SUBJECTS, signs_in
from reading.text import Narrative

COLLISION = "auto_collision"
COMPREHENSIVE = "auto_comprehensive"
FIRE = "home_fire"
STORM = "home_storm"
MEDICAL = "medical"
OTHER = "other"
AUTO_TYPES = frozenset({COLLISION, COMPREHENSIVE})
HOME_TYPES = frozenset({FIRE, STORM})
TYPES = frozenset({COLLISION, COMPREHENSIVE, FIRE, STORM, MEDICAL, OTHER})

CLAIM_TYPES: dict[tuple[str, str], str] = {
    ("collision", "car"): COLLISION,
    ("contact", "car"): COLLISION,
    ("animal", "car"): COMPREHENSIVE,
    ("theft", "car"): COMPREHENSIVE,
    ("vandalism", "car"): COMPREHENSIVE,
    ("glass", "car"): COMPREHENSIVE,
    ("falling", "car"): COMPREHENSIVE,
    ("hail", "car"): COMPREHENSIVE,
    ("storm", "car"): COMPREHENSIVE,
    ("fire", "car"): COMPREHENSIVE,
    ("flood", "car"): COMPREHENSIVE,
    ("fire", "home"): FIRE,
    ("hail", "home"): STORM,
    ("storm", "home"): STORM,
    ("falling", "home"): STORM,
    ("flood", "home"): STORM,
    ("illness", "body"): MEDICAL,
}
"""The claim type of each peril and subject; every other pair is `other`."""

_ONLY_SUBJECT = {
    "collision": "car",
    "animal": "car",
    "illness": "body",
    "plumbing": "home",
    "damp": "home",
    "liability": "thing",
    "travel": "thing",
    "loss": "thing",
}
"""Perils that tell their subject by themselves."""
_TELLING_WITH = {"contact": "car", "glass": "car"}
"""Perils that tell nothing of another subject: people bump into many things."""
_USUAL_SUBJECT = {
    "glass": "car",
    "contact": "car",
    "fire": "home",
    "storm": "home",
    "flood": "home",
    "falling": "home",
    "hail": "home",
}
"""The subject where the text names none."""

_LEAST = 2.0
"""The weight below which nothing is said."""
_OPENING, _OPENING_FACTOR = 4, 1.3
"""People say first what their letter is about: the first sentences count for more."""
_REPEATED_FACTOR = 0.6
"""What each further sign of the same peril is worth, compared to the one before."""
_LONG_PAST_FACTOR = 0.2
_CAUSES = frozenset({"animal", "falling", "hail", "lightning", "vandalism"})
_WEATHER = frozenset({"storm", "hail", "falling"})
"""What makes a home wet from outside: then a water heater is what was damaged, not what leaked."""
_EFFECTS = frozenset({"collision", "contact"})
_EFFECT_FACTOR, _PLAIN_COLLISION = 0.4, 4.0
"""`Hail dented my car`: beside a cause in the same sentence, the verbs of a collision tell its effect.
So does broken glass beside a collision or a storm."""
_TREATED_FACTOR = 0.4
"""Treatment after a collision is part of the collision's claim."""
_STATED_WEIGHT = 12.0
_POLICY_WEIGHT, _OTHER_LINE_FACTOR = 4.0, 0.5
"""How far the policy's line speaks for its subject, and against claim types of other lines."""
_USUAL_CLAIM = {"car": COLLISION, "body": MEDICAL}
"""What a claim most likely is where only its subject is told; those of homes differ too much."""
_PLAIN_SUBJECT = 3.0
_LINES = {COLLISION: "car", COMPREHENSIVE: "car", FIRE: "home", STORM: "home", MEDICAL: "body"}

_STATED_LABEL = one_of(
    """
    (?:claim|loss|incident) (?:type|category) | (?:type|kind|nature) of (?:claim|loss|incident) | type
    category | line of business | cause of loss | peril | claim
    """
)
_STATED = (
    (phrases(r"(?:auto|car|motor|vehicle)?[ _-]*collision"), COLLISION),
    (phrases(r"""
        comprehensive | (?:auto|car|vehicle|motor)[ _-]*(?:theft|vandalism|glass|hail|fire) | glass
        windshield | vandalism | stolen vehicle
        """), COMPREHENSIVE),
    (phrases(r"""
        (?:home|house|property|dwelling|residential|homeowners?|kitchen)\b.{0,12}\bfire
        fire\b.{0,8}\b(?:home|house|property|damage|loss)
        """), FIRE),
    (phrases(r"""
        (?:home|house|property|roof|residential|homeowners?)\b.{0,12}\b(?:storm|wind|hail|tornado|hurricane)
        (?:wind|storm|tornado|hurricane)\b.{0,8}\b(?:damage|home|house|roof|property)
        """), STORM),
    (phrases(r"(?:medical|health|hospital)\b(?! payments)"), MEDICAL),
    (phrases(r"(?:auto|car|vehicle|motor)\b.{0,10}\b(?:accident|crash)"), COLLISION),
    (phrases(r"""
        other | travel | pet | liability | jewel\w+ | boat | life | gadget | phone | device | burglary
        water damage
        """), OTHER),
)  # fmt: skip
_LINE_OF_POLICY = (
    (
        word_first(r"(?:auto?|pa|car|veh)-?\d|(?:auto(?:mobile)?|car|motor|vehicle)(?: insurance)? policy\b"),
        "car",
    ),
    (
        word_first(
            r"(?:home?|ho)-?\d|(?:home ?owners?'?|home|house|dwelling|renters?)(?: insurance)? policy\b"
        ),
        "home",
    ),
    (word_first(r"(?:hlt|med|health)-?\d|(?:health|medical)(?: insurance)? (?:policy|plan)\b"), "body"),
)
_ONLY_A_PLACE = phrases(
    r"""
    (?:in front of|outside(?: of)?|near|at|behind|beside|next to|across from|by|left|leaving|drove|driving\
    |drive|back|going|headed|heading|went|get|got|came|coming|walk\w*|from|return\w*|on (?:my|the) way\
    |way|close to|opposite|inside|into)\s+(?:(?:my|our|the|his|her|a)\s+)?(?:\w+'s\s+)?(?:home|house\
    |apartment|residence|building|property|condo|place) | driveway | street parking
    home (?:depot|phone|address|office|town) | body shop | repair shop
    (?:charger|battery) (?:of|for|from) (?:the|my|our|an?) [\w-]+ | (?:scooter|bike) (?:charger|battery)
    (?:my |our |the )?(?:car|truck|van)s?\b[^.;]{0,40} (?:was|is|were|are) (?:not (?!where|there)|n't \
    |elsewhere|fine|ok\
    |undamaged|unharmed|untouched)
    """
)
"""Where a house or a car is only where something happened."""
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


def _line(narrative: Narrative) -> str:
    """The subject that the policy which is named first insures; empty without one."""
    named = ((pattern.search(narrative.spelled.flow), line) for pattern, line in _LINE_OF_POLICY)
    return min(((found.start(), line) for found, line in named if found), default=(0, ""))[1]


def weigh(narrative: Narrative) -> dict[str, float]:
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
        if subject in _USUAL_CLAIM and subjects[subject] >= _PLAIN_SUBJECT:
            scores[_USUAL_CLAIM[subject]] = _LEAST
    if stated := _stated(narrative):
        scores[stated] += _STATED_WEIGHT
    return scores


def _scores(sentences: list[Passage], subjects: dict[str, float]) -> dict[str, float]:
    scores: dict[str, float] = defaultdict(float)
    worth: dict[tuple[str, str], float] = defaultdict(lambda: 1.0)
    told = [_signs(stated_before(sentence)) for sentence in sentences]
    perils = {sign.peril for signs in told for sign in signs}
    stormy = not _WEATHER.isdisjoint(perils)
    lightning = "fire" if "fire" in perils else "storm"
    leak = "plumbing" in perils or ("damp" in perils and not stormy)
    for number, (sentence, signs) in enumerate(zip(sentences, told, strict=True)):
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
            if subject != _TELLING_WITH.get(peril, subject):
                continue
            name = CLAIM_TYPES.get((peril, subject), OTHER)
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
    """Whether a sign tells what another one in the same sentence has led to."""
    causes = {other.peril for other in signs if other.weight >= _PLAIN_COLLISION}
    if sign.peril == "glass":
        return "storm" in causes or ("collision" in causes and causes.isdisjoint(_CAUSES))
    if sign.peril == "falling":
        return "fire" in causes
    return sign.peril in _EFFECTS and sign.weight <= _PLAIN_COLLISION and not causes.isdisjoint(_CAUSES)


def _subjects(text: str) -> dict[str, float]:
    text = as_passage(_ONLY_A_PLACE.sub(" ", text))
    return defaultdict(float, {subject: _weight(patterns, text) for subject, patterns in SUBJECTS.items()})


def _weight(patterns: Weighted, text: str) -> float:
    return sum(weight * sum(1 for _ in limited(pattern, text, 5)) for weight, pattern in patterns)


def _subject_of(peril: str, here: dict[str, float], everywhere: dict[str, float]) -> str:
    if peril in _ONLY_SUBJECT:
        return _ONLY_SUBJECT[peril]
    weights = {subject: 2 * here[subject] + min(everywhere[subject], _MOST_WEIGHT) for subject in SUBJECTS}
    best = max(weights, key=lambda subject: weights[subject])
    return best if weights[best] > 0 else _USUAL_SUBJECT.get(peril, "thing")


def _stated(narrative: Narrative) -> str | None:
    """The claim type that a labelled line names."""
    stated = narrative.labelled(_STATED_LABEL)
    if not stated or len(stated) > 80:
        return None
    exact = re.sub(r"\W+", "_", stated.strip().lower())
    return (
        exact if exact in TYPES else next((name for pattern, name in _STATED if pattern.search(stated)), None)
    )
