"""What a claim becomes on its way to the server."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from client.documents import INLINE_BYTES
from client.errors import InputError
from client.submission import FileUpload, PreparedClaim, claim_from_fields, claim_from_file

REPORT = base64.b64encode(b"report").decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "police_report.pdf").write_bytes(b"report")
    return tmp_path


def prepared(folder: Path, fields: dict[str, Any], *, inline_bytes: int = INLINE_BYTES) -> PreparedClaim:
    path = folder / "claim.json"
    path.write_text(json.dumps(fields), encoding="utf-8")
    return claim_from_file(path, inline_bytes=inline_bytes)


def test_documents_that_a_json_claim_names_are_filled_with_the_files_beside_it(folder: Path) -> None:
    named = ["police_report.pdf", {"filename": "police_report.pdf", "type": "police_report"}, "photo.jpg"]
    claim = prepared(folder, {"narrative": "…", "documents": named})
    assert json.loads(claim.content)["documents"] == [
        {"filename": "police_report.pdf", "content_base64": REPORT},
        {"filename": "police_report.pdf", "type": "police_report", "content_base64": REPORT},
        "photo.jpg",
    ]
    assert claim.not_found == ["photo.jpg"]


def test_documents_that_have_their_content_are_left_alone(folder: Path) -> None:
    documents = [
        {"filename": "police_report.pdf", "text": "another one"},
        {"filename": "police_report.pdf", "reference": "dms://4711"},
        {"filename": "police_report.pdf", "content_base64": ""},
    ]
    assert json.loads(prepared(folder, {"documents": documents}).content)["documents"] == documents


@pytest.mark.parametrize(
    "documents", ["police_report.pdf", [7, None, ["police_report.pdf"]], [{"filename": 7}], None]
)
def test_what_is_no_document_is_left_to_the_server_to_refuse(folder: Path, documents: Any) -> None:
    assert json.loads(prepared(folder, {"documents": documents}).content) == {"documents": documents}


@pytest.mark.parametrize("name", ["../police_report.pdf", "/etc/hostname", "a\0b", ".", ""])
def test_a_json_claim_never_reaches_outside_its_folder(folder: Path, name: str) -> None:
    inner = folder / "inner"
    inner.mkdir()
    claim = prepared(inner, {"documents": [name, {"filename": name}]})
    assert json.loads(claim.content)["documents"] == [name, {"filename": name}]
    assert claim.not_found == [name, name]


def test_a_path_in_a_claim_file_is_not_read(folder: Path) -> None:
    document = {"filename": "x.pdf", "path": str(folder / "police_report.pdf")}
    assert json.loads(prepared(folder, {"documents": [document]}).content)["documents"] == [document]


def test_documents_too_large_for_one_request_are_uploaded_behind_it(folder: Path) -> None:
    (folder / "photo.jpg").write_bytes(b"12345")
    named = ["police_report.pdf", {"filename": "photo.jpg", "type": "incident_photos"}]
    claim = prepared(folder, {"documents": named}, inline_bytes=10)
    assert json.loads(claim.content)["documents"] == [
        {"filename": "police_report.pdf", "content_base64": REPORT},
        named[1],
    ]
    assert claim.uploads == [FileUpload(folder / "photo.jpg", "photo.jpg", "incident_photos")]


def test_files_that_a_letter_names_are_uploaded_and_the_letter_is_not(folder: Path) -> None:
    letter = folder / "claim.txt"
    letter.write_text("claim.txt, police_report.pdf, photo.jpg", encoding="utf-8")
    claim = claim_from_file(letter)
    assert [upload.filename for upload in claim.uploads] == ["police_report.pdf"]
    assert claim.not_found == ["photo.jpg"]


def test_a_byte_order_mark_is_not_part_of_the_claim(folder: Path) -> None:
    letter = folder / "claim.md"
    letter.write_text("Hagel", encoding="utf-8-sig")
    assert claim_from_file(letter).content == b"Hagel"


def test_an_email_is_sent_byte_for_byte(folder: Path) -> None:
    mail = folder / "claim.eml"
    mail.write_bytes(b"Subject: =?utf-8?q?Unfall?=\r\n\r\n\xe4 police_report.pdf")
    claim = claim_from_file(mail)
    assert (claim.content, claim.uploads) == (mail.read_bytes(), [])


def test_a_program_may_give_content_as_bytes_and_files_as_paths(folder: Path) -> None:
    claim = claim_from_fields(
        {
            "documents": [
                {"filename": "a.pdf", "content": b"report"},
                {"path": folder / "police_report.pdf"},
                "b.pdf",
            ]
        }
    )
    assert json.loads(claim.content)["documents"] == [
        {"filename": "a.pdf", "content_base64": REPORT},
        {"filename": "police_report.pdf", "content_base64": REPORT},
        "b.pdf",
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"claim_amount": float("nan")},
        {"metadata": {1, 2}},
        {"documents": [{"filename": "a.pdf", "content": "text"}]},
        {"documents": [{"filename": "a.pdf", "content": b"x", "text": "x"}]},
        {"documents": [{"path": "/etc/hostname"}]},
        {"documents": [{"path": Path("nowhere.pdf")}]},
    ],
)
def test_what_a_program_cannot_mean_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        claim_from_fields(fields)
