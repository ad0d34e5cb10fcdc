"""Documents that come in: checked, measured and typed, before they go into a claim's inbox."""

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from documents.accepted import check_content
from documents.reader import extract
from documents.result import DocumentText
from orchestration.rules.requirements import Requirements
from orchestration.services.context import ServiceContext
from reading.papers.classification import SURE, Classification
from shared.document_types import OTHER, type_named
from shared.errors import FieldError, InvalidInput, TooLarge
from shared.models.claim import ClaimContext, DocumentRecord
from shared.models.inbox import DocumentItem
from shared.models.requests import MAX_DOCUMENTS, DocumentInput
from shared.names import check_file_name

READING_SECONDS = 30.0
"""How long a request may wait for the texts of its documents; what is unread then is classified by name."""


@dataclass(frozen=True)
class NewDocument:
    """A document as it came: with its content, or as a reference into another system."""

    filename: str
    type: str | None
    content: bytes | None = None
    reference: str | None = None
    field: str = "filename"
    """Its place in the request, which error messages name."""
    required: Collection[str] = ()
    """Document types that its claim requires beside those of the requirement rules."""


@dataclass(frozen=True)
class CheckedDocument:
    """A document that may be added to a claim."""

    record: DocumentRecord
    content: bytes | None
    """None for a reference into another system."""

    @property
    def brought(self) -> tuple[DocumentItem, bytes | None]:
        """The document as the inbox takes it."""
        return DocumentItem(document=self.record), self.content


def given_documents(inputs: Iterable[str | DocumentInput]) -> list[NewDocument]:
    """The documents of a request that have a content or a reference; those that are only named are left out.

    Raises:
        InvalidInput: a content is no base64.
    """
    documents: list[NewDocument] = []
    for number, given in enumerate(inputs):
        field = f"documents.{number}"
        if isinstance(given, str) or given.is_named_only:
            continue
        content = given.text.encode() if given.text is not None else None
        if given.content_base64 is not None:
            content = _decoded(given.content_base64, f"{field}.content_base64")
        documents.append(NewDocument(given.filename, given.type, content, given.reference, field))
    return documents


def documents_for(context: ClaimContext, new: Iterable[NewDocument]) -> list[NewDocument]:
    """New documents together with the types that their claim itself requires, one of which a name may be."""
    required = context.required_documents

    def typed(document: NewDocument) -> NewDocument:
        named = type_named(document.filename)
        kind = document.type or (named if named in required else None)
        return replace(document, type=kind, required=required)

    return [typed(document) for document in new]


async def check_documents(services: ServiceContext, new: Sequence[NewDocument]) -> list[CheckedDocument]:
    """Check all documents of one request, in order, as `check_document` does.

    Raises:
        InvalidInput: there are too many, or one of them is wrong.
        TooLarge, UnsupportedMedia: as `check_document`.
    """
    if len(new) > MAX_DOCUMENTS:
        raise InvalidInput(f"a request brings at most {MAX_DOCUMENTS} documents; this one has {len(new)}")
    until = asyncio.get_running_loop().time() + READING_SECONDS
    return [await check_document(services, document, until) for document in new]


async def check_document(
    services: ServiceContext, new: NewDocument, until: float | None = None
) -> CheckedDocument:
    """Check a document, measure it, and find its type where none is given.

    The type is classified by the file name or, where that is not enough, by the text as well. The text is
    read up to the moment `until`, in the seconds of the event loop's clock.

    Raises:
        InvalidInput: its name or type is wrong, or it is empty.
        TooLarge: it is over MAX_DOCUMENT_BYTES.
        UnsupportedMedia: files of its kind are not taken.
    """
    try:
        filename = check_file_name(new.filename)
    except ValueError as error:
        raise _invalid(f"{new.field}.filename" if "." in new.field else new.field, str(error)) from None
    type_field = f"{new.field}.type" if "." in new.field else "type"
    check_document_type(services.requirements, new.type, type_field, new.required)
    content = new.content
    if content is not None:
        limit = services.settings.max_document_bytes
        if len(content) > limit:
            raise TooLarge(f"{new.field}: a document has at most {limit} bytes; this one has {len(content)}")
        if not content:
            raise _invalid(new.field, "the document is empty")
        check_content(filename, content)
    record = DocumentRecord(
        type=new.type or OTHER,
        filename=filename,
        size=len(content) if content is not None else None,
        sha256=hashlib.sha256(content).hexdigest() if content is not None else None,
        reference=new.reference,
        received_at=services.now(),
    )
    return CheckedDocument(
        record if new.type else await _classified(services, record, content, until), content
    )


async def _classified(
    services: ServiceContext, record: DocumentRecord, content: bytes | None, until: float | None
) -> DocumentRecord:
    by_name = services.classifier.classify(record.filename, "")
    if content is None or (by_name.type != OTHER and by_name.confidence >= SURE):
        return _typed(record, by_name)
    end = until or asyncio.get_running_loop().time() + READING_SECONDS
    try:
        async with asyncio.timeout_at(end):
            read = await extract(content)
    except TimeoutError:
        read = DocumentText(problem="reading it takes too long")
    typed = _typed(record, services.classifier.classify(record.filename, read.text))
    return typed.model_copy(update={"unreadable": read.problem})


def _typed(record: DocumentRecord, found: Classification) -> DocumentRecord:
    return record.model_copy(update={"type": found.type, "classification_confidence": found.confidence})


def check_document_type(
    requirements: Requirements, given: str | None, field: str, required: Collection[str] = ()
) -> None:
    """Refuse a document type that neither the rules nor the claim itself know.

    Args:
        requirements: the rules.
        given: the type; None, for a type that is still to be found, is taken.
        field: the place in the request that the error names.
        required: types that the claim itself requires.

    Raises:
        InvalidInput: there is no such type; the message lists those that there are.
    """
    known = [*dict.fromkeys([*requirements.document_types, *required])]
    if given is not None and given != OTHER and given not in known:
        raise _invalid(field, f"no such document type; one of {', '.join([*known, OTHER])}")


def _decoded(content: str, field: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise _invalid(field, "is no base64") from None


def _invalid(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"{field}: {message}", [FieldError(field=field, message=message)])
