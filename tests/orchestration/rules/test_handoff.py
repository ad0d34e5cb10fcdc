"""What is handed to the claims system: in the form of its schema, or not at all."""

import jsonschema
import pytest

from orchestration.reference.files import load_handoff_schema
from orchestration.rules.handoff import handoff_payload
from tests.orchestration.rules.claims import claim, decided, policy

SCHEMA = load_handoff_schema()


@pytest.mark.parametrize(("decision", "outcome"), [("approve", "approved"), ("deny", "denied")])
def test_the_handoff_payload_fits_its_schema(decision: str, outcome: str) -> None:
    payload = handoff_payload(decided(decision), "All fine.", ["Pay."], SCHEMA)
    assert payload["outcome"] == outcome
    assert payload["payout"]["amount"] == (400.5 if decision == "approve" else 0)


def test_a_payload_that_breaks_the_schema_is_not_handed_over() -> None:
    with pytest.raises(jsonschema.ValidationError):
        handoff_payload(decided(), "", ["Pay."], SCHEMA)


def test_a_denial_by_rule_cannot_be_handed_over() -> None:
    with pytest.raises(jsonschema.ValidationError):
        handoff_payload(decided("deny", by="rule"), "All fine.", [], SCHEMA)


def test_a_claim_that_is_not_decided_cannot_be_handed_over() -> None:
    with pytest.raises(ValueError, match="not decided"):
        handoff_payload(claim(policy("auto")), "All fine.", [], SCHEMA)
