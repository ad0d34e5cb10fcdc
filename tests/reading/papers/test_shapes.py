"""What is seen of a document without reading its words."""

import pytest

from reading.papers.shapes import Shape, shapes_of


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Lens 450.00\nFacility 1,900.00\nFee 2.400,00", "price_list"),
        ("Labour 9 h at 79.80", "work_hours"),
        ("Body 14.5 hrs", "work_hours"),
        ("10/14 Office visit 180.00\n10/14 X-ray 240.00", "dated_charges"),
        ("Sprain (S93.401A)", "medical_codes"),
        ("CPT for the delivery is 59400", "medical_codes"),
        ("29827, 29826 / M75.121", "mostly_codes"),
        ("The molar needs D3330.", "medical_codes"),
        ("72148 - MRI lumbar spine\n99203 - new patient visit", "listed_codes"),
        ("a;b;c\n1;2;3\n4;5;6", "table"),
        ("walnut table (1988, 1,400), lamp (2020, 80)", "aged_goods"),
        ("drill 3 yrs old $400, saw 1 yr $90", "aged_goods"),
        ("I heard a bang and then I saw the van.", "told_in_person"),
    ],
)
def test_a_text_has_a_shape(text: str, shape: Shape) -> None:
    assert shape in shapes_of("scan.txt", text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Met on 2026-11-02 at 08:12, again on 2026-11-04 and 2026-11-05.",
        "Rest for 48 hours, then walk, stand, and sit.",
        "Call 217-555-0142 or write to 14 Mill Road, 62701.",
        "I agree.",
    ],
)
def test_dates_numbers_and_prose_have_none(text: str) -> None:
    assert shapes_of("scan.txt", text) == set()


def test_codes_with_their_prices_are_no_mere_list_of_codes() -> None:
    assert "listed_codes" not in shapes_of("scan.txt", "72148 MRI 640.00\n99203 new visit 120.00")


def test_a_picture_is_one_only_while_nothing_can_be_read_in_it() -> None:
    assert shapes_of("IMG_2041.JPG", "") == {"picture", "camera_name"}
    assert shapes_of("sketch.jpg", " ") == {"picture"}
    assert shapes_of("IMG_2041.JPG", "Estimate") == set()
    assert shapes_of("IMG_2041.pdf", "") == set()
