"""Names that become paths: claim ids, document types, file names.

Validated once, at the edge, into these types; everything behind the edge may
join them into a path without looking again.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Annotated, Any

from pathvalidate import ValidationError, validate_filename
from pydantic import AfterValidator, WithJsonSchema
from ulid import ULID

CLAIM_ID_RULE = "a claim id is 1 to 64 letters (a–z, A–Z), digits, '-' or '_'"
FILE_NAME_BYTES = 200
"""Longest file name in UTF-8; leaves room for a prefix within the 255 bytes that file systems allow."""
VERSIONS_FOLDER = "versions"
"""Lies among a claim's documents."""

CLAIM_ID: dict[str, Any] = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}
SLUG: dict[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}
FILE_NAME: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
"""The names' rules as JSON Schema, as far as it can say them."""

SUBMISSION_REQUEST = "submission-"
"""Begins the name of a submission's idempotency record; the digest of its key follows."""

_CLAIM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_MORE_DEVICES = ("CONIN$", "CONOUT$")
_SEPARATORS = frozenset("/\\\u2215\u2044\u29f8\u29f5\u2216")


def new_claim_id() -> str:
    """A fresh `CLM-` id; ids made later sort later."""
    return f"CLM-{ULID()}"


def keyed_claim_id(key_digest: str) -> str:
    """The claim id that a submission's idempotency key stands for, by the key's SHA-256 in hex digits."""
    return f"CLM-{ULID.from_hex(key_digest[:32])}"


@lru_cache(maxsize=4096)
def check_claim_id(value: str) -> str:
    """Return `value` if it is a claim id.

    Raises:
        ValueError: it is not, or it is a name that Windows reserves for a device.
    """
    if not _CLAIM_ID.match(value):
        raise ValueError(CLAIM_ID_RULE)
    _check_portable(value)
    return value


@lru_cache(maxsize=1024)
def check_slug(value: str) -> str:
    """Return `value` if it can name a document type or a kind of information.

    Raises:
        ValueError: it cannot.
    """
    if not _SLUG.match(value):
        raise ValueError("a type is 1 to 64 lower-case letters, digits and '_', starting with a letter")
    _check_portable(value)
    return value


@lru_cache(maxsize=4096)
def check_file_name(value: str) -> str:
    """Return `value`, NFC-normalised, if it is a plain file name on every common system.

    Letters of every script are welcome; what is refused is whatever could be taken for a path, is
    reserved somewhere, cannot be seen, or only looks like a separator or a dot (U+2215, U+FF0E, …).

    Raises:
        ValueError: it is none.
    """
    name = unicodedata.normalize("NFC", value)
    if len(name.encode("utf-8", "surrogatepass")) > FILE_NAME_BYTES:
        raise ValueError(f"a file name has at most {FILE_NAME_BYTES} bytes")
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for char in name):
        raise ValueError("a file name has no control or invisible characters")
    if "\ufffd" in name:
        raise ValueError("the file name's encoding is broken; it must be UTF-8")
    if name != name.strip() or unicodedata.normalize("NFKC", name).startswith("."):
        raise ValueError("a file name neither starts with a dot nor starts or ends with a space")
    if name.lower() == VERSIONS_FOLDER:
        raise ValueError(f"a file name cannot be '{VERSIONS_FOLDER}', where replaced documents are kept")
    if any(_looks_like_syntax(char) for char in name):
        raise ValueError("a file name holds no separators and nothing that looks like one or like a dot")
    _check_portable(name)
    return name


def _looks_like_syntax(char: str) -> bool:
    """Whether a character is a separator, or is taken for one or for a dot."""
    plain = unicodedata.normalize("NFKC", char)
    return bool(set(plain) & _SEPARATORS) or (char != "." and plain in {".", ".."})


def _check_portable(name: str) -> None:
    # Windows takes what stands before the first dot, without spaces at its end, for a device's name.
    for whole_or_stem in (name, name.partition(".")[0].rstrip()):
        try:
            validate_filename(
                whole_or_stem,
                platform="universal",
                max_len=FILE_NAME_BYTES,
                additional_reserved_names=_MORE_DEVICES,
            )
        except ValidationError as error:
            raise ValueError(f"not usable as a name: {error.reason.description}") from None


ClaimId = Annotated[str, AfterValidator(check_claim_id), WithJsonSchema(CLAIM_ID)]
Slug = Annotated[str, AfterValidator(check_slug), WithJsonSchema(SLUG)]
FileName = Annotated[str, AfterValidator(check_file_name), WithJsonSchema(FILE_NAME)]
