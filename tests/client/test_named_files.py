"""Which files a text names, and that none outside the folder is ever taken."""

from pathlib import Path

import pytest

from client.named_files import file_in, named_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "claims"
    folder.mkdir()
    for name in (
        "police_report.pdf",
        "Repair Estimate.pdf",
        "photo-1.jpg",
        "Übersicht.txt",
        ".hidden.pdf",
        "notes",
    ):
        (folder / name).write_bytes(b"content")
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    (folder / "subfolder.pdf").mkdir()
    return folder


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("See police_report.pdf.", ["police_report.pdf"]),
        ("- police_report.pdf\n- photo-1.jpg\n", ["police_report.pdf", "photo-1.jpg"]),
        ("`photo-1.jpg`, (police_report.pdf)", ["photo-1.jpg", "police_report.pdf"]),
        ("POLICE_REPORT.PDF", ["police_report.pdf"]),
        ("the file Repair Estimate.pdf is attached", ["Repair Estimate.pdf"]),
        ("siehe U\u0308bersicht.txt", ["Übersicht.txt"]),
        ("police_report.pdf and police_report.pdf again", ["police_report.pdf"]),
    ],
)
def test_a_file_beside_the_claim_is_found_by_its_name(folder: Path, text: str, names: list[str]) -> None:
    named = named_files(text, folder)
    assert [path.name for path in named.found] == names
    assert named.not_found == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("See invoice.pdf, invoice.pdf and scan.JPG!", ["invoice.pdf", "scan.JPG"]),
        ("old-police_report.pdf", ["old-police_report.pdf"]),
        ("police_report.pdf.txt", ["police_report.pdf.txt"]),
        ("subfolder.pdf", ["subfolder.pdf"]),
        (".hidden.pdf", [".hidden.pdf"]),
    ],
)
def test_a_name_without_its_file_is_told(folder: Path, text: str, names: list[str]) -> None:
    named = named_files(text, folder)
    assert (named.found, named.not_found) == ([], names)


@pytest.mark.parametrize(
    "text",
    [
        "../secret.pdf",
        "..\\secret.pdf",
        "../claims/police_report.pdf",
        "/etc/police_report.pdf",
        "C:\\police_report.pdf",
    ],
)
def test_a_path_is_never_followed(folder: Path, text: str) -> None:
    assert named_files(text, folder).found == []
    assert named_files(text, folder).not_found == [text]
    assert file_in(folder, text) is None


def test_a_link_that_leads_out_of_the_folder_is_never_followed(folder: Path) -> None:
    (folder / "link.pdf").symlink_to(folder.parent / "secret.pdf")
    assert named_files("link.pdf", folder).found == []
    assert file_in(folder, "link.pdf") is None


@pytest.mark.parametrize(
    "text",
    [
        "Take notes of everything, e.g. the time.",
        "https://example.com/report.pdf",
        "USD 4.50",
        "a.b@c.example",
    ],
)
def test_words_addresses_and_amounts_are_no_files(folder: Path, text: str) -> None:
    named = named_files(text, folder)
    assert (named.found, named.not_found) == ([], [])


def test_a_name_that_differs_in_case_only_stands_back_behind_the_exact_one(folder: Path) -> None:
    (folder / "Photo-1.JPG").write_bytes(b"other")
    assert file_in(folder, "photo-1.jpg") == folder / "photo-1.jpg"
    assert file_in(folder, "Photo-1.JPG") == folder / "Photo-1.JPG"
    assert file_in(folder, "POLICE_REPORT.PDF") == folder / "police_report.pdf"
