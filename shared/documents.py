"""Documents at the edge: is it one we take, what is its type, which files does a text name."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, NamedTuple, cast

from shared.errors import UnsupportedMedia
from shared.names import check_file_name, check_slug
from shared.text import TEXT_SAMPLE, decoded

OTHER = "other"
"""The type of what fits none; such a document satisfies no requirement."""

TEXT_SUFFIXES = frozenset({".txt", ".md", ".csv", ".json", ".xml", ".html", ".htm", ".eml", ".rtf"})
PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".webp", ".heic", ".bmp"})
ACCEPTED_SUFFIXES = (
    TEXT_SUFFIXES | PICTURE_SUFFIXES | {".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ods"}
)

_ACCEPTED_KINDS = ACCEPTED_SUFFIXES | {".jfif", ".jpe", ".heif", ".dot", ".wps", ".svg", ".msg", ".ps"}
_NAMED_FILE = re.compile(r"(?<![\w/\\.-])[\w][\w-]{0,80}(?:\.[\w-]{1,40}){0,3}?\.[A-Za-z]{2,4}\b")
_NAME_WEIGHT, _LAST_WORD = 3.0, 1.0
_ONE_WORD, _SEVERAL_WORDS, _MOST_BY_TEXT = 1.0, 1.5, 6.0
_PLENTY = 4.0
"""The weight of evidence from which on only what speaks for another type makes a type less likely."""
_LEAST_CONFIDENCE = 0.5
SURE = 0.9
"""The confidence from which on a name says enough, and the text need not be read."""


@dataclass(frozen=True)
class DocumentPattern:
    """How documents of a type are recognised: words in the file's name, phrases in the text."""

    file_names: tuple[str, ...]
    phrases: tuple[str, ...]
    picture_names: tuple[str, ...] = ()
    """Words in the name that count only where the file is a picture."""


class Classification(NamedTuple):
    type: str
    confidence: float
    """0 to 1; below one half the type is `other`."""


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
    if decoded(content) is not None:
        if content.startswith((b"#!", b"<?php")):
            raise UnsupportedMedia("the file is a script, not a document")
        return
    kinds = _kinds(content)
    if not kinds & _ACCEPTED_KINDS:
        found = f"is that of a {sorted(kinds)[0]} file" if kinds else "is of no kind that is known"
        raise UnsupportedMedia(f"the file's content {found}; send a document, a picture or plain text")


def classify(filename: str, text: str, patterns: Mapping[str, DocumentPattern]) -> Classification:
    """The type of a document, from its name and its text; `other` where nothing or too little speaks for one.

    A word in the name counts three times a word in the text, and the last one of the name more than the
    others: a hospital bill is a bill.
    """
    words = _words(filename)
    is_picture = PurePosixPath(filename).suffix.lower() in PICTURE_SUFFIXES
    body = " ".join(text[:TEXT_SAMPLE].lower().split())
    named = {name: _named(words, pattern, is_picture=is_picture) for name, pattern in patterns.items()}
    last = max((hit.end() for hits in named.values() for hit in hits), default=0)
    weights = {
        name: _weight_of_name(named[name], last) + _weight_of_text(body, pattern)
        for name, pattern in patterns.items()
    }
    best, second = (*sorted(weights, key=lambda name: -weights[name]), "", "")[:2]
    most, next_most = weights.get(best, 0.0), weights.get(second, 0.0)
    if not most:
        return Classification(OTHER, 0.0)
    confidence = round(most / (most + next_most) * min(1.0, most / _PLENTY), 2)
    return Classification(best if confidence >= _LEAST_CONFIDENCE else OTHER, confidence)


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


def _words(filename: str) -> str:
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", filename)
    return " ".join(re.findall(r"[^\W\d_]+|\d+", parts)).lower()


def _named(words: str, pattern: DocumentPattern, *, is_picture: bool) -> list[re.Match[str]]:
    names = pattern.file_names + (pattern.picture_names if is_picture else ())
    return [hit for name in names if (hit := _any_of((name,)).search(words))]


def _weight_of_name(hits: list[re.Match[str]], last: int) -> float:
    words = {word for hit in hits for word in hit.group().split()}
    return _NAME_WEIGHT * len(words) + (_LAST_WORD if any(hit.end() == last for hit in hits) else 0)


def _weight_of_text(body: str, pattern: DocumentPattern) -> float:
    if not pattern.phrases or not body:
        return 0.0
    found = {hit.group().removesuffix("s") for hit in _any_of(pattern.phrases).finditer(body)}
    return min(_MOST_BY_TEXT, sum(_SEVERAL_WORDS if " " in hit else _ONE_WORD for hit in found))


@lru_cache(maxsize=512)
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(re.escape(phrase.lower()) for phrase in longest_first)})s?\b")


def _kinds(content: bytes) -> set[str]:
    import puremagic

    try:
        matches = cast(list[Any], puremagic.magic_string(content))  # pyright: ignore[reportUnknownMemberType]
        return {str(match.extension).lower() for match in matches} - {""}
    except puremagic.PureError:
        return set()
