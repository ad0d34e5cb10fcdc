"""Files of the kinds that people send, and some that nobody should open."""

import zipfile
import zlib
from io import BytesIO

from docx import Document
from fpdf import FPDF
from PIL import Image


def a_pdf(*pages: str, password: str | None = None) -> bytes:
    file = FPDF()
    for text in pages:
        file.add_page()
        file.set_font("helvetica")
        file.multi_cell(0, 8, text)
    if password:
        file.set_encryption(owner_password=password, user_password=password)
    return bytes(file.output())


def a_picture(width: int = 200, height: int = 100, kind: str = "PNG") -> bytes:
    target = BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(target, kind)
    return target.getvalue()


def a_docx(*paragraphs: str, table: tuple[tuple[str, ...], ...] = ()) -> bytes:
    file = Document()
    for text in paragraphs:
        file.add_paragraph(text)
    if table:
        grid = file.add_table(len(table), len(table[0]))
        for number, row in enumerate(table):
            for cell, text in zip(grid.rows[number].cells, row, strict=True):
                cell.text = text
    target = BytesIO()
    file.save(target)
    return target.getvalue()


def a_docx_with(body: bytes) -> bytes:
    """An ordinary Word file, but for its main part."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(a_docx("x"))) as source, zipfile.ZipFile(target, "w", 8) as copy:
        for part in source.infolist():
            copy.writestr(part, body if part.filename == "word/document.xml" else source.read(part))
    return target.getvalue()


def a_docx_bomb(megabytes: int) -> bytes:
    """Small as it is sent, `megabytes` of text unpacked."""
    start = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    return a_docx_with(start + b"<w:p/>" * (megabytes * 1024 * 1024 // 6) + b"</w:body></w:document>")


def a_docx_of_entities() -> bytes:
    """The billion laughs."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return a_docx_with(
        f'<!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body></w:document>".encode()
    )


def a_pdf_bomb(megabytes: int) -> bytes:
    """A page whose content unpacks, twice over, to `megabytes` of operators."""
    page = zlib.compress(zlib.compress(b"(x) Tj " * (megabytes * 1024 * 1024 // 7), 9), 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream" % (len(page), page),
    ]
    body, places = b"%PDF-1.4\n", list[int]()
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)
    return body + b"xref\n0 5\n0000000000 65535 f \n" + table + end
