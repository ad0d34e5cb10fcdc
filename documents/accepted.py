"""Decides which files are accepted as documents, and finds the names of documents in a text."""

import re
from pathlib import PurePosixPath
from typing import Any, cast

from documents.text import decoded
from shared.document_types import ACCEPTED_SUFFIXES
from shared.errors import UnsupportedMedia
from shared.names import check_file_name

_ACCEPTED_KINDS = ACCEPTED_SUFFIXES | {".jfif", ".jpe", ".heif", ".dot", ".wps", ".svg", ".msg", ".ps"}
_NAMED_FILE = re.compile(r"(?<![\w/\\.-])[\w][\w-]{0,80}(?:\.[\w-]{1,40}){0,3}?\.[A-Za-z]{2,4}\b")


def check_content(filename: str, content: bytes) -> None:
    """Refuses a file that is no document.

    Text is accepted under every name whose ending is in `ACCEPTED_SUFFIXES`, or that has none. Anything else
    must be recognised by its content as a document or a picture, whatever its ending says.

    Raises:
        UnsupportedMedia: the ending of the name, or the content, is not that of a document.
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


def named_files(text: str) -> list[str]:
    """The file names in a text that could be those of documents, each once, in the order of the text."""
    found = dict.fromkeys(match.group() for match in _NAMED_FILE.finditer(text))
    return [name for name in found if _could_be_document(name)]


def _could_be_document(name: str) -> bool:
    try:
        check_file_name(name)
    except ValueError:
        return False
    return PurePosixPath(name).suffix.lower() in ACCEPTED_SUFFIXES


def _kinds(content: bytes) -> set[str]:
    import puremagic

    try:
        matches = cast(list[Any], puremagic.magic_string(content))  # pyright: ignore[reportUnknownMemberType]
        return {str(match.extension).lower() for match in matches} - {""}
    except puremagic.PureError:
        return set()
