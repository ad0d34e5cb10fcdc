"""Documents as text: what is read, what is refused and why, and what no document can do to the app."""

import asyncio
import hashlib
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from documents.child import WORKER, read_in_child
from documents.kinds import Kind, kind_of
from documents.reader import DocumentReader, extract, text_of
from documents.result import MOST_CHARACTERS, DocumentText
from tests.documents.files import a_docx, a_docx_bomb, a_docx_of_entities, a_pdf, a_pdf_bomb, a_picture


def an_email(body: str, *, html: bool = False) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Clinic <desk@example.com>", "claims@example.com"
    message["Subject"], message["Message-ID"] = "Your records", "<1@example.com>"
    message.set_content(body, subtype="html" if html else "plain")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="x.pdf")
    return bytes(message)


# --- what is read ----------------------------------------------------------------------------------


async def test_the_text_of_a_pdf_is_that_of_its_pages_in_order() -> None:
    assert (await extract(a_pdf("First page", "Second page"))).text.split("\n") == [
        "First page",
        "Second page",
    ]


async def test_the_text_of_a_word_file_holds_its_tables_row_by_row() -> None:
    file = a_docx("Estimate", "for a door", table=(("Part", "Price"), ("Door", "612.00")))
    assert (await extract(file)).text.splitlines() == [
        "Estimate",
        "for a door",
        "Part | Price",
        "Door | 612.00",
    ]


@pytest.mark.parametrize("filler", ["", "<p>x</p>" * 20_000], ids=["small", "large"])
async def test_of_a_page_only_what_is_seen_is_read(filler: str) -> None:
    page = f"<!doctype html><html><head><title>T</title></head><body><h1>Bill</h1>{filler}"
    read = await extract(f"{page}<script>alert(1)</script><p>Total &amp; due</p></body></html>".encode())
    assert read.text.splitlines()[0] == "Bill"
    assert read.text.splitlines()[-1] == "Total & due"
    assert "alert" not in read.text


@pytest.mark.parametrize("html", [False, True])
async def test_an_email_is_its_headers_and_its_message_without_attachments(html: bool) -> None:
    body = "<p>Please find the records.</p>" if html else "Please find the records."
    read = (await extract(an_email(body, html=html))).text
    assert "From: Clinic <desk@example.com>" in read
    assert read.strip().endswith("Please find the records.")
    assert "%PDF" not in read


async def test_plain_text_is_what_it_is() -> None:
    assert await extract("Schaden: 1.200 €".encode()) == DocumentText("Schaden: 1.200 €")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", Kind.PDF),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>x", Kind.HTML),
        (b"From: a@example.com\nMIME-Version: 1.0\n\nx", Kind.EMAIL),
        (b"From: a friend\nDate: today\n\nA letter", None),
        (b"\x89PNG\r\n\x1a\n", Kind.PICTURE),
        (b"2 < 3 and <b>bold</b>", None),
        (b"", None),
    ],
)
def test_the_content_says_who_reads_it_and_no_name_does(content: bytes, kind: Kind | None) -> None:
    assert kind_of(content) is kind


# --- what is not, and why --------------------------------------------------------------------------


async def test_a_locked_pdf_says_that_it_is_encrypted() -> None:
    assert await extract(a_pdf("secret", password="x")) == DocumentText(problem="encrypted PDF")


@pytest.mark.parametrize("content", [b"%PDF-1.4 and nothing more", b"%PDF-" + bytes(range(256)) * 40])
async def test_a_broken_pdf_says_so(content: bytes) -> None:
    assert await extract(content) == DocumentText(problem="broken PDF")


async def test_a_scan_says_that_it_holds_no_text() -> None:
    assert (await extract(a_pdf(""))).problem == "the PDF holds no text; it may be a scan"


async def test_a_broken_word_file_says_so() -> None:
    whole = a_docx("x")
    assert (await extract(whole[: len(whole) // 2])).problem == "broken Word document"


async def test_a_picture_is_read_only_where_a_tool_for_it_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    picture = a_picture()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (await extract(picture)).problem == "it is a picture, and no tool that reads pictures is installed"
    if sys.platform != "win32":
        tool = tmp_path / "tesseract"
        tool.write_text(f"#!{sys.executable}\nimport sys\nprint('read', len(sys.stdin.buffer.read()))\n")
        tool.chmod(0o755)
        another = a_picture(300)
        assert (await extract(another)).text == f"read {len(another)}"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"])
async def test_a_picture_has_a_size(kind: str) -> None:
    assert (await extract(a_picture(320, 240, kind))).picture == (320, 240)


async def test_half_a_picture_has_none_and_says_why() -> None:
    whole = a_picture()
    broken = await extract(whole[: len(whole) // 2])
    assert (broken.picture, broken.problem) == (None, "broken picture")


async def test_a_text_has_no_size() -> None:
    assert (await extract(b"a text")).picture is None


async def test_what_nothing_reads_says_so() -> None:
    assert (await extract(b"\xd0\xcf\x11\xe0\0\0 an old Word file")).problem == (
        "text is not read out of files of this kind"
    )


async def test_a_text_of_a_document_ends_at_the_limit() -> None:
    read = await extract(a_docx("word " * MOST_CHARACTERS))
    assert len(read.text) <= MOST_CHARACTERS
    assert read.problem == f"only the first {MOST_CHARACTERS} characters were read"


async def test_of_too_many_pages_only_the_first_are_read() -> None:
    assert (await extract(a_pdf(*["x"] * 201))).problem == "only the first 200 of 201 pages were read"


# --- bombs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bomb",
    [a_docx_bomb(90), a_docx_bomb(150), a_docx_of_entities(), a_pdf_bomb(300)],
    ids=["docx of empty paragraphs", "docx too large", "docx of entities", "pdf unpacking twice"],
)
async def test_a_bomb_gives_no_text_and_harms_nothing(bomb: bytes) -> None:
    started = time.monotonic()
    read = await extract(bomb)
    assert len(read.text) < 1000
    assert read.problem
    assert time.monotonic() - started < 25


def test_a_reading_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    hanging, note = tmp_path / "hang.py", tmp_path / "pid"
    hanging.write_text(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\ntime.sleep(60)\n"
    )
    worker = (sys.executable, str(hanging))
    started = time.monotonic()
    assert read_in_child(Kind.PDF, b"x", worker=worker, seconds=1.5).problem == "reading it takes too long"
    assert time.monotonic() - started < 5
    if sys.platform != "win32":
        assert _is_gone(int(note.read_text()))


def _is_gone(process: int) -> bool:
    for _ in range(50):
        stat = Path(f"/proc/{process}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_a_reader_finds_no_secret_in_its_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    telltale = tmp_path / "tell.py"
    telltale.write_text(
        "import json, os\nprint(json.dumps({'text': ' '.join(os.environ), 'problem': None}))\n"
    )
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    seen = read_in_child(Kind.PDF, b"x", worker=(sys.executable, str(telltale))).text.split()
    assert "PYTHONPATH" in seen
    assert "OPENAI_API_KEY" not in seen


async def test_the_event_loop_goes_on_while_a_document_is_read() -> None:
    reading = asyncio.create_task(extract(a_pdf("Something to read")))
    longest = 0.0
    while not reading.done():
        before = time.monotonic()
        await asyncio.sleep(0.005)
        longest = max(longest, time.monotonic() - before)
    assert "Something" in (await reading).text
    assert longest < 0.2


# --- once is enough --------------------------------------------------------------------------------


async def test_a_document_is_fetched_and_read_once_however_many_ask() -> None:
    content = a_pdf("Asked for by many")
    fetched = 0

    async def read() -> bytes:
        nonlocal fetched
        fetched += 1
        return content

    checksum = hashlib.sha256(content).hexdigest()
    first = await text_of(checksum, read)
    others = await asyncio.gather(*(text_of(checksum, read) for _ in range(20)))
    assert fetched == 1
    assert all(other is first for other in others)


async def test_whoever_gives_up_waiting_does_not_stop_the_reading() -> None:
    content = a_pdf("Worth waiting for")
    impatient = asyncio.create_task(extract(content))
    await asyncio.sleep(0.01)
    impatient.cancel()
    assert "Worth waiting for" in (await extract(content)).text


async def test_a_reader_that_could_not_be_started_is_started_again(tmp_path: Path) -> None:
    content = a_pdf("Read at the second attempt")
    checksum = hashlib.sha256(content).hexdigest()
    python = tmp_path / "python"
    reader = DocumentReader(worker=(str(python), *WORKER[1:]))

    async def read() -> bytes:
        return content

    with pytest.raises(FileNotFoundError):
        await reader.text_of(checksum, read)
    python.symlink_to(sys.executable)
    assert "second attempt" in (await reader.text_of(checksum, read)).text


async def test_a_document_that_is_gone_has_no_text() -> None:
    async def read() -> None:
        return None

    assert await text_of("0" * 64, read) == DocumentText()


async def test_plain_text_starts_no_process(tmp_path: Path) -> None:
    reader = DocumentReader(worker=(str(tmp_path / "no-such-program"),))
    for content in (b"plain", b"<html><body>small</body></html>", an_email("small")):
        assert (await reader.extract(content)).text
    with pytest.raises(FileNotFoundError):
        await reader.extract(a_pdf("a process would be started"))


async def test_only_so_many_documents_stay_read() -> None:
    reader = DocumentReader(remembered=2)
    files = [b"%PDF-" + bytes([number]) for number in range(1, 4)]
    first = await reader.extract(files[0])
    assert await reader.extract(files[0]) is first
    await asyncio.gather(*map(reader.extract, files[1:]))
    assert await reader.extract(files[0]) is not first


def test_a_child_imports_nothing_that_only_the_app_needs() -> None:
    code = "import sys, documents.worker; print(*sys.modules)"
    imported = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "documents.worker" in imported.split()
    assert not {"asyncio", "cachetools", "pydantic"} & set(imported.split())
