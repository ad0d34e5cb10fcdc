"""Which value of a fact counts: precedence, agreement and conflict among all that was given and read.

Officer's correction, claimant's answer, claimant's own field, letter, paper: that is the order. Two
sources of one rank that differ, or a lower one that plainly differs from a higher one, make a fact
conflicting; both values stay. Adding a source can only add candidates.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from orchestration.rules.keys import person_key, policy_key, vendor_key
from shared.models.facts import (
    SURE,
    YES_NO_FACTS,
    Alternative,
    ClaimFacts,
    EvidenceSource,
    Fact,
    FactStatus,
)

type Candidate = Alternative[Any]

RANK: Mapping[EvidenceSource, int] = {
    EvidenceSource.OFFICER: 5,
    EvidenceSource.ANSWER: 4,
    EvidenceSource.CLAIMANT_FIELD: 3,
    EvidenceSource.LETTER: 2,
    EvidenceSource.DOCUMENT: 1,
    EvidenceSource.POLICY_SYSTEM: 0,
    EvidenceSource.CLAIMS_SYSTEM: 0,
}
"""Who is believed before whom. What the carrier's own systems hold confirms a value and gives none."""

DOUBTFUL = 0.5
"""Below this confidence a candidate is kept and shown, and contradicts nothing."""
SAME_EVENT = dt.timedelta(days=1)
"""A paper's day that differs by no more than this is of the same event, as one that passes midnight."""
SAME_AMOUNT = Decimal("0.01")
"""The share by which amounts may differ and still be the same, as where somebody rounds."""
MOST_ALTERNATIVES = 10
"""How many other values of a fact are kept; the strongest."""

_NEVER_CONFLICTING = frozenset(
    {"incident_location", "incident_description", "email", "phone", "vendors", "claimant_name"}
)
"""People word these in many ways, and have several: another wording is an alternative."""


def merged(facts: ClaimFacts, added: Mapping[str, Iterable[Candidate]]) -> ClaimFacts:
    """`facts` with the candidates of one more source, by the name of the fact.

    Raises:
        KeyError: there is no fact of that name.
    """
    changed: dict[str, Fact[Any]] = {}
    for name, candidates in added.items():
        known: Fact[Any] = changed.get(name) or dict(facts)[name]
        together = resolved(name, [*known.candidates, *candidates])
        if together != known:
            changed[name] = together
    return facts.with_facts(changed) if changed else facts


def resolved(name: str, candidates: Iterable[Candidate]) -> Fact[Any]:
    """The fact that all its candidates make together; the order in which they came does not matter."""
    if name == "vendors":
        return _vendors(candidates)
    groups = sorted(_grouped(name, candidates), key=_strength, reverse=True)
    if not groups:
        return Fact[Any]()
    chosen, *others = groups
    if name in YES_NO_FACTS and chosen.value is False and (yes := _equal_yes(chosen, others)):
        chosen, others = yes, [chosen, *(one for one in others if one is not yes)]
    return _fact(name, chosen, _status(name, chosen, others), others[:MOST_ALTERNATIVES])


def _fact(name: str, chosen: Candidate, status: FactStatus, others: Iterable[Candidate] = ()) -> Fact[Any]:
    """The fact with values of its own type, so that it is the same after it was stored and loaded."""
    kind = cast(type[Fact[Any]], ClaimFacts.model_fields[name].annotation)
    alternatives = [dict(other) for other in others]
    return kind.model_validate({**dict(chosen), "status": status, "alternatives": alternatives})


def is_same(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a fact say the same, however they are written."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one - other) <= SAME_AMOUNT * max(one, other)
    key = _KEYS.get(name)
    return key(one) == key(other) if key else one == other


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


_KEYS: dict[str, Callable[[Any], object]] = {
    "policy_number": policy_key,
    "claimant_name": person_key,
    "email": str.casefold,
    "incident_location": _flat,
    "incident_description": _flat,
}


def _grouped(name: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    """One candidate for each value, with the evidence of all that say it."""
    groups: list[Candidate] = []
    for candidate in sorted(candidates, key=_order):
        for place, group in enumerate(groups):
            if is_same(name, group.value, candidate.value):
                groups[place] = _together(group, candidate)
                break
        else:
            groups.append(candidate)
    return groups


def _together(one: Candidate, other: Candidate) -> Candidate:
    evidence = tuple(dict.fromkeys([*one.evidence, *other.evidence]))
    stronger = one if _strength(one) >= _strength(other) else other
    return Alternative[Any](
        value=stronger.value, confidence=max(one.confidence, other.confidence), evidence=evidence
    )


def _order(candidate: Candidate) -> tuple[Any, ...]:
    """Makes the outcome independent of the order in which candidates came."""
    return (*(-part for part in _strength(candidate)), repr(candidate.value))


def _strength(candidate: Candidate) -> tuple[int, float, float]:
    """What decides between values: rank, for what somebody set or answered the time, then confidence."""
    rank = max((RANK[evidence.source] for evidence in candidate.evidence), default=0)
    latest = max((evidence.at.timestamp() for evidence in candidate.evidence), default=0.0)
    return rank, latest if rank >= RANK[EvidenceSource.ANSWER] else 0.0, candidate.confidence


def _equal_yes(no: Candidate, others: list[Candidate]) -> Candidate | None:
    """A yes of the rank of the no: it asks for more, and a no would waive something."""
    rank = _strength(no)[0]
    if rank == RANK[EvidenceSource.OFFICER]:
        return None
    same = [o for o in others if o.value is True and _strength(o)[0] == rank and o.confidence >= DOUBTFUL]
    return same[0] if same else None


def _status(name: str, chosen: Candidate, others: list[Candidate]) -> FactStatus:
    rank = _strength(chosen)[0]
    if rank == RANK[EvidenceSource.OFFICER]:
        return FactStatus.CORRECTED
    if name not in _NEVER_CONFLICTING and any(_contradicts(name, chosen, other) for other in others):
        return FactStatus.CONFLICTING
    sources = {evidence.source for evidence in chosen.evidence}
    if len(sources - {EvidenceSource.ANSWER, EvidenceSource.CLAIMANT_FIELD, EvidenceSource.LETTER}) and (
        len(sources) > 1
    ):
        return FactStatus.CONFIRMED
    return FactStatus.STATED if rank >= RANK[EvidenceSource.CLAIMANT_FIELD] else FactStatus.READ


def _contradicts(name: str, chosen: Candidate, other: Candidate) -> bool:
    """Whether another value leaves the chosen one in doubt."""
    if other.confidence < DOUBTFUL:
        return False
    rank, other_rank = _strength(chosen)[0], _strength(other)[0]
    if name in YES_NO_FACTS:
        # A yes stands against any no; a no stands only where no yes is sure.
        return rank == other_rank or (other.value is True and other.confidence >= SURE)
    is_paper = other_rank == RANK[EvidenceSource.DOCUMENT]
    if is_paper and isinstance(chosen.value, dt.date) and abs(chosen.value - other.value) <= SAME_EVENT:
        return False
    if rank == RANK[EvidenceSource.ANSWER]:
        return False  # the question was asked in order to settle it
    if name == "claim_amount" and other_rank == RANK[EvidenceSource.DOCUMENT]:
        return False  # what papers come to is the question of corroboration
    return rank == other_rank or other.confidence >= SURE


def _vendors(candidates: Iterable[Candidate]) -> Fact[Any]:
    """Repairers and providers add up; nobody's list contradicts another's."""
    given = sorted(candidates, key=_order)
    if not given:
        return Fact[Any]()
    names: dict[str, str] = {}
    for candidate in given:
        for vendor in candidate.value:
            names.setdefault(vendor_key(vendor), vendor)
    evidence = tuple(dict.fromkeys(e for one in given for e in one.evidence))
    confidence = max(one.confidence for one in given)
    together = Alternative[Any](value=list(names.values()), confidence=confidence, evidence=evidence)
    return _fact("vendors", together, FactStatus.READ)
