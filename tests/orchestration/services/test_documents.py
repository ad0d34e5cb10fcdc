"""Documents of a request: checked, typed, measured."""

import hashlib

import pytest

from orchestration.services.context import ServiceContext
from orchestration.services.documents import (
    NewDocument,
    check_document,
    check_document_type,
    check_documents,
    documents_for,
    given_documents,
)
from shared.clock import utc_now
from shared.document_types import OTHER
from shared.errors import InvalidInput, TooLarge, UnsupportedMedia
from shared.models.claim import ClaimContext
from shared.models.requests import MAX_DOCUMENTS, DocumentInput, Submission
from tests.documents.files import a_pdf
from tests.host.running import base64_of
from tests.shared.bad_names import BAD_FILE_NAMES


async def test_a_document_gets_its_size_checksum_and_type(services: ServiceContext) -> None:
    content = b"Police department. Nothing more to say."
    checked = await check_document(services, NewDocument("police_report.txt", None, content))
    assert checked.content == content
    assert checked.record.type == "police_report"
    assert (checked.record.size, checked.record.reference) == (len(content), None)
    assert checked.record.sha256 == hashlib.sha256(content).hexdigest()


async def test_a_name_that_says_little_is_helped_by_the_text(services: ServiceContext) -> None:
    text = "Riverside Clinic. Patient: M. Ortiz. Diagnosis: cervical strain. Follow up in two weeks."
    record = (await check_document(services, NewDocument("scan_0001.pdf", None, a_pdf(text)))).record
    assert (record.type, record.unreadable) == ("medical_records", None)
    assert (record.classification_confidence or 0) > 0.5


async def test_a_document_that_cannot_be_read_says_so_and_stays_other(services: ServiceContext) -> None:
    locked = a_pdf("Patient, diagnosis, discharge", password="x")
    record = (await check_document(services, NewDocument("scan_0002.pdf", None, locked))).record
    assert (record.type, record.unreadable) == (OTHER, "encrypted PDF")
    assert record.classification_confidence == 0


async def test_a_given_type_is_no_guess_and_has_no_confidence(services: ServiceContext) -> None:
    record = (await check_document(services, NewDocument("police_report.txt", "police_report", b"x"))).record
    assert record.classification_confidence is None


async def test_a_given_type_outranks_the_name(services: ServiceContext) -> None:
    assert (
        await check_document(services, NewDocument("police_report.txt", "other", b"x"))
    ).record.type == OTHER


async def test_a_reference_has_neither_size_nor_checksum(services: ServiceContext) -> None:
    checked = await check_document(services, NewDocument("invoice.pdf", None, reference="dms://4711"))
    assert checked.content is None
    assert (checked.record.type, checked.record.size, checked.record.sha256) == ("itemized_bill", None, None)


@pytest.mark.parametrize("name", BAD_FILE_NAMES.values(), ids=BAD_FILE_NAMES)
@pytest.mark.parametrize(
    ("place", "field"), [("filename", "filename"), ("documents.3", "documents.3.filename")]
)
async def test_a_name_that_is_none_is_refused_at_its_place(
    services: ServiceContext, name: str, place: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await check_document(services, NewDocument(name, None, b"x", field=place))
    assert refusal.value.errors[0]["field"] == field


@pytest.mark.parametrize(
    "kind", ["", "spaceship", "Police_Report", "../police_report", "police_report/", "con"]
)
async def test_a_type_that_no_rule_knows_is_refused_with_those_that_are_known(
    services: ServiceContext, kind: str
) -> None:
    with pytest.raises(InvalidInput, match=r"^type: no such document type; one of police_report, .*, other$"):
        await check_document(services, NewDocument("x.txt", kind, b"x"))


def test_every_type_of_the_rules_is_taken(services: ServiceContext) -> None:
    for known in (None, OTHER, *services.requirements.document_types):
        check_document_type(services.requirements, known, "type")


async def test_an_empty_document_is_refused(services: ServiceContext) -> None:
    with pytest.raises(InvalidInput, match="is empty"):
        await check_document(services, NewDocument("x.txt", None, b""))


async def test_a_document_is_as_large_as_the_limit_and_no_larger(services: ServiceContext) -> None:
    await check_document(services, NewDocument("x.txt", None, b"x" * 2000))
    with pytest.raises(
        TooLarge, match=r"^documents\.0: a document has at most 2000 bytes; this one has 2001$"
    ):
        await check_document(services, NewDocument("x.txt", None, b"x" * 2001, field="documents.0"))


async def test_a_kind_of_file_that_is_not_taken_is_refused(services: ServiceContext) -> None:
    with pytest.raises(UnsupportedMedia):
        await check_document(services, NewDocument("x.exe", None, b"x"))


async def test_one_request_brings_only_so_many_documents(services: ServiceContext) -> None:
    document = NewDocument("x.txt", None, b"x")
    assert len(await check_documents(services, [document] * MAX_DOCUMENTS)) == MAX_DOCUMENTS
    with pytest.raises(InvalidInput, match="at most 200 documents; this one has 201"):
        await check_documents(services, [document] * (MAX_DOCUMENTS + 1))


@pytest.mark.parametrize(
    "encoded",
    ["!", "abc", "YQ", "YQ==\n", "Y Q==", "YQ==YQ==", "ä", base64_of(b"\xff\xfe").replace("/", "_")],
)
def test_content_that_is_no_base64_is_refused_at_its_place(encoded: str) -> None:
    given = [DocumentInput(filename="a.txt", content_base64=encoded)]
    with pytest.raises(InvalidInput) as refusal:
        given_documents(["named.txt", *given])
    assert refusal.value.errors == [{"field": "documents.1.content_base64", "message": "is no base64"}]


def requiring(*types: str) -> ClaimContext:
    return ClaimContext(
        claim_id="CLM-1",
        created_at=utc_now(),
        submission=Submission(),
        submission_sha256="0" * 64,
        required_documents={kind: kind for kind in types},
    )


@pytest.mark.parametrize(
    ("filename", "given", "type_"),
    [
        ("x.txt", "vehicle_damage_photos", "vehicle_damage_photos"),
        ("Vehicle damage-photos.txt", None, "vehicle_damage_photos"),
        ("vehicle_damage_photos.txt", "other", "other"),
        ("photos.txt", None, "incident_photos"),
    ],
)
async def test_types_that_a_claim_requires_are_taken_for_that_claim(
    services: ServiceContext, filename: str, given: str | None, type_: str
) -> None:
    new = NewDocument(filename, given, b"x")
    [document] = await check_documents(services, documents_for(requiring("vehicle_damage_photos"), [new]))
    assert document.record.type == type_


async def test_a_type_that_another_claim_requires_is_refused_with_those_of_this_one(
    services: ServiceContext,
) -> None:
    new = documents_for(requiring("tax_form"), [NewDocument("x.txt", "vehicle_damage_photos", b"x")])
    with pytest.raises(
        InvalidInput, match=r"no such document type; one of police_report, .*, tax_form, other$"
    ):
        await check_documents(services, new)
