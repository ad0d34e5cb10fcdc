import json

import pytest

from orchestration.agents.masking import Masks
from shared.models.facts import Facts
from shared.models.requests import Claimant, Submission
from tests.orchestration.agents.claims import agent_context

DANA = Masks(agent_context(Facts(claimant_name="Dana M. Whitfield")).claim)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Write to d.w+x@mail.example.co.uk, please.", "Write to [email-"),
        ("Call (614) 555-0142.", "Call [phone-"),
        ("Call +49 30 90182000.", "Call [phone-"),
        ("Mrs. WHITFIELD was hurt.", "Mrs. [name-"),
        ("dana_whitfield_bill.pdf", "[name-"),
    ],
)
def test_addresses_numbers_and_the_claimants_name_become_marks(text: str, left: str) -> None:
    masked = DANA.masked(text)
    assert masked.startswith(left)
    assert not {"dana", "whitfield", "555", "90182000", "mail"} & set(
        masked.lower().replace("_", " ").split()
    )
    assert json.loads(f'"{DANA.unmasked(masked)}"') == text


@pytest.mark.parametrize(
    "text", ["On 2026-11-20 at 17:40, USD 4,850.00", "AUT-204518", "Danas Bakery", "report 26-071946", ""]
)
def test_days_amounts_numbers_of_policies_and_other_words_stay(text: str) -> None:
    assert DANA.masked(text) == text


def test_the_same_text_has_the_same_mark_in_every_call() -> None:
    first = DANA.masked('{"a": "Dana", "b": ["Dana and dana"]}')
    assert first == DANA.masked('{"a": "Dana", "b": ["Dana and dana"]}')
    mark = json.loads(first)["a"]
    assert json.loads(first)["b"][0].startswith(mark)


def test_json_stays_json_whatever_stands_behind_a_mark() -> None:
    name = "Da\"na \\ O'Neil"
    masks = Masks(agent_context(Facts(claimant_name=name)).claim)
    masked = masks.masked(json.dumps({"who": f"It was {name}\nnobody else"}))
    assert json.loads(masks.unmasked(masked)) == {"who": f"It was {name}\nnobody else"}


def test_the_name_in_the_submission_counts_too() -> None:
    context = agent_context(Facts(claimant_name="D. Whitfield")).claim
    given = Submission(claimant=Claimant(name="Dana Whitfield"))
    masks = Masks(context.model_copy(update={"submission": given}))
    assert "Dana" not in masks.masked("Dana wrote")


def test_a_mark_that_nobody_made_is_left_as_it_is() -> None:
    assert Masks(agent_context(Facts()).claim).unmasked("[name-7]") == "[name-7]"
