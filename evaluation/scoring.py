"""Compares what was read with what the labels say."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.running import Outcome
from orchestration.rules.keys import person_key, policy_key
from shared.models.facts import YES_NO_FACTS

_COMMON = set("the a of at in on and near my".split())  # noqa: SIM905
SAME_PLACE = 0.6
"""The share of common words from which on two wordings name the same place."""
TARGETS = {"claim_type": 0.95, "missing_documents": 0.90, "core_field_f1": 0.90, "documents": 0.95}
"""What the offline agents must reach on the part that was set aside."""
TARGETS_OF_FILES = {"claim_type": 0.90, "missing_documents": 0.85, "missing_information": 0.85}
"""What they must reach on claims that nobody tuned to."""
SURE_WRONG_AT_MOST = 0.01
"""The share of the values given as sure that may be wrong."""


@dataclass(frozen=True)
class Judged:
    """A claim as it was read, beside what its labels say."""

    id: str
    read: Outcome
    labelled: Outcome
    is_english: bool = True
    measured: frozenset[str] | None = None
    """The facts that somebody looked at; None: all of them."""


@dataclass(frozen=True)
class FactScore:
    """How often a fact was read right, wrong (misread or made up), or not at all though it stands there."""

    right: int = 0
    wrong: int = 0
    absent: int = 0
    misread: int = 0
    """Of those that are wrong, the ones for which the claim states another value."""
    sure: int = 0
    """How many values were given as sure."""
    sure_wrong: int = 0

    @property
    def precision(self) -> float:
        """The share of the values given that is right."""
        read = self.right + self.wrong
        return self.right / read if read else 1.0

    @property
    def recall(self) -> float:
        """The share of the values that stand in the claims that was read right."""
        stand = self.right + self.misread + self.absent
        return self.right / stand if stand else 1.0

    @property
    def f1(self) -> float:
        total = 2 * self.right + self.wrong + self.misread + self.absent
        return 2 * self.right / total if total else 1.0

    def plus(self, other: "FactScore") -> "FactScore":
        return FactScore(
            self.right + other.right,
            self.wrong + other.wrong,
            self.absent + other.absent,
            self.misread + other.misread,
            self.sure + other.sure,
            self.sure_wrong + other.sure_wrong,
        )


def same_place(read: str, labelled: str) -> bool:
    """Whether the words that two wordings have in common are most of both, or all of one."""
    one, other = _words(read), _words(labelled)
    common = len(one & other)
    return common > 0 and (
        2 * common / (len(one) + len(other)) >= SAME_PLACE or common in {len(one), len(other)}
    )


def _words(place: str) -> set[str]:
    return set(re.findall(r"\w+", place.casefold())) - _COMMON


def _same(read: object, labelled: object) -> bool:
    return read == labelled


def _same_text(key: Callable[[str], str]) -> Callable[[Any, Any], bool]:
    return lambda read, labelled: key(str(read)) == key(str(labelled))


MEASURED: dict[str, Callable[[Any, Any], bool]] = {
    "claim_type": _same,
    "policy_number": _same_text(policy_key),
    "incident_date": _same,
    "incident_location": same_place,
    "claim_amount": _same,
    "claimant_name": _same_text(person_key),
    "email": _same_text(str.casefold),
    "phone": _same,
    "injuries": _same,
    "police_involved": _same,
    "theft_or_vandalism": _same,
}
"""The facts that are measured, and when two values of one are the same."""


def fact_scores(judged: Iterable[Judged]) -> dict[str, FactScore]:
    """Of each measured fact, over what was read of all these claims."""
    scores = dict.fromkeys(MEASURED, FactScore())
    for one in judged:
        for name in MEASURED:
            scores[name] = scores[name].plus(score(name, one))
    return scores


def together(scores: Mapping[str, FactScore]) -> FactScore:
    """The sum over all facts."""
    total = FactScore()
    for one in scores.values():
        total = total.plus(one)
    return total


def score(name: str, judged: Judged) -> FactScore:
    """Of one fact of one claim."""
    labelled, value = judged.labelled.facts, getattr(judged.read.facts, name)
    if not _is_asked(name, judged):
        return FactScore()
    label = getattr(labelled, name)
    if value is None or (name in YES_NO_FACTS and value is False and label is None):
        return FactScore(absent=int(label is not None))
    right = label is not None and MEASURED[name](value, label)
    sure = name in judged.read.sure
    return FactScore(
        right=int(right),
        wrong=int(not right),
        misread=int(not right and label is not None),
        sure=int(sure),
        sure_wrong=int(sure and not right),
    )


def _is_asked(name: str, judged: Judged) -> bool:
    """Whoever is treated may or may not be called hurt: of a medical claim it means nothing."""
    if judged.measured is not None and name not in judged.measured:
        return False
    return name != "injuries" or judged.labelled.facts.claim_type != "medical"


def share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 1.0
