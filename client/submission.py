"""From a claim as someone has it – a file, text, a dictionary – to a request.

    .json        a submission; documents that it names only are filled with the files of that name
    .md, .txt    text; the files that it names are uploaded behind it
    .eml         an e-mail; its attachments are its documents

Files are looked for right beside the claim file, or in the folder that is given instead, nowhere else.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, cast

from client.documents import INLINE_BYTES, document_from, encoded, read_file
from client.errors import InputError
from client.named_files import file_in, named_files
from client.responses import Document

_JSON = "application/json"
_CONTENT_TYPES = {
    ".json": _JSON,
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".eml": "message/rfc822",
}


@dataclass(frozen=True)
class FileUpload:
    """A file on disk, and the name and type under which the claim knows it."""

    path: Path
    filename: str
    type: str | None = None


@dataclass(frozen=True)
class PreparedClaim:
    """A request to submit a claim, and what belongs to it."""

    content: bytes
    content_type: str
    uploads: list[FileUpload] = field(default_factory=list[FileUpload])
    """Files to upload once the claim is there."""
    found: list[str] = field(default_factory=list[str])
    """Names of the files that go with the claim."""
    not_found: list[str] = field(default_factory=list[str])
    """Names that the claim mentions and that are not in the folder."""


def claim_from_file(
    path: Path, documents: Path | None = None, *, inline_bytes: int = INLINE_BYTES
) -> PreparedClaim:
    """Prepare a claim file.

    Args:
        path: the claim file.
        documents: the folder in which its documents lie; without one they lie beside it.
        inline_bytes: up to how many bytes of documents travel in the request itself.

    Raises:
        InputError: the file is not there, is none of the kinds above, or cannot be read as its kind.
    """
    content = read_file(path)
    folder = path.parent if documents is None else documents
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}: check the path")
    suffix = path.suffix.lower()
    if suffix not in _CONTENT_TYPES:
        raise InputError(f"{path} is no claim file: it ends with none of {', '.join(_CONTENT_TYPES)}")
    if suffix == ".eml":
        return PreparedClaim(content, _CONTENT_TYPES[suffix])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text: save it as UTF-8 and try again") from None
    if suffix == ".json":
        return _claim_from_json(_json_object(text, path), folder, inline_bytes)
    named = named_files(text, folder)
    found = [file for file in named.found if not file.samefile(path)]
    uploads = [FileUpload(file, file.name) for file in found]
    names = [file.name for file in found]
    return PreparedClaim(text.encode(), _CONTENT_TYPES[suffix], uploads, names, named.not_found)


def claim_from_text(text: str) -> PreparedClaim:
    """Prepare a claim that is given in words."""
    return PreparedClaim(text.encode(), _CONTENT_TYPES[".txt"])


def claim_from_fields(fields: Mapping[str, Any]) -> PreparedClaim:
    """Prepare a submission; an entry of `documents` may hold what `documents.document_from` takes.

    Raises:
        InputError: a document cannot be read, or a value has no place in JSON.
    """
    given = fields.get("documents")
    if not isinstance(given, list):
        return PreparedClaim(_json(fields), _JSON)
    documents = [
        document_from(cast(Mapping[str, Any], document)) if isinstance(document, Mapping) else document
        for document in cast(list[object], given)
    ]
    return PreparedClaim(_json({**fields, "documents": documents}), _JSON)


def _claim_from_json(fields: Mapping[str, Any], folder: Path, inline_bytes: int) -> PreparedClaim:
    # A claim file is data of unknown origin: what its documents say is a name to look up, never a path.
    given = fields.get("documents")
    if not isinstance(given, list):
        return PreparedClaim(_json(fields), _JSON)
    documents = cast(list[object], given).copy()
    uploads: list[FileUpload] = []
    found: list[str] = []
    not_found: list[str] = []
    for position, document in enumerate(documents):
        named = _named_only(document)
        if named is None:
            continue
        name = named["filename"]
        path = file_in(folder, name)
        if path is None:
            not_found.append(name)
            continue
        found.append(name)
        inline_bytes -= path.stat().st_size
        if inline_bytes < 0:
            uploads.append(FileUpload(path, name, named.get("type")))
        else:
            documents[position] = {**named, "content_base64": encoded(read_file(path))}
    return PreparedClaim(_json({**fields, "documents": documents}), _JSON, uploads, found, not_found)


def _named_only(document: object) -> Document | None:
    """The document if it has a name and no content; None where it has content, or is not one at all."""
    if isinstance(document, str):
        return Document(filename=document)
    if not isinstance(document, dict):
        return None
    fields = cast(dict[str, Any], document)
    has_content = any(fields.get(name) is not None for name in ("content_base64", "text", "reference"))
    return None if has_content or not isinstance(fields.get("filename"), str) else cast(Document, document)


def _json(fields: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(fields, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise InputError(f"the claim cannot be written as JSON: {error}") from None


def _json_object(text: str, path: Path) -> dict[str, Any]:
    def refuse(constant: str) -> NoReturn:
        raise InputError(f"{path} holds {constant}, which is no number in JSON")

    try:
        value = json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{path} is not JSON: {error.msg} at {at}") from None
    except RecursionError:
        raise InputError(f"{path} is nested too deeply") from None
    if not isinstance(value, dict):
        raise InputError(f"{path} holds no claim: a JSON object is expected")
    return cast(dict[str, Any], value)
