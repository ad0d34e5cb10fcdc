"""What an assessment was made on: the same as long as nothing changes, however often it is stored."""

from typing import Any

import pytest

from orchestration.rules.basis import basis_of, changes_since
from shared.models.claim import ClaimContext, Waiver
from shared.models.facts import ClaimFacts, Facts
from shared.models.requests import Note
from tests.orchestration.rules.claims import NOW, assessed, claim, policy

CLAIM = claim(policy("auto"))


def test_it_is_the_same_after_the_claim_was_stored_and_loaded() -> None:
    loaded = ClaimContext.model_validate_json(CLAIM.model_dump_json())
    assert basis_of(loaded) == basis_of(CLAIM)
    assert changes_since(assessed(CLAIM), loaded) == []


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("facts", {"evidence": ClaimFacts.given(Facts(claim_type="medical"), at=NOW)}),
        ("notes", {"notes": [Note(type="claim_amount", content="100")]}),
        ("papers", {"documents": CLAIM.documents[:1]}),
        ("waivers", {"waivers": [Waiver(requirement="police_report", reason="x", officer_id="j", at=NOW)]}),
    ],
)
def test_each_part_that_changes_is_named(part: str, change: dict[str, Any]) -> None:
    assert changes_since(assessed(CLAIM), CLAIM.with_changes(**change)) == [part]


def test_an_assessment_from_before_there_was_a_basis_holds() -> None:
    old = assessed(CLAIM).model_copy(update={"basis": {}})
    assert changes_since(old, CLAIM.with_changes(documents=[])) == []
