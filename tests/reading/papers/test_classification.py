"""The type of a document, by the vocabulary of the rules."""

import pytest

from documents.text import plain_text
from orchestration.reference.files import load_requirements
from reading.papers.classification import SURE, Classifier
from reading.papers.vocabulary import document_vocabularies
from tests.host.running import SAMPLES

CLASSIFIER = Classifier(document_vocabularies(load_requirements().document_types))
NOTHING = ""
NEUTRAL = "Enclosed as asked for."


@pytest.mark.parametrize(
    ("filename", "text", "document_type"),
    [
        ("police_report.txt", NEUTRAL, "police_report"),
        ("Police Report 2026-4711.pdf", NOTHING, "police_report"),
        ("PoliceReport.pdf", NOTHING, "police_report"),
        ("polizei_bericht.pdf", NOTHING, "police_report"),
        ("accident-report.docx", NOTHING, "police_report"),
        ("scan0001.txt", "Police Department. Reporting officer: Lee, badge 77.", "police_report"),
        ("repair_estimate.pdf", NOTHING, "repair_estimate"),
        ("Estimate_Body_Shop.pdf", NOTHING, "repair_estimate"),
        ("quote.pdf", NOTHING, "repair_estimate"),
        ("Kostenvoranschlag März.pdf", NOTHING, "repair_estimate"),
        ("scan0002.txt", "Parts 400, labor 300, paint 200. Repair total 900.", "repair_estimate"),
        ("medical_records.pdf", NOTHING, "medical_records"),
        ("hospital-discharge.pdf", NOTHING, "medical_records"),
        ("er visit.pdf", NOTHING, "medical_records"),
        ("scan0003.txt", "Patient: D. W. Diagnosis: sprain. Treatment plan: rest.", "medical_records"),
        ("witness_statement.md", NEUTRAL, "witness_statement"),
        ("statement of Mr Lee.txt", NEUTRAL, "witness_statement"),
        (
            "letter.txt",
            "To whom it may concern: I saw the crash. I declare this is true.",
            "witness_statement",
        ),
        ("incident_photos.zip.jpg", NOTHING, "incident_photos"),
        ("photo.png", NOTHING, "incident_photos"),
        ("photos.png", NOTHING, "incident_photos"),
        ("IMG_2041.jpg", NOTHING, "incident_photos"),
        ("DSC00042.JPG", NOTHING, "incident_photos"),
        ("foto garage.png", NOTHING, "incident_photos"),
        ("fire_report.txt", NEUTRAL, "fire_report"),
        ("NFIRS-1.pdf", NOTHING, "fire_report"),
        ("scan0004.txt", "Fire Department: engine company 4. Origin of fire: stove.", "fire_report"),
        ("damage_assessment.pdf", NOTHING, "damage_assessment"),
        ("adjuster-inspection.pdf", NOTHING, "damage_assessment"),
        ("scan0005.txt", "Extent of damage: structural, smoke damage in two rooms.", "damage_assessment"),
        ("inventory_list.csv", NOTHING, "inventory_list"),
        ("contents of the kitchen.xlsx", NOTHING, "inventory_list"),
        ("packing list.txt", NEUTRAL, "inventory_list"),
        ("scan0006.csv", "item description,quantity,purchase price,replacement cost", "inventory_list"),
        ("procedure_codes.csv", NOTHING, "procedure_codes"),
        ("CPT.txt", NEUTRAL, "procedure_codes"),
        ("scan0007.txt", "CPT 29881, ICD-10 S83.2", "procedure_codes"),
        ("itemized_bill.csv", NOTHING, "itemized_bill"),
        ("Invoice 881.pdf", NOTHING, "itemized_bill"),
        ("hospital bill.pdf", NOTHING, "itemized_bill"),
        ("scan0008.txt", "Itemized charges. Amount due: 1,200.00. Invoice number 9.", "itemized_bill"),
        ("holiday.txt", "We were at the sea.", "other"),
        ("scan.pdf", NOTHING, "other"),
        ("scan0009.txt", "The patient man waited.", "other"),
        ("notes.txt", NOTHING, "other"),
        ("confirmation.txt", "fireplace, policeman, billboard, imagery", "other"),
        ("", NOTHING, "other"),
    ],
)
def test_a_document_is_classified_by_its_name_and_its_text(
    filename: str, text: str, document_type: str
) -> None:
    assert CLASSIFIER.classify(filename, text).type == document_type


def test_every_document_type_has_a_name_that_is_enough() -> None:
    for document_type in CLASSIFIER.types:
        assert CLASSIFIER.classify(f"{document_type}.pdf", "").type == document_type


def test_the_samples_are_what_their_names_say() -> None:
    for path in (SAMPLES / "documents").rglob("*.*"):
        expected = next((name for name in CLASSIFIER.types if path.name.startswith(name)), "other")
        assert CLASSIFIER.classify(path.name, plain_text(path.read_bytes())).type == expected, path.name


def test_a_name_outweighs_a_phrase() -> None:
    assert CLASSIFIER.classify("police_report.txt", "I saw it. I declare it.").type == "police_report"


def test_what_speaks_for_two_types_alike_is_none() -> None:
    alike = "The constable wore a badge and was a patient here with a fracture."
    assert CLASSIFIER.classify("scan.txt", alike).type == "other"


@pytest.mark.parametrize(
    ("text", "document_type"),
    [
        ("Cleveland PD\nReport #26-88123\nR/O responded to 1400 Elm. Victim stated that...", "police_report"),
        ("Polizeirevier Südost. Strafanzeige wegen Sachbeschädigung, Täter unbekannt.", "police_report"),
        ("Guardia Civil. Atestado 221/26. La patrulla se persona.", "police_report"),
        ("Remove and replace front bumper. Body 14.5 hrs, refinish 6.0 hrs.", "repair_estimate"),
        ("Taller Ruiz. Cambio de parachoques, 5 horas de mano de obra.", "repair_estimate"),
        ("Dépose des tuiles, fourniture et pose. Total TTC 4 210 €", "repair_estimate"),
        ("HPI: 29M c/o R knee pain. MRI ordered.", "medical_records"),
        ("Wir berichten über die stationäre Behandlung. Diagnose: Appendizitis.", "medical_records"),
        ("I was sitting in the cafe when I heard a bang. I looked up.", "witness_statement"),
        ("J'atteste avoir vu la voiture blanche reculer.", "witness_statement"),
        ("Two pumps attended a fire in a dining room.", "fire_report"),
        ("Zimmerbrand, ein Trupp unter Atemschutz. Brandursache: Akku.", "fire_report"),
        ("Moisture map: hall 38 %. Recommend removal of carpet pad.", "damage_assessment"),
        ("Il sopralluogo ha accertato danni da fumo. Stima del danno 22.000.", "damage_assessment"),
        ("Gas stove;2019;1,150\nRadio;2015;60", "inventory_list"),
        ("Gegenstand;Anzahl;Kaufjahr\nSofa;1;2019\nRegal;2;2020", "inventory_list"),
        ("29827, 29826 / M75.121", "procedure_codes"),
        ("72148 - MRI lumbar spine\n99203 - new patient visit\n(no prices on this sheet)", "procedure_codes"),
        ("D2740 crown, D3330 endodontic therapy. Dr. Bell's office", "procedure_codes"),
        ("Invoice 771\nRoof repairs: tiles, flashing, labour 16 h. Total due 2,140.00", "repair_estimate"),
        ("RECHNUNG\nFrontscheibe erneuert 512,00\nArbeitslohn 210,00\nGesamt 859,18", "repair_estimate"),
        ("Receipt\n2 tyres 178.00\nBalancing 20.00\nWheel alignment 65.00\nPaid by card", "repair_estimate"),
        (
            "Invoice\nAnesthesia, 4 units 520.00\nDate of service 11/04/2026\nAmount due 520.00",
            "itemized_bill",
        ),
        ("Facture\nCouronne 620,00\nConsultation 30,00\nMontant total 650,00", "itemized_bill"),
        ("As the driver of bus 22 I had a clear view: the light was red.", "witness_statement"),
        ("03/02 CT abdomen 2,200.00\n03/02 IV push 310.00", "itemized_bill"),
        ("Rechnung. GOÄ 5 Untersuchung 10,72. Gesamtbetrag zahlbar bis 30.11.", "itemized_bill"),
    ],
)
def test_a_text_tells_its_type_in_its_own_words_shapes_and_language(text: str, document_type: str) -> None:
    assert CLASSIFIER.classify("scan.txt", text).type == document_type


@pytest.mark.parametrize(
    ("filename", "document_type"),
    [
        ("20261119_083012.jpg", "incident_photos"),
        ("carport against trailer.jpeg", "incident_photos"),
        ("IMG_quote.jpg", "repair_estimate"),
        ("police report.jpg", "police_report"),
        ("scan_0031.jpg", "other"),
        ("license_front.jpeg", "other"),
        ("Reisepass.jpg", "other"),
    ],
)
def test_a_picture_without_text_shows_the_damage_unless_its_name_says_otherwise(
    filename: str, document_type: str
) -> None:
    assert CLASSIFIER.classify(filename, NOTHING).type == document_type


@pytest.mark.parametrize(
    ("filename", "text"),
    [
        ("cover.txt", "Dear claims team, please find enclosed the police report and the estimate."),
        ("note.txt", "I had an accident. A truck hit me from behind. The police were there."),
        ("bank.txt", "Account holder H. Lowe, IBAN DE02 1203 0000 0000 2020 51"),
        (
            "policy wording.pdf",
            "We will pay for loss by fire, storm or theft. Your excess is in the schedule.",
        ),
        ("news.html", "A tornado damaged dozens of homes, police officials said. Reporting by J. Stone."),
        ("gas_bill.pdf", "Natural gas, 62 therms. Delivery charge 14.10. Total due 52.30."),
        ("stay.pdf", "Invoice 4471 Hotel Bellevue, 2 nights 240.00, breakfast 36.00, city tax 8.00"),
        ("warranty.pdf", "The manufacturer warrants this dishwasher. Parts and labor are covered."),
    ],
)
def test_what_answers_no_requirement_stays_other(filename: str, text: str) -> None:
    assert CLASSIFIER.classify(filename, text).type == "other"


def test_a_word_for_where_it_comes_from_weighs_less_than_one_for_what_it_is() -> None:
    assert CLASSIFIER.classify("facture_hospital.pdf", NOTHING).type == "itemized_bill"
    assert CLASSIFIER.classify("hospital.txt", "Room and board 600. Balance due 688.").type == "itemized_bill"


def test_one_word_of_a_name_is_not_sure_enough_to_leave_the_text_unread() -> None:
    named = CLASSIFIER.classify("estimate.pdf", NOTHING)
    assert (named.type, named.confidence < SURE) == ("repair_estimate", True)
    report = (
        "Columbus Division of Police. Crash report. Reporting officer R. Hale, badge 4471. Citation issued."
    )
    assert CLASSIFIER.classify("estimate.pdf", report).type == "police_report"


def test_accents_case_hyphens_and_plurals_make_no_difference() -> None:
    for name in ("Orcamento.pdf", "ORÇAMENTOS.pdf", "x-rays.pdf", "Xray.pdf"):
        assert CLASSIFIER.classify(name, NOTHING).type in {"repair_estimate", "medical_records"}
