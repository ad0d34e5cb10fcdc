"""Documents and notes on their way in: from files, or from what a program gives."""

import base64
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from client.errors import InputError
from client.responses import Document, Note

INLINE_BYTES = 32 * 1024 * 1024
"""Up to here documents travel in the request itself, so that they and the claim count at once."""

DocumentGiven = Mapping[str, Any] | Path
Additions = Mapping[str, Any] | Sequence[DocumentGiven]

_CONTENT_FIELDS = ("content", "path", "content_base64", "text", "reference")
_TYPED_PATH = re.compile(r"([a-z][a-z0-9_]{0,63})=(.+)", re.DOTALL)


def document_from_file(path: Path, type_: str | None = None) -> Document:
    """A document with the file's name and content.

    Raises:
        InputError: the file cannot be read.
    """
    document = Document(filename=path.name, content_base64=encoded(read_file(path)))
    if type_:
        document["type"] = type_
    return document


def document_from(given: DocumentGiven | str) -> Document:
    """A document from a path, or from fields: filename, type?, and one of `content` (bytes), `path`,
    `content_base64`, `text` and `reference`. What else is in the fields goes to the server as it is.

    A path is a `pathlib.Path`, never text: fields that a service passes on from its own users cannot have
    its files read.

    Raises:
        InputError: the file cannot be read, or a field is of the wrong type.
    """
    if isinstance(given, Path):
        return document_from_file(given)
    if isinstance(given, str):
        raise InputError(f"{given!r} is no document: give a pathlib.Path, or fields with a filename")
    fields = dict(given)
    contents = [field for field in _CONTENT_FIELDS if fields.get(field) is not None]
    if len(contents) > 1:
        raise InputError(f"a document has one of {', '.join(_CONTENT_FIELDS)}, not {' and '.join(contents)}")
    if (content := fields.pop("content", None)) is not None:
        if not isinstance(content, bytes | bytearray):
            raise InputError("a document's content is bytes: give text as `text`, base64 as `content_base64`")
        fields["content_base64"] = encoded(content)
    if (path := fields.pop("path", None)) is not None:
        if not isinstance(path, Path):
            raise InputError(
                "a document's path is a pathlib.Path, so that no text from elsewhere is read as one"
            )
        fields = {**document_from_file(path), **fields}
    return cast(Document, fields)


def additions_from(given: Additions) -> tuple[list[Document], list[Note]]:
    """Documents and notes for `continue`, from `{"documents": […], "notes": […]}` or a list of documents.

    Raises:
        InputError: there is another key than those two, or a document cannot be read.
    """
    if isinstance(given, str | bytes | Path):
        raise InputError("additional documents are a list of paths, or {'documents': […], 'notes': […]}")
    additions = given if isinstance(given, Mapping) else {"documents": given}
    if unknown := additions.keys() - {"documents", "notes"}:
        raise InputError(
            f"additional documents have no {', '.join(sorted(unknown))}: only documents and notes"
        )
    documents = cast(Sequence[DocumentGiven], additions.get("documents") or ())
    notes = cast(Sequence[Note], additions.get("notes") or ())
    return [document_from(document) for document in documents], list(notes)


def batches(documents: Sequence[Document], most_bytes: int) -> list[list[Document]]:
    """The documents in as few requests as their size allows; one that is larger travels alone."""
    filled: list[list[Document]] = []
    room = 0
    for document in documents:
        size = len(document.get("content_base64", "")) + len(document.get("text", ""))
        if not filled or size > room:
            filled.append([])
            room = most_bytes
        filled[-1].append(document)
        room -= size
    return filled


def documents_at(given: str) -> list[Document]:
    """The documents that a user names on the command line: a file, a folder (the files right in it, those
    with a leading dot left out), or either as `TYPE=PATH`.

    Raises:
        InputError: nothing is there.
    """
    typed = None if Path(given).exists() else _TYPED_PATH.fullmatch(given)
    type_, path = (typed[1], Path(typed[2])) if typed else (None, Path(given))
    if not path.is_dir():
        return [document_from_file(path, type_)]
    files = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    if not files:
        raise InputError(f"the folder {path} holds no files: name a file, or a folder with the documents")
    return [document_from_file(file, type_) for file in files]


def read_file(path: Path) -> bytes:
    """The file's content.

    Raises:
        InputError: it is not there, a folder, or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"there is no file {path}: check the path") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder: name a file in it") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def encoded(content: bytes | bytearray) -> str:
    """The content in base64, as it travels in JSON."""
    return base64.b64encode(content).decode("ascii")
