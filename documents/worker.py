"""The child process: `python worker.py KIND` reads a document from stdin and writes its text as JSON.

It runs as a script, so that it starts without the app, and sets its own limits before it reads the content.
"""

import json
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from documents.result import MOST_CHARACTERS

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 15
MOST_PAGES = 200
ENOUGH_SECONDS = 10.0
"""The time after which the remaining pages of a PDF are left unread."""
MOST_UNPACKED_BYTES = 100 * 1024 * 1024
"""The largest size of all parts of a Word file together, once they are unpacked."""
MOST_TABLE_DEPTH = 5
MOST_PIXELS = 80_000_000
"""The largest picture that is decoded: 240 MB in memory."""
NO_OCR = "it is a picture, and no tool that reads pictures is installed"


class Unreadable(Exception):
    """There is no text, or no more of it. The message says why."""


type Pieces = Iterator[str]


def pdf(content: bytes) -> Pieces:
    """The text of a PDF, page by page."""
    from pypdf import PdfReader
    from pypdf.errors import PdfReadError

    started = time.monotonic()
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted PDF")
        count = len(reader.pages)
    except (PdfReadError, ValueError, KeyError, TypeError, AttributeError, NotImplementedError):
        raise Unreadable("broken PDF") from None
    broken = 0
    for number in range(min(count, MOST_PAGES)):
        if time.monotonic() - started > ENOUGH_SECONDS:
            raise Unreadable(f"only the first {number} of {count} pages were read, the others take too long")
        try:
            yield reader.pages[number].extract_text()
        except (MemoryError, RecursionError):
            raise
        except Exception:  # a broken page may raise anything, and the others may be sound
            broken += 1
    if broken:
        raise Unreadable(f"{broken} of {count} pages are broken")
    if count > MOST_PAGES:
        raise Unreadable(f"only the first {MOST_PAGES} of {count} pages were read")


def docx(content: bytes) -> Pieces:
    """The text of a Word file, with a line for each paragraph and each row of a table."""
    from docx import Document

    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        document = Document(BytesIO(content)) if unpacked <= MOST_UNPACKED_BYTES else None
    except MemoryError:
        raise
    except Exception:  # lxml, zipfile and python-docx each raise their own
        raise Unreadable("broken Word document") from None
    if document is None:
        raise Unreadable("unpacked it is too large")
    yield from _blocks(document.iter_inner_content())


def _blocks(blocks: "Iterator[Paragraph | Table]", depth: int = 0) -> Pieces:
    from docx.table import Table

    for block in blocks:
        if not isinstance(block, Table):
            yield block.text
        elif depth < MOST_TABLE_DEPTH:
            for row in block.rows:
                # A merged cell stands in the row once for each column that it covers.
                cells = {cell._tc: cell for cell in row.cells}.values()  # pyright: ignore[reportPrivateUsage]
                yield " | ".join(
                    " ".join(_blocks(cell.iter_inner_content(), depth + 1)).strip() for cell in cells
                )


def html(content: bytes) -> Pieces:
    """The text of an HTML page."""
    from documents.simple import html_text

    yield html_text(content)


def email(content: bytes) -> Pieces:
    """The text of an e-mail."""
    from documents.simple import email_text

    yield email_text(content)


def picture(content: bytes) -> Pieces:
    """The text of a picture, as the tool `tesseract` reads it."""
    tool = shutil.which("tesseract")
    if tool is None:
        raise Unreadable(NO_OCR)
    run = subprocess.run(  # noqa: S603 -- the tool, and a picture on its stdin
        [tool, "stdin", "stdout"], input=content, capture_output=True, check=False, timeout=CPU_SECONDS
    )
    if run.returncode:
        raise Unreadable("the picture cannot be read")
    yield run.stdout.decode("utf-8", "replace")


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels of a picture, all of which can be decoded."""
    from PIL import Image

    try:
        with Image.open(BytesIO(content)) as opened:
            size, fits = opened.size, opened.width * opened.height <= MOST_PIXELS
            if fits:
                opened.load()
    except MemoryError:
        raise
    except Exception:  # each format's decoder raises its own
        raise Unreadable("broken picture") from None
    if not fits:
        raise Unreadable("the picture is too large")
    return size


READERS: dict[str, Callable[[bytes], Pieces]] = {
    reader.__name__: reader for reader in (pdf, docx, html, email, picture)
}
_NO_TEXT = {"pdf": "the PDF holds no text; it may be a scan", "picture": "the picture holds no text"}


def read(kind: str, content: bytes) -> dict[str, Any]:
    """The fields of a `DocumentText`: the text of `content` as far as the limits allow, and what is wrong."""
    text, problem, size = "", None, None
    try:
        if kind == picture.__name__:
            size = picture_size(content)
        for piece in READERS[kind](content):
            text += piece.replace("\0", "") + "\n"
            if len(text) > MOST_CHARACTERS:
                problem = f"only the first {MOST_CHARACTERS} characters were read"
                break
    except Unreadable as error:
        problem = str(error)
    except (MemoryError, RecursionError):
        problem = "reading it takes too much memory"
    except subprocess.TimeoutExpired:
        problem = "reading it takes too long"
    text = text[:MOST_CHARACTERS].strip()
    problem = problem or (None if text else _NO_TEXT.get(kind, "it holds no text"))
    return {"text": text, "problem": problem, "picture": size}


def bound() -> None:
    """Limits this process and what it starts. On a system without such limits only the time is limited."""
    try:
        import resource
    except ImportError:
        return
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):
            continue


def main() -> None:
    """Reads the document on stdin within the limits, and writes the result to stdout."""
    bound()
    result = read(sys.argv[1], sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(result, ensure_ascii=True))


if __name__ == "__main__":
    main()
