"""Documents at the edge: what is taken, and which files a text names."""

import gzip
import random
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.accepted import check_content, named_files
from documents.text import plain_text
from shared.document_types import ACCEPTED_SUFFIXES
from shared.errors import UnsupportedMedia
from shared.names import check_file_name

# --- what is taken ---------------------------------------------------------------------------------


def archive() -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("run.bat", "format c:")
    return target.getvalue()


RUBBISH = random.Random(7).randbytes(400).replace(b"\0", b"\1")  # noqa: S311 -- only rubbish


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("report.txt", b"plain"),
        ("report.txt", "Grüße".encode()),
        ("report.txt", "Grüße aus Köln, der Schaden beträgt 200 Euro.".encode("latin-1")),
        ("report.txt", "事故報告書です。車が壊れました。".encode("shift-jis")),
        ("report.txt", "report".encode("utf-16")),
        ("report.txt", "\ufeffreport".encode()),
        ("report", b"no ending"),
        ("REPORT.TXT", b"ending in capitals"),
        ("report.pdf", b"text under the name of a picture or PDF is still text"),
        ("report.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" + bytes(40)),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(40)),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(40)),
        ("photo.gif", b"GIF89a" + bytes(40)),
        ("photo.webp", b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(40)),
        ("scan.tif", b"II*\x00" + bytes(40)),
    ],
)
def test_documents_pictures_and_text_are_taken(filename: str, content: bytes) -> None:
    check_content(filename, content)


@pytest.mark.parametrize(
    "filename", ["run.exe", "run.sh", "run.js", "a.tar.gz", "report.pdf.exe", "x.p7s", "x.é"]
)
def test_an_ending_that_no_document_has_is_refused(filename: str) -> None:
    with pytest.raises(UnsupportedMedia, match=r"files ending in '\..+' are not taken; send one of \.bmp, "):
        check_content(filename, b"plain text")


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("report.pdf", b"MZ\x90\x00\x03" + bytes(100)),
        ("report.pdf", b"\x7fELF\x02\x01\x01" + bytes(100)),
        ("report.txt", b"#!/bin/sh\nrm -rf /\n"),
        ("report.txt", b"<?php system($_GET['c']);"),
        ("report.txt", gzip.compress(b"text in a wrapping", mtime=1)),
        ("report.txt", b"\x00"),
        ("report.txt", b"\x00" * 1000),
        ("report.txt", b"text with \x00 in it"),
        ("report.txt", b"\x01\x02\x03\x04"),
        ("report.txt", RUBBISH),
        ("photo.jpg", b"\xca\xfe\xba\xbe" + bytes(60)),
    ],
)
def test_content_that_is_no_document_is_refused_under_any_name(filename: str, content: bytes) -> None:
    with pytest.raises(UnsupportedMedia, match=r"the file is a script|the file's content is"):
        check_content(filename, content)


@given(st.binary(min_size=1, max_size=300), st.sampled_from(sorted(ACCEPTED_SUFFIXES)))
def test_any_bytes_are_taken_or_refused_and_nothing_else(content: bytes, suffix: str) -> None:
    try:
        check_content(f"x{suffix}", content)
    except UnsupportedMedia as refusal:
        assert len(refusal.detail.splitlines()) == 1
    assert isinstance(plain_text(content), str)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("März".encode(), "März"),
        ("\ufeffMärz".encode(), "März"),
        ("März".encode("utf-16"), "März"),
        (b"\x89PNG\r\n\x1a\n" + bytes(9), ""),
        (b"", ""),
    ],
)
def test_the_text_of_a_document_is_read_in_its_encoding(content: bytes, text: str) -> None:
    assert plain_text(content) == text


# --- which files a text names ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("I enclose police_report.pdf and photo-1.jpg.", ["police_report.pdf", "photo-1.jpg"]),
        ("See report.pdf. The report.pdf says it all.", ["report.pdf"]),
        ('(estimate.v2.docx), "IMG_1.JPG"; *list.csv*', ["estimate.v2.docx", "IMG_1.JPG", "list.csv"]),
        ("März.pdf und 事故.png", ["März.pdf", "事故.png"]),
        ("It cost $2.50, e.g. at example.com, v1.2", []),
        ("run.exe and script.sh", []),
        ("../secret.txt, /etc/passwd.txt, C:\\x\\a.txt, docs/report.pdf", []),
        ("The printer said con.txt, aux.pdf, NUL.md", []),
        ("漢" * 80 + ".txt", []),
        ("", []),
    ],
)
def test_a_text_names_files_that_could_be_documents(text: str, names: list[str]) -> None:
    assert named_files(text) == names


@given(
    st.text(st.sampled_from("a.Z-_/\\ \nä漢\0:") | st.characters(), max_size=60),
    st.sampled_from([".txt", ".pdf"]),
)
def test_whatever_a_text_names_is_a_file_name(text: str, suffix: str) -> None:
    for name in named_files(f"{text}{suffix} {text}"):
        check_file_name(name)
