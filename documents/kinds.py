"""Finds out by its content which reader a document needs, since its name may say anything."""

import re
from enum import StrEnum


class Kind(StrEnum):
    """A kind of document that takes more than a decoder to read."""

    HTML = "html"
    EMAIL = "email"
    PDF = "pdf"
    DOCX = "docx"
    PICTURE = "picture"


_HTML = re.compile(rb"\s*(?:<!--.{0,400}?-->\s*)?<(?:!doctype\s+html|html|body|table|div)\b", re.I | re.S)
_EMAIL = re.compile(
    rb"(?:[A-Za-z][A-Za-z0-9-]{1,60}:[^\n]{0,2000}\n(?:[ \t][^\n]{0,2000}\n){0,50}){2,100}\r?\n"
)
_EMAIL_HEADER = re.compile(
    rb"^(?:mime-version|message-id|received|return-path|content-type):", re.I | re.MULTILINE
)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM")
_HEAD = 4096


def kind_of(content: bytes) -> Kind | None:
    """The kind of a document, or None for plain text and for files that nothing here reads."""
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if head.startswith(b"PK\x03\x04") and b"word/" in content:
        return Kind.DOCX
    if head.startswith(_PICTURES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return Kind.PICTURE
    if _HTML.match(head):
        return Kind.HTML
    if (found := _EMAIL.match(content, 0, 64 * 1024)) and _EMAIL_HEADER.search(found.group()):
        return Kind.EMAIL
    return None
