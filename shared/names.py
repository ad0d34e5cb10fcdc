"""The names that become parts of paths: claim ids, document types and file names.

They are validated into these types once, where they come in. Everything behind that may join them into a path
without checking them again.
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
"""The longest file name in bytes of UTF-8. File systems allow 255, which leaves room for a prefix."""
VERSIONS_FOLDER = "versions"
"""The folder of replaced documents, which lies among those of the claim."""

CLAIM_ID: dict[str, Any] = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}
SLUG: dict[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}
FILE_NAME: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
"""These three are the rules for names as JSON Schema, as far as that can express them."""

SUBMISSION_REQUEST = "submission-"
"""The beginning of the name of a submission's idempotency record, which the digest of its key follows."""

_CLAIM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_MORE_DEVICES = ("CONIN$", "CONOUT$")
_SEPARATORS = frozenset("/\\\u2215\u2044\u29f8\u29f5\u2216")


def new_claim_id() -> str:
    """A new claim id, `CLM-` and a ULID, so that ids that are made later sort later."""
    return f"CLM-{ULID()}"


def keyed_claim_id(key_digest: str) -> str:
    """The claim id that a submission's idempotency key stands for.

    `key_digest` is the SHA-256 of the key in hexadecimal digits.
    """
    return f"CLM-{ULID.from_hex(key_digest[:32])}"


@lru_cache(maxsize=4096)
def check_claim_id(value: str) -> str:
    """Returns `value` if it is a claim id.

    Raises:
        ValueError: `value` is no claim id, or it is a name that Windows reserves for a device.
    """
    if not _CLAIM_ID.match(value):
        raise ValueError(CLAIM_ID_RULE)
    _check_portable(value)
    return value


@lru_cache(maxsize=1024)
def check_slug(value: str) -> str:
    """Returns `value` if it can name a document type or a kind of information.

    Raises:
        ValueError: `value` cannot; the message states the rule.
    """
    if not _SLUG.match(value):
        raise ValueError("a type is 1 to 64 lower-case letters, digits and '_', starting with a letter")
    _check_portable(value)
    return value


@lru_cache(maxsize=4096)
def check_file_name(value: str) -> str:
    """Returns `value` in Unicode's normal form C if it is a plain file name on every common system.

    Letters of every script are welcome. Refused is whatever could be taken for a path, is reserved on some
    system, cannot be seen, or only looks like a separator or a dot (U+2215, U+FF0E, …).

    Raises:
        ValueError: `value` is no such file name; the message says why.
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
    """Whether a character is a separator, or could be mistaken for one or for a dot."""
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
