"""The requirement rules: the table of the guide, and what a broken rules file says."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.reference.files import RULES_FILE, load_requirements
from shared.clock import utc_now
from shared.errors import SettingsError
from shared.models.claim import ClaimContext, ClaimState, DocumentRecord, TurnRecord
from shared.models.facts import ClaimFacts, Fact, Facts, FactStatus
from shared.models.requests import Note, Submission

REQUIREMENTS = load_requirements()

COMPLETE = Facts(
    policy_number="AUT-1",
    incident_date="2026-11-01",  # pyright: ignore[reportArgumentType]
    incident_location="Springfield",
    incident_description="It rolled.",
    claim_amount=100,  # pyright: ignore[reportArgumentType]
    email="jo@example.com",
)


def on_file(*types: str) -> list[DocumentRecord]:
    return [DocumentRecord(type=t, filename=f"{t}.txt", received_at=utc_now()) for t in types]


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"claim_type": "auto_collision"}, ["repair_estimate"]),
        ({"claim_type": "auto_collision", "police_involved": False}, ["repair_estimate"]),
        ({"claim_type": "auto_collision", "police_involved": True}, ["repair_estimate", "police_report"]),
        ({"claim_type": "auto_collision", "injuries": True}, ["repair_estimate", "medical_records"]),
        (
            {"claim_type": "auto_collision", "injuries": True, "police_involved": True},
            ["repair_estimate", "police_report", "medical_records"],
        ),
        ({"claim_type": "auto_comprehensive"}, ["incident_photos", "repair_estimate"]),
        (
            {"claim_type": "auto_comprehensive", "theft_or_vandalism": True},
            ["incident_photos", "repair_estimate", "police_report"],
        ),
        (
            {"claim_type": "home_fire"},
            ["fire_report", "damage_assessment", "inventory_list", "repair_estimate"],
        ),
        ({"claim_type": "home_storm"}, ["incident_photos", "repair_estimate"]),
        ({"claim_type": "medical"}, ["medical_records", "procedure_codes", "itemized_bill"]),
        ({"claim_type": "other"}, []),
        ({"claim_type": "never_heard_of"}, []),
    ],
)
def test_documents_required_by_claim_type_and_facts(facts: dict[str, object], missing: list[str]) -> None:
    assert REQUIREMENTS.missing_documents(Facts.model_validate(facts), [], []) == missing


def test_a_document_on_file_counts_for_its_type_only() -> None:
    facts = Facts(claim_type="auto_collision", police_involved=True)
    rules = REQUIREMENTS
    assert rules.missing_documents(facts, on_file("police_report"), []) == ["repair_estimate"]
    assert rules.missing_documents(facts, on_file("other", "witness_statement"), []) == [
        "repair_estimate",
        "police_report",
    ]


def test_a_note_stands_for_a_document_only_where_the_rule_accepts_one() -> None:
    facts = Facts(claim_type="medical")
    notes = [Note(type=kind, content="99213") for kind in ("procedure_codes", "medical_records")]
    assert REQUIREMENTS.missing_documents(facts, [], notes) == ["medical_records", "itemized_bill"]


def test_nothing_is_missing_where_every_information_is_known() -> None:
    assert REQUIREMENTS.missing_information(COMPLETE) == []


@pytest.mark.parametrize(
    ("forgotten", "missing"),
    [
        ("policy_number", "policy_number"),
        ("incident_date", "incident_date"),
        ("incident_location", "incident_location"),
        ("incident_description", "incident_description"),
        ("claim_amount", "claim_amount"),
        ("email", "contact_information"),
    ],
)
def test_what_is_absent_is_missing_information(forgotten: str, missing: str) -> None:
    facts = COMPLETE.model_copy(update={forgotten: None})
    assert REQUIREMENTS.missing_information(facts) == [missing]


def test_a_phone_number_is_contact_information_too() -> None:
    facts = COMPLETE.model_copy(update={"email": None, "phone": "+15550100"})
    assert REQUIREMENTS.missing_information(facts) == []


BROKEN: list[tuple[Callable[[Any], object], str]] = [
    (
        lambda r: r["claim_types"]["home_fire"]["documents"].update(sketch="always"),
        "no such document type",
    ),
    (lambda r: r["claim_types"]["medical"]["documents"].update(itemized_bill="sometimes"), "'sometimes'"),
    (lambda r: r["claim_types"].pop("other"), "'other' must be there"),
    (lambda r: r["information"].pop("claim_amount"), "claim_amount"),
    (lambda r: r["document_types"]["police_report"].pop("how_to_ask"), "police_report.how_to_ask"),
    (lambda r: r["document_types"].update({"../x": {}}), "document_types"),
    (lambda r: r["document_types"]["police_report"].update(phrases=["badge"]), "police_report.phrases"),
    (lambda r: r.update(more=1), "more"),
    (lambda r: r["claim_types"]["medical"].update(decisive=["mood"]), "no fact 'mood'"),
    (
        lambda r: r["claim_types"]["auto_collision"]["decisive"].remove("injuries"),
        "'injuries' must be decisive, since unknown is not no",
    ),
]


@pytest.mark.parametrize(("change", "says"), BROKEN)
def test_a_broken_rule_is_named(tmp_path: Path, change: Callable[[Any], object], says: str) -> None:
    rules = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    change(rules)
    broken = tmp_path / "requirements.yaml"
    broken.write_text(yaml.safe_dump(rules), encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        load_requirements(broken)
    assert str(raised.value).startswith("requirements.yaml: ")
    assert says in str(raised.value)


@pytest.mark.parametrize("text", ["claim_types: [", "", "just words", "\x00"])
def test_a_file_that_is_no_rules_file_is_refused(tmp_path: Path, text: str) -> None:
    broken = tmp_path / "requirements.yaml"
    broken.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"requirements\.yaml: "):
        load_requirements(broken)


TURN = TurnRecord(step="gathering.1.fraud_analyst", role="fraud_analyst", report={}, finished_at=utc_now())


def from_elsewhere(*types: str, **more: Any) -> ClaimContext:
    """A claim that requires `types` whatever the rules say, and has its intake behind it."""
    claim = ClaimContext(
        claim_id="CLM-1",
        created_at=utc_now(),
        submission=Submission(),
        submission_sha256="0" * 64,
        state=ClaimState.VALIDATION_COMPLETE,
        evidence=ClaimFacts.given(COMPLETE.model_copy(update={"claim_type": "home_storm"}), at=utc_now()),
        required_documents={kind: kind.replace("_", " ").capitalize() for kind in types},
    )
    return claim.model_copy(update=more)


def test_a_claim_that_nobody_here_has_read_waits_for_its_own_documents_alone() -> None:
    claim = from_elsewhere("vehicle_damage_photos", evidence=ClaimFacts())
    assert REQUIREMENTS.check(claim) == (["vehicle_damage_photos"], [])


def test_a_claim_that_was_read_needs_its_own_documents_beside_those_of_the_rules() -> None:
    claim = from_elsewhere("tax_form", "repair_estimate", turns={TURN.step: TURN})
    assert REQUIREMENTS.check(claim) == (["incident_photos", "repair_estimate", "tax_form"], [])
    done = claim.model_copy(update={"documents": on_file("incident_photos", "repair_estimate", "tax_form")})
    assert REQUIREMENTS.check(done) == ([], [])


def test_a_note_answers_a_claims_own_document_only_where_a_rule_says_so() -> None:
    notes = [Note(type="witness_statement", content="x"), Note(type="tax_form", content="x")]
    claim = from_elsewhere("witness_statement", "tax_form", notes=notes)
    assert REQUIREMENTS.check(claim) == (["tax_form"], [])


def test_information_that_was_asked_for_as_a_document_is_information() -> None:
    claim = from_elsewhere(
        "incident_date",
        turns={TURN.step: TURN},
        evidence=ClaimFacts.given(Facts(claim_type="other"), at=utc_now()),
    )
    documents, information = REQUIREMENTS.check(claim)
    assert documents == []
    assert "incident_date" in information


def test_a_claims_own_document_is_asked_for_in_the_words_that_it_came_with() -> None:
    claim = from_elsewhere("tax_form", "police_report")
    known, unknown = REQUIREMENTS.describe(["police_report", "tax_form"], claim)
    assert known.description == REQUIREMENTS.document_types["police_report"].description
    assert (unknown.description, unknown.how_to_ask) == ("Tax form", "Please send: Tax form")


def evidence(**facts: Any) -> ClaimFacts:
    return ClaimFacts.given(Facts(claim_type="auto_collision", **facts), at=utc_now())


def test_decisive_facts_that_nobody_gave_are_open_questions_with_the_words_to_ask() -> None:
    asked = REQUIREMENTS.open_questions(evidence(policy_number="AUT-204518", injuries=False))
    assert [question.fact for question in asked] == ["incident_date", "claim_amount", "police_involved"]
    assert asked[0].question == REQUIREMENTS.information["incident_date"].how_to_ask
    assert asked[2].question == "Did the police come, or was a report made?"


def test_a_decisive_fact_in_which_sources_differ_is_asked_with_what_was_understood() -> None:
    facts = evidence(policy_number="A-1", injuries=True, police_involved=False, claim_amount=Decimal(9))
    facts = facts.with_facts(
        {"incident_date": Fact[dt.date](value=dt.date(2026, 4, 3), status=FactStatus.CONFLICTING)}
    )
    (question,) = REQUIREMENTS.open_questions(facts)
    assert (question.fact, question.understood) == ("incident_date", "2026-04-03")
