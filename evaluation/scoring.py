"""Compares what was read with what the labels say."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.running import Outcome
from orchestration.rules.keys import person_key, policy_key
from shared.models.facts import Facts

_COMMON = set("the a of at in on and near my".split())  # noqa: SIM905
SAME_PLACE = 0.6
"""The share of common words from which on two wordings name the same place."""
TARGETS = {"claim_type": 0.95, "missing_documents": 0.90, "core_field_f1": 0.90, "documents": 0.95}
"""What the offline agents must reach on the part that was set aside."""


@dataclass(frozen=True)
class FieldScore:
    """`right` values of those that were `read`, and of those that `stand` in the claims."""

    right: int
    read: int
    stand: int

    @property
    def precision(self) -> float:
        return self.right / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.stand if self.stand else 1.0

    @property
    def f1(self) -> float:
        total = self.read + self.stand
        return 2 * self.right / total if total else 1.0


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


CORE_FIELDS: dict[str, Callable[[Any, Any], bool]] = {
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
"""The fields that are measured, and when two values of one are the same. A yes/no counts where it is yes."""


def field_scores(pairs: Sequence[tuple[Outcome, Outcome]]) -> dict[str, FieldScore]:
    """Of each core field, over pairs of what was read and what should have been."""
    scores: dict[str, FieldScore] = {}
    for name in CORE_FIELDS:
        asked = [(read.facts, labelled.facts) for read, labelled in pairs if _is_asked(name, labelled.facts)]
        scores[name] = FieldScore(
            right=sum(is_right(name, read, labelled) for read, labelled in asked),
            read=sum(_value(read, name) is not None for read, _ in asked),
            stand=sum(_value(labelled, name) is not None for _, labelled in asked),
        )
    return scores


def is_right(name: str, read: Facts, labelled: Facts) -> bool:
    value, label = _value(read, name), _value(labelled, name)
    return value is not None and label is not None and CORE_FIELDS[name](value, label)


def is_wrong(name: str, read: Facts, labelled: Facts) -> bool:
    """Whether a value was missed, made up or misread."""
    nothing = _value(read, name) is None and _value(labelled, name) is None
    return _is_asked(name, labelled) and not nothing and not is_right(name, read, labelled)


def _is_asked(name: str, labelled: Facts) -> bool:
    """Whoever is treated may or may not be called hurt: of a medical claim it means nothing."""
    return name != "injuries" or labelled.claim_type != "medical"


def _value(facts: Facts, name: str) -> object:
    return getattr(facts, name) or None


def share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 1.0
