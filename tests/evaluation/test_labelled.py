"""The labelled sets: large, varied, and in two parts that share nothing."""

import re
from collections import Counter

from evaluation.labelled import PARTS, labelled_claims, labelled_documents
from tests.orchestration.app import rulebook

CLAIMS = {part: labelled_claims(part) for part in PARTS}
REQUIREMENTS = rulebook().requirements
DOCUMENTS = {part: labelled_documents(part) for part in PARTS}


def test_there_are_enough_claims_and_documents() -> None:
    assert sum(map(len, CLAIMS.values())) >= 80
    assert sum(map(len, DOCUMENTS.values())) >= 100
    assert len(CLAIMS["aside"]) >= 30
    assert len(DOCUMENTS["aside"]) >= 25


def test_both_parts_hold_every_claim_type_form_and_document_type() -> None:
    for part in PARTS:
        assert {claim.facts.claim_type for claim in CLAIMS[part]} == set(REQUIREMENTS.claim_types)
        assert {claim.form for claim in CLAIMS[part]} == {"text", "email", "json"}
        assert {d.type for d in DOCUMENTS[part]} == {*REQUIREMENTS.document_types, "other"}


def test_no_claim_or_document_stands_twice() -> None:
    ids = Counter(claim.id for claims in CLAIMS.values() for claim in claims)
    bodies = Counter(claim.letter.body for claims in CLAIMS.values() for claim in claims)
    documents = Counter((d.name, d.text) for part in DOCUMENTS.values() for d in part)
    assert {*ids.values(), *bodies.values(), *documents.values()} == {1}


def test_each_label_stands_in_its_claim() -> None:
    """A label that the submission does not hold would measure nothing."""
    for claim in (claim for claims in CLAIMS.values() for claim in claims):
        text = re.sub(r"[^a-z0-9@]", "", claim.letter.body.decode().casefold())
        for value in (claim.facts.email, claim.facts.policy_number):
            assert value is None or re.sub(r"[^a-z0-9@]", "", value.casefold()) in text, claim.id
