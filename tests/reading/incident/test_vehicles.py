"""The vehicles of a text, those of the claimant apart from an opponent's."""

import json

import pytest

from orchestration.bootstrap import DATA_FOLDER
from reading.incident.vehicles import is_vin, vehicle, vehicles
from shared.models.papers import Vehicle

OUTBACK = Vehicle(year=2021, make="Subaru", model="Outback", plate="JQX4417")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my 2021 Subaru Outback (plate JQX 4417) was dented", (OUTBACK,)),
        ("Year: 2021\nMake: Subaru\nModel: Outback\nLicense plate: JQX 4417", (OUTBACK,)),
        ("Vehicle: 2021 Subaru Outback\nReg. no. JQX-4417", (OUTBACK,)),
        (
            "Fahrzeug: VW Golf, Kennzeichen B-KV 2117",
            (Vehicle(make="Volkswagen", model="Golf", plate="BKV2117"),),
        ),
        ("my wife's 2018 Nissan Rogue", (Vehicle(year=2018, make="Nissan", model="Rogue"),)),
        ("I scratched my Chevy", (Vehicle(make="Chevrolet"),)),
        ("the fender of my Ram 1500", (Vehicle(make="Ram", model="1500"),)),
        ("VIN 1HGCM82633A004352", (Vehicle(vin="1HGCM82633A004352"),)),
    ],
)
def test_a_vehicle_is_read_as_far_as_the_text_names_it(text: str, found: tuple[Vehicle, ...]) -> None:
    assert vehicles(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "I was hit by a Ford Focus, reg LK15 ZZP.",
        "the other car, a blue Honda Civic with plate ABC 123",
        "I backed into my neighbour's 2019 Toyota Camry.",
        "Unit 2: 2019 Toyota Camry",
    ],
)
def test_a_vehicle_of_an_opponent_is_left_out(text: str) -> None:
    assert vehicles(text) == ()


def test_of_two_vehicles_the_claimants_is_read() -> None:
    assert vehicles("The other driver, in a Toyota Camry, hit my Honda.") == (Vehicle(make="Honda"),)


@pytest.mark.parametrize(
    "text",
    [
        "RIVERSIDE FORD COLLISION\n12 Lincoln Avenue",
        "We sat in the mini bar.",
        "My seat and my smart phone",
        "",
    ],
)
def test_addresses_businesses_and_other_words_are_no_vehicles(text: str) -> None:
    assert vehicles(text) == ()


def test_a_vin_has_a_right_check_digit() -> None:
    assert is_vin("1M8GDM9AXKP042788")
    assert not is_vin("1M8GDM9A1KP042788")
    assert not is_vin("1M8GDM9AXKP04278")


def test_every_insured_vehicle_of_the_policies_is_read_and_no_house_is_one() -> None:
    policies = json.loads((DATA_FOLDER / "policies.json").read_text(encoding="utf-8"))
    for policy in policies:
        found = vehicle(policy["insured_object"])
        if policy["line"] != "auto":
            assert found is None
            continue
        assert found is not None
        assert None not in (found.year, found.make, found.model, found.plate), policy["insured_object"]
