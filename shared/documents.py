"""Documents at the edge: is it one we take, what is its type, which files does a text name."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, cast

from shared.errors import UnsupportedMedia
from shared.names import check_file_name, check_slug

OTHER = "other"
"""The type of what fits none; such a document satisfies no requirement."""

TEXT_SUFFIXES = frozenset({".txt", ".md", ".csv", ".json", ".xml", ".html", ".htm", ".eml", ".rtf"})
ACCEPTED_SUFFIXES = TEXT_SUFFIXES | frozenset(
    {".pdf", ".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".webp", ".heic", ".bmp"}
    | {".doc", ".docx", ".odt", ".xls", ".xlsx", ".ods"}
)

_ACCEPTED_KINDS = ACCEPTED_SUFFIXES | {".jfif", ".jpe", ".heif", ".dot", ".wps", ".svg", ".msg", ".ps"}
_NAMED_FILE = re.compile(r"(?<![\w/\\.-])[\w][\w-]{0,80}(?:\.[\w-]{1,40}){0,3}?\.[A-Za-z]{2,4}\b")
_TEXT_SAMPLE = 64 * 1024
_BINARY = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_NAME_WEIGHT = 3
_ENOUGH = 2


@dataclass(frozen=True)
class DocumentPattern:
    """How documents of a type are recognised: words in the file's name, phrases in the text."""

    file_names: tuple[str, ...]
    phrases: tuple[str, ...]


def check_content(filename: str, content: bytes) -> None:
    """Refuse what is no document.

    Text is taken under any accepted name; anything else must be recognised by its content as a kind
    of document or picture.

    Raises:
        UnsupportedMedia: the name's ending or the content is of a kind that is not taken.
    """
    suffix = PurePosixPath(filename).suffix.lower()
    if suffix and suffix not in ACCEPTED_SUFFIXES:
        raise UnsupportedMedia(
            f"files ending in '{suffix}' are not taken; send one of {', '.join(sorted(ACCEPTED_SUFFIXES))}"
        )
    if _decode(content) is not None:
        if content.startswith((b"#!", b"<?php")):
            raise UnsupportedMedia("the file is a script, not a document")
        return
    kinds = _kinds(content)
    if not kinds & _ACCEPTED_KINDS:
        found = f"is that of a {sorted(kinds)[0]} file" if kinds else "is of no kind that is known"
        raise UnsupportedMedia(f"the file's content {found}; send a document, a picture or plain text")


def plain_text(content: bytes) -> str:
    """The text of a plain-text document; empty for anything else."""
    return "" if content.startswith(b"%PDF-") else _decode(content) or ""


def classify(filename: str, text: str, patterns: Mapping[str, DocumentPattern]) -> str:
    """The type of a document, from its name and its text; `other` where nothing or too little speaks for one.

    A word in the name counts three times a phrase in the text. Where names are on a par the later word
    wins: a hospital bill is a bill.
    """
    words = " ".join(re.findall(r"[^\W\d_]+|\d+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", filename))).lower()
    body = text[:_TEXT_SAMPLE].lower()
    scores = {name: _score(words, body, pattern) for name, pattern in patterns.items()}
    best = max(scores, key=lambda name: scores[name])
    alone = list(scores.values()).count(scores[best]) == 1
    return best if alone and scores[best][0] >= _ENOUGH else OTHER


def type_named(text: str) -> str:
    """The type that somebody's words for a document name, whether a rule knows it or not.

    `Vehicle damage photos` is `vehicle_damage_photos`, and so is `scans/vehicle-damage-photos.pdf`. Words
    that leave nothing for a type, or the name of one that satisfies nothing, get a checksum of their own.
    """
    name = PurePosixPath(text.strip().replace("\\", "/"))
    words = name.stem if name.suffix.lower() in ACCEPTED_SUFFIXES else text
    letters = unicodedata.normalize("NFKD", words).lower()
    slug = re.sub(r"[^a-z0-9]+", "_", letters.encode("ascii", "ignore").decode()).strip("_")
    is_all_of_it = all(letter.isascii() for letter in letters if letter.isalnum())
    try:
        if is_all_of_it and slug != OTHER:
            return check_slug(slug)
    except ValueError:
        pass
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "_".join(filter(None, ("document", slug[:40].strip("_"), digest)))


def named_files(text: str) -> list[str]:
    """The file names that a text mentions, in order, each once; only names that could be documents."""
    found = dict.fromkeys(match.group() for match in _NAMED_FILE.finditer(text))
    return [name for name in found if _could_be_document(name)]


def _could_be_document(name: str) -> bool:
    try:
        check_file_name(name)
    except ValueError:
        return False
    return PurePosixPath(name).suffix.lower() in ACCEPTED_SUFFIXES


def _score(words: str, body: str, pattern: DocumentPattern) -> tuple[int, int]:
    by_name = [hit for name in pattern.file_names if (hit := _word(name).search(words))]
    in_text = sum(_word(phrase).search(body) is not None for phrase in pattern.phrases)
    named = {word for hit in by_name for word in hit.group().split()}
    return _NAME_WEIGHT * len(named) + min(in_text, _NAME_WEIGHT + 1), max(
        (h.end() for h in by_name), default=0
    )


@lru_cache(maxsize=512)
def _word(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(phrase.lower())}s?\b")


def _decode(content: bytes) -> str | None:
    """The text that `content` is, None where it is no text."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return _decode_legacy(content)
    return None if _BINARY.search(text) else text


def _decode_legacy(content: bytes) -> str | None:
    import charset_normalizer

    if b"\0" in content:
        return None
    guess = charset_normalizer.from_bytes(content[:_TEXT_SAMPLE]).best()
    return content.decode(guess.encoding, "replace") if guess else None


def _kinds(content: bytes) -> set[str]:
    import puremagic

    try:
        matches = cast(list[Any], puremagic.magic_string(content))  # pyright: ignore[reportUnknownMemberType]
        return {str(match.extension).lower() for match in matches} - {""}
    except puremagic.PureError:
        return set()
