"""What the reading finds in claims as people write them (narratives.yaml)."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any, TypedDict

import pytest
import yaml

from reading import read_narrative
from shared.models.facts import Facts

LONGEST_PLACE = 110


class Example(TypedDict):
    name: str
    written: str
    sent_at: dt.datetime
    text: str
    expect: dict[str, Any]


EXAMPLES: list[Example] = yaml.safe_load(Path(__file__).with_name("narratives.yaml").read_text("utf-8"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_a_narrative_is_read_as_a_person_reads_it(example: Example) -> None:
    facts = read_narrative(example["text"], sent_at=example["sent_at"])

    expected = example["expect"]
    assert {name: shown(facts, name, expected[name]) for name in expected} == expected


def test_every_claim_type_and_every_fact_has_examples() -> None:
    types = {example["expect"].get("claim_type") for example in EXAMPLES}
    names = {name for example in EXAMPLES for name in example["expect"]}

    assert types - {None} == {
        "auto_collision",
        "auto_comprehensive",
        "home_fire",
        "home_storm",
        "medical",
        "other",
    }
    assert {name.removeprefix("incident_") for name in Facts.model_fields} == {
        name.removeprefix("incident_") for name in names
    }


def shown(facts: Facts, name: str, expected: Any) -> Any:
    """The fact in the form of the examples; a passage shows as those of the expected words that it holds."""
    match name:
        case "location" | "description":
            passage: str | None = getattr(facts, f"incident_{name}")
            if passage is None or expected is None:
                return passage
            assert name == "description" or len(passage) <= LONGEST_PLACE
            return [words for words in expected if words.lower() in passage.lower()]
        case "claim_amount":
            amount = facts.claim_amount
            return expected if amount is not None and amount == Decimal(str(expected)) else amount
        case _:
            return getattr(facts, name)
