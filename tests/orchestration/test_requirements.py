"""The requirement rules: the table of the guide, and what a broken rules file says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.requirements import RULES_FILE, Requirements, requirements
from shared.errors import SettingsError
from shared.models import DocumentRecord, Facts, Note, utc_now

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
    assert requirements().missing_documents(Facts.model_validate(facts), [], []) == missing


def test_a_document_on_file_counts_for_its_type_only() -> None:
    facts = Facts(claim_type="auto_collision", police_involved=True)
    rules = requirements()
    assert rules.missing_documents(facts, on_file("police_report"), []) == ["repair_estimate"]
    assert rules.missing_documents(facts, on_file("other", "witness_statement"), []) == [
        "repair_estimate",
        "police_report",
    ]


def test_a_note_stands_for_a_document_only_where_the_rule_accepts_one() -> None:
    facts = Facts(claim_type="medical")
    notes = [Note(type=kind, content="99213") for kind in ("procedure_codes", "medical_records")]
    assert requirements().missing_documents(facts, [], notes) == ["medical_records", "itemized_bill"]


def test_nothing_is_missing_where_every_information_is_known() -> None:
    assert requirements().missing_information(COMPLETE) == []


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
    assert requirements().missing_information(facts) == [missing]


def test_a_phone_number_is_contact_information_too() -> None:
    facts = COMPLETE.model_copy(update={"email": None, "phone": "+15550100"})
    assert requirements().missing_information(facts) == []


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
    (lambda r: r.update(more=1), "more"),
]


@pytest.mark.parametrize(("change", "says"), BROKEN)
def test_a_broken_rule_is_named(tmp_path: Path, change: Callable[[Any], object], says: str) -> None:
    rules = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    change(rules)
    broken = tmp_path / "requirements.yaml"
    broken.write_text(yaml.safe_dump(rules), encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        Requirements.load(broken)
    assert str(raised.value).startswith("requirements.yaml: ")
    assert says in str(raised.value)


@pytest.mark.parametrize("text", ["claim_types: [", "", "just words", "\x00"])
def test_a_file_that_is_no_rules_file_is_refused(tmp_path: Path, text: str) -> None:
    broken = tmp_path / "requirements.yaml"
    broken.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"requirements\.yaml: "):
        Requirements.load(broken)
