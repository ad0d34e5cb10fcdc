"""The form of what is stored compressed or encrypted: a JSON object on one line, with the data last."""

import base64
import json
from typing import Any, cast

from shared.encryption.compression import LARGEST, unpack
from shared.errors import SessionCorrupt

MARK = b'{"v":1,'
"""How everything begins that is not as it was given. Content that begins so itself is never left as it is."""
_DATA, _END = b',"data":"', b'"}'

type Header = dict[str, Any]
"""The fields before the data."""


def write(header: Header, data: bytes | None = None) -> bytes:
    """An envelope, or without data its header alone."""
    written = json.dumps(header, separators=(",", ":")).encode()
    return written if data is None else written[:-1] + _DATA + base64.b64encode(data) + _END


def parse(name: str, stored: bytes) -> tuple[Header, bytes]:
    """The header and the data of an envelope that is stored under `name`.

    Raises:
        SessionCorrupt: it is not, to the byte, what `write` writes.
    """
    # Base64 holds no quote, so the last mark is where the data begins.
    header, mark, text = stored.rpartition(_DATA)
    if not mark or not text.endswith(_END):
        raise SessionCorrupt(f"{name}: is damaged")
    return parse_header(name, header + b"}"), bytes_of(name, text[: -len(_END)].decode("ascii", "replace"))


def parse_header(name: str, stored: bytes) -> Header:
    """A header that `write` wrote; of all ways to write the same, only that one is taken.

    Raises:
        SessionCorrupt: it is none.
    """
    try:
        header = json.loads(stored)
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or write(cast(Header, header)) != stored:
        raise SessionCorrupt(f"{name}: is damaged")
    return cast(Header, header)


def text_of(data: bytes) -> str:
    """Bytes as a field of a header holds them: in base64."""
    return base64.b64encode(data).decode()


def bytes_of(name: str, text: object) -> bytes:
    """The bytes that a field of a header holds.

    Raises:
        SessionCorrupt: it holds none.
    """
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except ValueError:
        data = None
    if data is None or text_of(data) != text:
        raise SessionCorrupt(f"{name}: is damaged")
    return data


def unpacked(name: str, packed: bytes, at_most: int = LARGEST) -> bytes:
    """The content of a packed piece that has at most that many bytes.

    Raises:
        SessionCorrupt: it is damaged, or has more.
    """
    try:
        return unpack(packed, at_most)
    except ValueError as error:
        raise SessionCorrupt(f"{name}: {error}") from None
