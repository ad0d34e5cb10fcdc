"""The result of an evaluation, as a page for people and as JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluation.payouts import PayoutResult
from evaluation.scoring import (
    MEASURED,
    SURE_WRONG_AT_MOST,
    TARGETS,
    FactScore,
    Judged,
    fact_scores,
    score,
    share,
    together,
)

_TITLES = {
    "claim_type": "claim type",
    "missing_documents": "missing documents, exact set",
    "missing_information": "missing information, exact set",
    "documents": "classification of documents",
    "routing": "who decides",
}


@dataclass(frozen=True)
class PartResult:
    """What was read of one set of labelled claims and documents."""

    claims: Sequence[Judged] = ()
    documents: Sequence[tuple[str, str, str]] = ()
    """Name, type found, type labelled."""
    ways: Mapping[str, Sequence[Judged]] = field(default_factory=dict[str, Sequence[Judged]])
    """The plain letters as they were read on each way, by its name; the same letters in the same order."""

    def shares(self) -> dict[str, float]:
        """Of the English claims, and of all documents, the share that is exactly right."""
        english = [(one.read, one.labelled) for one in self.claims if one.is_english]
        return {
            "claim_type": share([r.facts.claim_type == e.facts.claim_type for r, e in english]),
            "missing_documents": share(
                [set(r.missing_documents) == set(e.missing_documents) for r, e in english]
            ),
            "missing_information": share(
                [set(r.missing_information) == set(e.missing_information) for r, e in english]
            ),
            "documents": share([found == labelled for _, found, labelled in self.documents]),
            "routing": share([r.route == e.route for r, e in english]),
        }

    def facts(self) -> dict[str, FactScore]:
        return fact_scores(self.claims)

    def foreign(self) -> dict[str, int]:
        """How often the claims in other languages were treated as if they were understood."""
        foreign = [one for one in self.claims if not one.is_english]
        return {
            "claims": len(foreign),
            "wrong_type": sum(score("claim_type", one).wrong for one in foreign),
            "nothing_asked": sum(not one.read.asks for one in foreign),
            "decided_by_rule": sum(one.read.route == "rule" for one in foreign),
        }

    def of_ways(self) -> dict[str, FactScore]:
        """Over all facts of the plain letters, by the way on which they came."""
        return {way: together(fact_scores(judged)) for way, judged in self.ways.items()}

    def differing(self) -> list[str]:
        """The letters that do not give the same facts on every way."""
        return [
            letters[0].id
            for letters in zip(*self.ways.values(), strict=True)
            if any(letter.read.facts != letters[0].read.facts for letter in letters)
        ]

    def misses(self) -> Iterator[str]:
        """What was misread, one line each."""
        for one in self.claims:
            for name in MEASURED:
                found = score(name, one)
                if found.wrong or found.absent:
                    got, want = getattr(one.read.facts, name), getattr(one.labelled.facts, name)
                    yield f"{one.id} {name}: {got!s}, not {want!s}{', as sure' if found.sure_wrong else ''}"
            for name in ("missing_documents", "missing_information", "route"):
                if (got := getattr(one.read, name)) != (want := getattr(one.labelled, name)):
                    yield f"{one.id} {name}: {got}, not {want}"
        for name, found, labelled in self.documents:
            if found != labelled:
                yield f"{name}: {found}, not {labelled}"


@dataclass(frozen=True)
class Evaluation:
    """What was measured with the agents of one model."""

    model: str
    parts: Mapping[str, PartResult] = field(default_factory=dict[str, PartResult])
    payouts: Sequence[PayoutResult] = ()
    targets: Mapping[str, float] = field(default_factory=lambda: TARGETS)

    def missed_targets(self) -> list[str]:
        """The targets that the part that was set aside does not reach."""
        aside = self.parts.get("aside", PartResult())
        reached = aside.shares()
        missed = [name for name in TARGETS.keys() & reached.keys() if reached[name] < TARGETS[name]]
        weak = [name for name, found in aside.facts().items() if found.f1 < TARGETS["core_field_f1"]]
        return list(dict.fromkeys(sorted(missed) + weak))


def as_json(evaluation: Evaluation) -> str:
    """The evaluation as one JSON document."""
    parts = {name: _part_as_json(part) for name, part in evaluation.parts.items()}
    shown: dict[str, Any] = {"model": evaluation.model, "targets": dict(evaluation.targets), "parts": parts}
    if evaluation.payouts:
        shown["payouts"] = _payouts_as_json(evaluation.payouts)
    return json.dumps(shown, indent=2) + "\n"


def _part_as_json(part: PartResult) -> dict[str, Any]:
    return {
        "claims": len(part.claims),
        "documents_labelled": len(part.documents),
        **{name: round(value, 4) for name, value in part.shares().items()},
        "facts": {
            name: _score_as_json(found) for name, found in [*part.facts().items(), ("all", _all(part))]
        },
        "ways": {way: _score_as_json(found) for way, found in part.of_ways().items()},
        "differing": part.differing(),
        "foreign": part.foreign(),
    }


def _score_as_json(found: FactScore) -> dict[str, float]:
    return {
        "right": found.right,
        "wrong": found.wrong,
        "absent": found.absent,
        "sure": found.sure,
        "sure_wrong": found.sure_wrong,
        "precision": round(found.precision, 4),
        "recall": round(found.recall, 4),
        "f1": round(found.f1, 4),
    }


def _payouts_as_json(payouts: Sequence[PayoutResult]) -> dict[str, Any]:
    clean = [one for one in payouts if one.is_clean]
    wrong = [one for one in payouts if one.is_wrong]
    return {
        "cases": len(payouts),
        "wrong": [one.id for one in wrong],
        "clean": len(clean),
        "clean_paid_exactly": sum(one.is_paid_exactly for one in clean),
        "clean_not_paid": [one.id for one in clean if not one.is_paid_exactly],
    }


def _all(part: PartResult) -> FactScore:
    return together(part.facts())


def as_markdown(evaluation: Evaluation) -> str:
    """The evaluation as a page for people."""
    sections = [_part(name, part, evaluation.targets) for name, part in evaluation.parts.items()]
    if evaluation.payouts:
        sections.append(_payouts(evaluation.payouts))
    return f"""# Evaluation

How well the agents of `AGENT_MODEL={evaluation.model}` read claims that people have labelled. Written by
`./dev eval`. The rules are written with the part `rules` in view; the part `aside` is only measured, and
the targets are for it.

A value is *right* where it is that of the label, a place where most words are. It is *wrong* where the
claim states another one or none, *absent* where the claim states one and none was read. A yes or no that no
label names is not a yes. *Sure* is a value on which money may move by rule.

{"\n".join(sections)}"""


def _part(name: str, part: PartResult, targets: Mapping[str, float]) -> str:
    shares = "\n".join(
        f"| {_TITLES[measure]} | {value:.1%} | {f'{targets[measure]:.0%}' if measure in targets else ''} |"
        for measure, value in part.shares().items()
        if measure != "documents" or part.documents
    )
    sum_ = _all(part)
    sure_wrong = sum_.sure_wrong / max(sum_.sure, 1)
    facts = "\n".join(
        [*(_row(f"`{fact}`", found) for fact, found in part.facts().items()), _row("together", sum_)]
    )
    f1 = (
        f" The target for each fact is an F1 of {goal:.2f}." if (goal := targets.get("core_field_f1")) else ""
    )
    return f"""## {name}

{len(part.claims)} claims, {len(part.documents)} documents.

| | reached | target |
|---|---|---|
{shares}
| wrong values among those given as sure | {sure_wrong:.1%} | at most {SURE_WRONG_AT_MOST:.0%} |

*Who decides* is asked once all papers are there: the claim waits for information, a rule decides, or an
officer.{f1}

| fact | right | wrong | absent | sure | wrong, sure | F1 |
|---|---|---|---|---|---|---|
{facts}
{_ways(part)}{_foreign(part)}"""


def _row(title: str, found: FactScore) -> str:
    counts = (found.right, found.wrong, found.absent, found.sure, found.sure_wrong)
    return f"| {title} | {' | '.join(map(str, counts))} | {found.f1:.2f} |"


def _ways(part: PartResult) -> str:
    if not part.ways:
        return ""
    rows = "\n".join(_row(way, found) for way, found in part.of_ways().items())
    differing = part.differing()
    return f"""
The plain letters among them as text, as JSON, and as mail with CRLF and wrapped lines. Letters that do not
give the same facts on every way: {", ".join(differing) if differing else "none"}.

| way | right | wrong | absent | sure | wrong, sure | F1 |
|---|---|---|---|---|---|---|
{rows}
"""


def _foreign(part: PartResult) -> str:
    foreign = part.foreign()
    if not foreign["claims"]:
        return ""
    return f"""
The shares above are of English claims. Of {foreign["claims"]} claims in other languages,
{foreign["wrong_type"]} got a wrong type, {foreign["nothing_asked"]} were asked for nothing, and
{foreign["decided_by_rule"]} were decided by a rule.
"""


def _payouts(payouts: Sequence[PayoutResult]) -> str:
    shown = _payouts_as_json(payouts)
    others = len(payouts) - shown["clean"]
    return f"""## payouts

With `DECISION_MODE=assisted` and `AUTO_APPROVE_LIMIT=1000`.

| | reached | |
|---|---|---|
| wrong payouts | {len(shown["wrong"])} of {len(payouts)} | {", ".join(shown["wrong"])} |
| clean claims paid exactly | {shown["clean_paid_exactly"]} of {shown["clean"]} | \
{"not: " if shown["clean_not_paid"] else ""}{", ".join(shown["clean_not_paid"])} |

{others} of the {len(payouts)} cases are claims that no rule may pay.
"""
