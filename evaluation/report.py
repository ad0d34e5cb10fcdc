"""The result of an evaluation, as a table for people and as JSON."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evaluation.labelled import Part
from evaluation.running import Outcome
from evaluation.scoring import CORE_FIELDS, TARGETS, FieldScore, field_scores, is_wrong, share

_TITLES = {
    "claim_type": "claim type",
    "missing_documents": "missing documents, exact set",
    "missing_information": "missing information, exact set",
    "documents": "classification of documents",
    "routing": "who decides",
}


@dataclass(frozen=True)
class PartResult:
    claims: list[str]
    pairs: list[tuple[Outcome, Outcome]]
    """What was read, and what should have been, in the order of `claims`."""
    documents: list[tuple[str, str, str]]
    """Name, type found, type labelled."""

    def shares(self) -> dict[str, float]:
        return {
            "claim_type": share([r.facts.claim_type == e.facts.claim_type for r, e in self.pairs]),
            "missing_documents": share(
                [set(r.missing_documents) == set(e.missing_documents) for r, e in self.pairs]
            ),
            "missing_information": share(
                [set(r.missing_information) == set(e.missing_information) for r, e in self.pairs]
            ),
            "documents": share([found == labelled for _, found, labelled in self.documents]),
            "routing": share([r.route == e.route for r, e in self.pairs]),
        }

    def fields(self) -> dict[str, FieldScore]:
        return field_scores(self.pairs)

    def misses(self) -> Iterator[str]:
        for claim, (read, labelled) in zip(self.claims, self.pairs, strict=True):
            if read.facts.claim_type != labelled.facts.claim_type:
                yield f"{claim} claim_type: {read.facts.claim_type}, not {labelled.facts.claim_type}"
            for name in CORE_FIELDS:
                if is_wrong(name, read.facts, labelled.facts):
                    got, want = getattr(read.facts, name), getattr(labelled.facts, name)
                    yield f"{claim} {name}: {got!s}, not {want!s}"
            for name in ("missing_documents", "missing_information", "route"):
                if (got := getattr(read, name)) != (want := getattr(labelled, name)):
                    yield f"{claim} {name}: {got}, not {want}"
        for name, found, labelled in self.documents:
            if found != labelled:
                yield f"{name}: {found}, not {labelled}"


@dataclass(frozen=True)
class Evaluation:
    model: str
    parts: dict[Part, PartResult]

    def missed_targets(self) -> list[str]:
        """The targets that the part that was set aside does not reach."""
        aside = self.parts["aside"]
        reached = aside.shares()
        missed = [name for name in TARGETS.keys() & reached.keys() if reached[name] < TARGETS[name]]
        weak = [name for name, score in aside.fields().items() if score.f1 < TARGETS["core_field_f1"]]
        return sorted(missed) + weak


def as_json(evaluation: Evaluation) -> str:
    parts: dict[str, Any] = {
        part: {
            "claims": len(result.claims),
            "documents_labelled": len(result.documents),
            **{name: round(value, 4) for name, value in result.shares().items()},
            "fields": {
                name: {"precision": round(s.precision, 4), "recall": round(s.recall, 4), "f1": round(s.f1, 4)}
                for name, s in result.fields().items()
            },
        }
        for part, result in evaluation.parts.items()
    }
    return json.dumps({"model": evaluation.model, "targets": TARGETS, "parts": parts}, indent=2) + "\n"


def as_markdown(evaluation: Evaluation) -> str:
    """The evaluation as a page for people."""
    rules, aside = evaluation.parts["rules"], evaluation.parts["aside"]
    first, second = rules.shares(), aside.shares()
    targets = {name: f"{TARGETS[name]:.0%}" if name in TARGETS else "" for name in _TITLES}
    shares = "\n".join(
        f"| {title} | {first[name]:.1%} | {second[name]:.1%} | {targets[name]} |"
        for name, title in _TITLES.items()
    )
    scores, aside_scores = rules.fields(), aside.fields()
    fields = "\n".join(
        f"| `{name}` | {_cells(s)} | {_cells(aside_scores[name])} |" for name, s in scores.items()
    )
    return f"""# Evaluation

How well the agents of `AGENT_MODEL={evaluation.model}` read claims and documents that people have labelled. Written by
`./dev eval`. Rules were written with the first part in view; the part set aside was only measured.

| | in view | set aside | target |
|---|---|---|---|
| claims | {len(rules.claims)} | {len(aside.claims)} | |
| documents | {len(rules.documents)} | {len(aside.documents)} | |
{shares}

A field counts as read where its value is that of the label, a place where most words are, a yes or no where it is yes.
The target is an F1 of {TARGETS["core_field_f1"]:.2f} for each field.

| field | in view: precision | recall | F1 | set aside: precision | recall | F1 |
|---|---|---|---|---|---|---|
{fields}

*Who decides* is asked once all papers are there: the claim waits for information, a rule decides, or an officer.
"""  # noqa: E501 -- the lines of the page


def _cells(score: FieldScore) -> str:
    return f"{score.precision:.2f} | {score.recall:.2f} | {score.f1:.2f}"
