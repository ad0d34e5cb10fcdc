"""What rules read out of a paper."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

import reading
from documents.result import DocumentText
from reading.papers.sums import sums
from shared.models.papers import PaperReading, Vehicle
from tests.host.running import SAMPLES

SENT = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
ESTIMATE = """RIVERSIDE AUTO BODY
2280 Wharf Road, Columbus, OH 43215

REPAIR ESTIMATE

Customer: Dana Whitfield
Vehicle: 2021 Subaru Outback, Ohio plate JQX 4417

Parts                                             451.00
Labor                                             369.00

TOTAL USD 820.00

Issued November 26, 2026, valid for 30 days.
"""


def read(text: str, kind: str = "repair_estimate") -> PaperReading:
    return reading.read_paper(DocumentText(text), kind, sent_at=SENT)


def test_an_estimate_is_read_whole() -> None:
    assert read(ESTIMATE) == PaperReading(
        language="en",
        fits_type=True,
        total=Decimal("820.00"),
        adds_up=True,
        currency="USD",
        issued_on=dt.date(2026, 11, 26),
        addressee="Dana Whitfield",
        vehicles=(Vehicle(year=2021, make="Subaru", model="Outback", plate="JQX4417"),),
    )


@pytest.mark.parametrize(
    ("text", "total", "adds_up"),
    [
        ("Parts: $451.00\nLabor: $369.00\nTotal: $820.00", "820.00", True),
        ("Parts | 451.00\nLabor | 369.00\nTotal | 820.00", "820.00", True),
        ("Parts    451\nLabor    369\nTotal    820", "820", True),
        ("Teile  1.451,00 EUR\nLohn  369,00 EUR\nGesamtbetrag  1.820,00 EUR", "1820.00", True),
        ("Door 400.00\nPaint 300.00\nSales tax 7.5% 52.50\nTotal 752.50", "752.50", True),
        ("Door 400.00\nPaint 300.00\nDiscount -50.00\nTotal 650.00", "650.00", True),
        ("Door 400.00\nPaint 300.00\nNet 700.00\nVAT 19% 133.00\nGross total 833.00", "833.00", True),
        ("Door 400.00\nPaint 300.00\nTotal incl. VAT 700.00\nincludes VAT 111.76", "700.00", True),
        ("Door 400.00\nPaint 300.00\nTotal 700.00\nDeductible 500.00\nBalance due 200.00", "700.00", True),
        (
            "Door 400.00\nClip 3.00\n   Parts 403.00\nPaint 2.0 h at 60.00  120.00\nTotal 523.00",
            "523.00",
            True,
        ),
        ("Total parts 1,320.00\nTotal labor 580.00\nGrand total 1,900.00", "1900.00", True),
        ("Parts 240.00\nLabor 180.00\nTotal 900.00", "900.00", False),
        ("Sensor 2 x 137.00  300.00\nTotal 300.00", "300.00", False),
        ("Parts $400.00\nLabor £300.00\nTotal $700.00", "700.00", False),
        ("The repair comes to a total of $820.00", None, None),
        ("Parts 100.00\nTotal 100.00\nPaint 50.00\nTotal 50.00", None, None),
        ("Parts 0.00\nTOTAL: to follow after teardown", None, None),
        ("Parts 400.00\nNet 400.00", None, None),
    ],
)
def test_the_total_is_the_sum_over_all_parts(text: str, total: str | None, adds_up: bool | None) -> None:
    found = sums(text)
    assert found.total == (None if total is None else Decimal(total))
    assert found.adds_up is adds_up


@pytest.mark.parametrize(
    ("text", "currency"),
    [("Total Rs 950.00", "INR"), ("Total £690.00", "GBP"), ("Total 690,00 €", "EUR"), ("Total 690.00", None)],
)
def test_the_currency_is_that_of_the_total(text: str, currency: str | None) -> None:
    assert sums(text).currency == currency


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "",
        "Apple cake\n4 apples, 200 g flour, 3 eggs.\nBake 45 minutes. Total 600 kcal a slice.",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.",
        ESTIMATE.replace("TOTAL USD 820.00", "TOTAL: to follow after teardown"),
        ESTIMATE.replace("451.00", "").replace("369.00", ""),
        ESTIMATE[ESTIMATE.index("REPAIR") :],
    ],
    ids=["x", "empty", "recipe", "made up", "no total", "no parts", "nobody made it"],
)
def test_what_is_no_estimate_does_not_fit(text: str) -> None:
    assert read(text).fits_type is False


@pytest.mark.parametrize(
    "path", sorted(SAMPLES.glob("documents/*/*.[tc][xs][tv]")), ids=lambda path: path.stem
)
def test_the_sample_papers_fit_their_types(path: Path) -> None:
    found = read(path.read_text(encoding="utf-8"), path.stem)
    assert found.fits_type is not False
    assert found.adds_up is not False


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Customer: Whitfield, Dana", "Dana Whitfield"),
        ("Bill to: Dana Whitfield, 418 Juniper Lane", "Dana Whitfield"),
        ("Insured name    Dana Whitfield    Claim 12", "Dana Whitfield"),
        ("Patient:\nDana Whitfield", "Dana Whitfield"),
        ("Customer: Dana Whitfield\nOwner: Lyle Brockhurst", "Dana Whitfield | Lyle Brockhurst"),
        ("Customer: 4711", None),
        ("Customer satisfaction is our aim", None),
    ],
)
def test_the_addressee_is_the_person_in_a_field_for_one(line: str, name: str | None) -> None:
    assert read(f"RIVERSIDE AUTO BODY\n{line}").addressee == name


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Date: 11/24/2026", dt.date(2026, 11, 24)),
        ("REPAIR ESTIMATE          November 26, 2026", dt.date(2026, 11, 26)),
        ("Date of loss: November 3, 2026", None),
        ("Valid until December 24, 2026", None),
    ],
)
def test_the_day_of_issue_is_no_other_day(text: str, day: dt.date | None) -> None:
    assert read(f"RIVERSIDE AUTO BODY\n{text}").issued_on == day


@pytest.mark.parametrize(
    ("photo", "fits"),
    [
        (DocumentText(picture=(640, 480), problem="the picture holds no text"), True),
        (DocumentText(picture=(99, 480)), False),
        (DocumentText("a text under the name of a photo"), False),
        (DocumentText(problem="broken picture"), None),
    ],
)
def test_a_photo_is_a_picture_on_which_something_can_be_seen(photo: DocumentText, fits: bool | None) -> None:
    found = reading.read_paper(photo, "incident_photos", sent_at=SENT)
    assert found.fits_type is fits
    assert (found.problem is None) is (fits is True or bool(photo.text))
