"""The reference data says what its schemas promise, and look-ups forgive spelling but never guess."""

import datetime as dt
import json
from collections import Counter
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator, FormatChecker, validate
from pydantic import BaseModel

from orchestration.reference.files import DATA_FOLDER, load_reference_data
from orchestration.rules.reference import (
    ConflictEntry,
    Coverage,
    PastClaim,
    Policy,
    ReferenceData,
    Vendor,
    WatchListEntry,
)
from shared.errors import SettingsError

REFERENCE = load_reference_data()

CLAIM_TYPES = {"auto_collision", "auto_comprehensive", "home_fire", "home_storm", "medical", "other"}
MODELS = {
    "policies": Policy,
    "coverage": Coverage,
    "claims_history": PastClaim,
    "vendors": Vendor,
    "watch_list": WatchListEntry,
    "conflicts": ConflictEntry,
}

Entry = dict[str, Any]


def entries(file: str, folder: Path = DATA_FOLDER) -> list[Entry]:
    return json.loads((folder / f"{file}.json").read_text("utf-8"))


def schema(file: str) -> dict[str, Any]:
    return json.loads((DATA_FOLDER / "schema" / f"{file}.schema.json").read_text("utf-8"))


# --- the files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("file", MODELS)
def test_every_file_is_valid_under_its_schema(file: str) -> None:
    formats = FormatChecker(["date", "email"])
    validate(entries(file), schema(file), cls=Draft202012Validator, format_checker=formats)


@pytest.mark.parametrize(("file", "model"), MODELS.items())
def test_every_schema_has_the_fields_of_its_type(file: str, model: type[BaseModel]) -> None:
    item = schema(file)["items"]
    assert set(item["properties"]) == set(model.model_fields)
    assert item["required"] == list(item["properties"])
    assert all(field["description"] for field in item["properties"].values())
    for name, field in model.model_fields.items():
        if "enum" in item["properties"][name] and (choices := get_args(field.annotation)):
            assert set(item["properties"][name]["enum"]) == set(choices)


def test_there_are_policies_of_every_line_and_tier_in_every_status_and_several_currencies() -> None:
    policies = entries("policies")
    by_line_and_tier = Counter((p["line"], p["tier"]) for p in policies)
    assert len(policies) >= 45
    assert set(by_line_and_tier) == set(product(("auto", "home", "health"), ("basic", "standard", "premium")))
    assert min(by_line_and_tier.values()) >= 5
    assert {p["status"] for p in policies} == {"active", "lapsed", "cancelled"}
    assert {p["currency"] for p in policies} == {"USD", "EUR", "GBP"}


def test_policy_numbers_tell_the_line() -> None:
    prefixes = {"auto": "AUT", "home": "HOM", "health": "HLT"}
    assert all(p["policy_number"].startswith(prefixes[p["line"]]) for p in entries("policies"))


def test_coverage_knows_every_combination_of_line_tier_and_claim_type_once() -> None:
    found = Counter((c["line"], c["tier"], c["claim_type"]) for c in entries("coverage"))
    lines, tiers = ("auto", "home", "health"), ("basic", "standard", "premium")
    assert found == Counter(product(lines, tiers, CLAIM_TYPES))


def test_a_higher_tier_never_covers_less() -> None:
    coverage = {(c["line"], c["claim_type"], c["tier"]): c for c in entries("coverage")}
    for line, claim_type in product(("auto", "home", "health"), CLAIM_TYPES):
        limits = [coverage[line, claim_type, tier]["limit"] for tier in ("basic", "standard", "premium")]
        assert limits == sorted(limits), (line, claim_type)


def test_every_past_claim_was_paid_by_the_rule_of_the_readme() -> None:
    data = load_reference_data(DATA_FOLDER)
    for entry in entries("claims_history"):
        claim = PastClaim.model_validate(entry)
        policy = data.policy(claim.policy_number)
        assert policy is not None, claim.claim_id
        coverage = data.coverage(policy, claim.claim_type)
        assert coverage is not None, claim.claim_id
        due = min(max(claim.amount_claimed - coverage.deductible, Decimal(0)), coverage.limit)
        assert claim.amount_paid in {due, Decimal(0)}, claim.claim_id
        year = data.paid_in_year(claim.policy_number, claim.claim_type, claim.incident_date.year)
        assert year <= coverage.aggregate_limit, claim.claim_id


def test_nothing_was_paid_for_an_incident_after_the_cover_ended() -> None:
    ends = {p["policy_number"]: p["effective_to"] for p in entries("policies")}
    late = [c for c in entries("claims_history") if c["incident_date"] > ends[c["policy_number"]]]
    assert late
    assert all(c["outcome"] == "denied" and "policy_not_in_force" in c["flags"] for c in late)


def test_the_history_holds_sixty_claims_of_every_type_and_outcome() -> None:
    history = entries("claims_history")
    assert len(history) >= 60
    assert {c["claim_type"] for c in history} >= CLAIM_TYPES - {"other"}
    assert {c["outcome"] for c in history} == {"paid", "denied", "withdrawn"}


def test_vendors_come_in_every_status_and_the_blocked_ones_say_why() -> None:
    vendors = entries("vendors")
    assert len(vendors) >= 25
    assert {v["status"] for v in vendors} == {"approved", "probation", "blocked"}
    assert all(v["note"] for v in vendors if v["status"] != "approved")


def test_the_watch_list_holds_every_kind_and_its_vendors_are_known() -> None:
    watch_list = entries("watch_list")
    assert len(watch_list) >= 10
    assert {w["kind"] for w in watch_list} == {"person", "email", "phone", "vendor", "address"}
    assert all(REFERENCE.vendor(w["value"]) for w in watch_list if w["kind"] == "vendor")


def test_mailboxes_are_at_reserved_domains_and_us_numbers_in_the_reserved_range() -> None:
    policies, watched = entries("policies"), entries("watch_list")
    mailboxes = [p["holder_email"] for p in policies] + [w["value"] for w in watched if w["kind"] == "email"]
    phones = [p["holder_phone"] for p in policies] + [w["value"] for w in watched if w["kind"] == "phone"]
    assert all(m.partition("@")[2] in {"example.com", "example.net", "example.org"} for m in mailboxes)
    assert all(p[5:10] == "55501" for p in phones if p.startswith("+1"))


# --- loading ------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small data folder: one entry of each file."""
    write(tmp_path, "policies", [entries("policies")[0]])
    write(tmp_path, "coverage", [entries("coverage")[0]])
    own = [
        c for c in entries("claims_history") if c["policy_number"] == entries("policies")[0]["policy_number"]
    ]
    write(tmp_path, "claims_history", own)
    write(tmp_path, "vendors", entries("vendors")[:2])
    write(tmp_path, "watch_list", entries("watch_list")[:1])
    return tmp_path


def write(folder: Path, file: str, content: object) -> None:
    (folder / f"{file}.json").write_text(json.dumps(content), "utf-8")


def load_error(folder: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        load_reference_data(folder)
    return str(caught.value)


def test_a_small_folder_loads(folder: Path) -> None:
    assert load_reference_data(folder).policy("AUT-204518")


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    (folder / "vendors.json").unlink()
    assert load_error(folder).startswith("vendors.json cannot be read in ")


@pytest.mark.parametrize("content", ["", "[", '{"policies": []}', "[\udcff]"])
def test_a_file_that_is_no_array_of_json_is_named(folder: Path, content: str) -> None:
    (folder / "policies.json").write_text(content, "utf-8", errors="surrogateescape")
    assert load_error(folder).startswith("policies.json: ")


@pytest.mark.parametrize(
    ("file", "change", "place"),
    [
        ("policies", {"tier": "gold"}, "policies.json, entry 1 (AUT-204518), tier: "),
        ("policies", {"effective_to": "2026-02-30"}, "policies.json, entry 1 (AUT-204518), effective_to: "),
        ("policies", {"colour": "red"}, "policies.json, entry 1 (AUT-204518), colour: "),
        ("policies", {"effective_to": "2020-01-01"}, "policies.json, entry 1 (AUT-204518): effective_to is"),
        ("coverage", {"limit": -1}, "coverage.json, entry 1, limit: "),
        ("coverage", {"covered": False}, "coverage.json, entry 1: what is not covered has limit"),
        ("coverage", {"aggregate_limit": 1}, "coverage.json, entry 1: aggregate_limit is below limit"),
        (
            "claims_history",
            {"amount_paid": 0.001},
            "claims_history.json, entry 1 (CLM-2024-0142), amount_paid: ",
        ),
        (
            "claims_history",
            {"outcome": "denied"},
            "claims_history.json, entry 1 (CLM-2024-0142): amount_paid is",
        ),
        ("vendors", {"status": "fine"}, "vendors.json, entry 1 (Riverside Auto Body), status: "),
        ("watch_list", {"kind": "phone"}, "watch_list.json, entry 1: the value of a phone entry"),
    ],
)
def test_a_wrong_entry_is_named_with_its_file_and_problem(
    folder: Path, file: str, change: Entry, place: str
) -> None:
    first, *others = entries(file, folder)
    write(folder, file, [first | change, *others])
    assert load_error(folder).startswith(place)


def test_a_field_that_is_left_out_is_named(folder: Path) -> None:
    entry = entries("policies", folder)[0]
    del entry["currency"]
    write(folder, "policies", [entry])
    assert load_error(folder) == "policies.json, entry 1 (AUT-204518), currency: Field required"


def test_a_past_claim_on_an_unknown_policy_is_named(folder: Path) -> None:
    claim = entries("claims_history", folder)[0] | {"policy_number": "AUT-999999"}
    write(folder, "claims_history", [claim])
    problem = f"entry 1 ({claim['claim_id']}): policies.json has no policy AUT-999999"
    assert load_error(folder) == f"claims_history.json, {problem}"


@pytest.mark.parametrize("file", ["policies", "coverage", "claims_history", "vendors"])
def test_an_entry_that_is_there_twice_is_named(folder: Path, file: str) -> None:
    present = entries(file, folder)
    write(folder, file, [*present, present[0]])
    assert f"{file}.json, entry {len(present) + 1}: the same as entry 1" in load_error(folder)


def test_an_alias_that_is_another_vendors_name_is_named(folder: Path) -> None:
    first, second = entries("vendors", folder)
    write(folder, "vendors", [first, second | {"aliases": ["RIVERSIDE AUTO BODY, INC."]}])
    assert load_error(folder).startswith("vendors.json, entry 2: the same as entry 1")


def test_an_error_never_repeats_what_a_personal_field_holds(folder: Path) -> None:
    entry = entries("policies", folder)[0] | {"holder_phone": "614 secret", "holder_email": "nobody"}
    write(folder, "policies", [entry])
    message = load_error(folder)
    assert "holder_email" in message
    assert "and 1 more" in message
    assert "secret" not in message
    assert "nobody" not in message


# --- looking up ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data() -> ReferenceData:
    return REFERENCE


def policy_of(data: ReferenceData, policy_number: str) -> Policy:
    policy = data.policy(policy_number)
    assert policy is not None
    return policy


@pytest.mark.parametrize(
    "written", ["AUT-204518", "aut-204518", "AUT204518", " aut 204 518 ", "AUT–204518", "ＡＵＴ-204518"]
)
def test_a_policy_is_found_however_its_number_is_written(data: ReferenceData, written: str) -> None:
    assert policy_of(data, written).holder_name == "Dana Whitfield"


@pytest.mark.parametrize("written", ["", "-", "204518", "AUT-20451", "AUT-2045180", "HOM-204518"])
def test_a_policy_number_is_never_guessed(data: ReferenceData, written: str) -> None:
    assert data.policy(written) is None


def test_a_policy_covers_its_first_and_its_last_day(data: ReferenceData) -> None:
    policy = policy_of(data, "AUT-204518")
    one_day = dt.timedelta(days=1)
    assert policy.in_force_on(policy.effective_from)
    assert policy.in_force_on(policy.effective_to)
    assert not policy.in_force_on(policy.effective_from - one_day)
    assert not policy.in_force_on(policy.effective_to + one_day)


def test_a_cancelled_policy_still_covered_the_days_before(data: ReferenceData) -> None:
    policy = policy_of(data, "AUT-205377")
    assert policy.status == "cancelled"
    assert policy.in_force_on(dt.date(2026, 3, 31))
    assert not policy.in_force_on(dt.date(2026, 4, 1))


def test_coverage_follows_line_and_tier(data: ReferenceData) -> None:
    coverage = data.coverage(policy_of(data, "AUT-204518"), "auto_collision")
    assert coverage is not None
    assert (coverage.line, coverage.tier, coverage.covered) == ("auto", "standard", True)
    assert (coverage.limit, coverage.deductible) == (Decimal(25_000), Decimal(500))


def test_coverage_of_an_unknown_claim_type_is_none(data: ReferenceData) -> None:
    assert data.coverage(policy_of(data, "AUT-204518"), "meteorite") is None


def test_past_claims_are_found_by_policy_newest_first(data: ReferenceData) -> None:
    claims = data.past_claims(policy_number="aut 204671")
    assert [c.incident_date.isoformat() for c in claims] == ["2026-03-08", "2025-05-02", "2024-12-17"]


@pytest.mark.parametrize("name", ["Lorraine Skelton", "SKELTON, Lorraine", "Mrs. Lorraine  B. Skelton"])
def test_past_claims_are_found_by_whoever_claimed(data: ReferenceData, name: str) -> None:
    claims = data.past_claims(claimant_name=name)
    assert [c.policy_number for c in claims] == ["AUT-205377"]


def test_past_claims_by_policy_and_person_are_those_of_either(data: ReferenceData) -> None:
    claims = data.past_claims(policy_number="AUT-204518", claimant_name="Lorraine Skelton")
    assert {c.policy_number for c in claims} == {"AUT-204518", "AUT-205377"}


@pytest.mark.parametrize("nobody", [None, "", " . "])
def test_past_claims_of_nobody_are_none(data: ReferenceData, nobody: str | None) -> None:
    assert data.past_claims(policy_number=nobody, claimant_name=nobody) == []


def test_paid_in_year_adds_up_one_policy_one_type_and_one_year(data: ReferenceData) -> None:
    assert data.paid_in_year("hlt-330071", "medical", 2026) == Decimal(38_500)
    assert data.paid_in_year("HLT-330071", "medical", 2024) == Decimal(680)
    assert data.paid_in_year("HLT-330071", "other", 2026) == Decimal(0)
    assert data.paid_in_year("HLT-999999", "medical", 2026) == Decimal(0)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Riverside Auto Body", "Riverside Auto Body"),
        ("the riverside AUTO-BODY, Inc.", "Riverside Auto Body"),
        ("Riverside Autobody L.L.C.", "Riverside Auto Body"),
        ("Harbor Point Collision Center", "Harbor Point Collision Center, Inc."),
        ("St Brendan’s Hospital", "St. Brendan's Hospital"),
        ("Saint Brendans Hospital", "St. Brendan's Hospital"),
        ("Hollis and Daughters Builders", "Hollis & Daughters Builders"),
        ("K & V Collision", "Kestrel & Vane Collision LLC"),
    ],
)
def test_a_vendor_is_found_however_its_name_is_written(data: ReferenceData, written: str, name: str) -> None:
    vendor = data.vendor(written)
    assert vendor is not None
    assert vendor.name == name


@pytest.mark.parametrize("written", ["", "Inc.", "Riverside", "Riverside Auto", "Riverbend Auto Body"])
def test_a_vendor_is_never_guessed(data: ReferenceData, written: str) -> None:
    assert data.vendor(written) is None


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ({"names": ["Farrow, Desmond"]}, "Desmond Farrow"),
        ({"names": ["Mr. DESMOND K. FARROW"]}, "Desmond Farrow"),
        ({"names": ["K&V Collision"]}, "Kestrel & Vane Collision LLC"),
        ({"names": ["goldcrest pain and injury clinic, inc"]}, "Goldcrest Pain & Injury Clinic"),
        ({"emails": ["Fast.Settlement+claim7@Example.NET "]}, "fast.settlement@example.net"),
        ({"phones": ["(419) 555-0177"]}, "+14195550177"),
        ({"phones": ["+44 20 7946 0913"]}, "+442079460913"),
        ({"addresses": ["2290 Tupelo Street Memphis TN 38104"]}, "2290 Tupelo Street, Memphis, TN 38104"),
    ],
)
def test_the_watch_list_is_hit_however_its_value_is_written(
    data: ReferenceData, asked: dict[str, list[str]], value: str
) -> None:
    nothing: dict[str, list[str]] = {"names": [], "emails": [], "phones": []}
    assert [entry.value for entry in data.watch_list_hits(**nothing | asked)] == [value]


def test_an_entry_that_several_values_hit_is_named_once(data: ReferenceData) -> None:
    hits = data.watch_list_hits(
        names=["Kestrel and Vane", "Kestrel & Vane Collision LLC", "Desmond Farrow"], emails=[], phones=[]
    )
    assert [entry.value for entry in hits] == ["Desmond Farrow", "Kestrel & Vane Collision LLC"]


def test_what_is_not_listed_hits_nothing(data: ReferenceData) -> None:
    hits = data.watch_list_hits(
        names=["Dana Whitfield", "Farrow", "", "."],
        emails=["dana.whitfield@example.com", "", "@"],
        phones=["614 555 0142", "", "no phone"],
        addresses=["", "418 Juniper Lane"],
    )
    assert hits == []
