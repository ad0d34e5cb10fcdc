"""Documents at the edge: checked, typed and left in the claim's inbox."""

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from documents import DocumentText, extract
from documents.accepted import check_content
from orchestration.rules.requirements import requirements
from reading.papers.classification import SURE, Classification, classifier
from shared.clock import utc_now
from shared.document_types import OTHER, type_named
from shared.errors import FieldError, InvalidInput, TooLarge
from shared.models.claim import ClaimContext, DocumentRecord
from shared.models.inbox import DocumentItem
from shared.models.requests import MAX_DOCUMENTS, DocumentInput
from shared.names import check_file_name
from shared.session_store import SessionStore
from shared.settings import settings

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
    """Where it stood in the request, for what is said about it."""
    required: Collection[str] = ()
    """The types that its claim itself requires; they are taken beside those of the rules."""


@dataclass(frozen=True)
class CheckedDocument:
    record: DocumentRecord
    content: bytes | None


def given_documents(inputs: Iterable[str | DocumentInput]) -> list[NewDocument]:
    """Those of a request's documents that bring something; one that is only named brings nothing.

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
    """Documents for a claim: one whose name is that of a type that the claim itself requires is of it."""
    required = context.required_documents

    def typed(document: NewDocument) -> NewDocument:
        named = type_named(document.filename)
        kind = document.type or (named if named in required else None)
        return replace(document, type=kind, required=required)

    return [typed(document) for document in new]


async def check_documents(new: Sequence[NewDocument]) -> list[CheckedDocument]:
    """All documents of a request, each as `check_document` gives it.

    Raises:
        InvalidInput: there are too many, or one of them is wrong.
    """
    if len(new) > MAX_DOCUMENTS:
        raise InvalidInput(f"a request brings at most {MAX_DOCUMENTS} documents; this one has {len(new)}")
    until = asyncio.get_running_loop().time() + READING_SECONDS
    return [await check_document(document, until) for document in new]


async def check_document(new: NewDocument, until: float | None = None) -> CheckedDocument:
    """The document with its type, size and checksum.

    A type that is not given is classified from the name or, where that does not say enough, from the
    text as well, as far as it can be read `until` then, by the clock of the event loop.

    Raises:
        InvalidInput: name or type is wrong, or it is empty.
        TooLarge: it is over MAX_DOCUMENT_BYTES.
        UnsupportedMedia: it is of a kind that is not taken.
    """
    try:
        filename = check_file_name(new.filename)
    except ValueError as error:
        raise _invalid(f"{new.field}.filename" if "." in new.field else new.field, str(error)) from None
    check_document_type(new.type, f"{new.field}.type" if "." in new.field else "type", new.required)
    content = new.content
    if content is not None:
        limit = settings().max_document_bytes
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
        received_at=utc_now(),
    )
    typed = record if new.type else await _classified(record, content, until)
    return CheckedDocument(typed, content)


async def _classified(record: DocumentRecord, content: bytes | None, until: float | None) -> DocumentRecord:
    classify = classifier(frozenset(requirements().document_types)).classify
    by_name = classify(record.filename, "")
    if content is None or (by_name.type != OTHER and by_name.confidence >= SURE):
        return _typed(record, by_name)
    end = until or asyncio.get_running_loop().time() + READING_SECONDS
    try:
        async with asyncio.timeout_at(end):
            read = await extract(content)
    except TimeoutError:
        read = DocumentText(problem="reading it takes too long")
    typed = _typed(record, classify(record.filename, read.text))
    return typed.model_copy(update={"unreadable": read.problem})


def _typed(record: DocumentRecord, found: Classification) -> DocumentRecord:
    return record.model_copy(update={"type": found.type, "classification_confidence": found.confidence})


def check_document_type(given: str | None, field: str, required: Collection[str] = ()) -> None:
    """Refuse a type that neither a rule knows nor the claim itself requires.

    Raises:
        InvalidInput: naming the types that there are.
    """
    known = [*dict.fromkeys([*requirements().document_types, *required])]
    if given is not None and given != OTHER and given not in known:
        raise _invalid(field, f"no such document type; one of {', '.join([*known, OTHER])}")


async def leave_document(
    store: SessionStore, claim_id: str, document: CheckedDocument, arrival_id: str | None = None
) -> None:
    """Put a checked document into the claim's inbox."""
    await store.inbox.put(claim_id, *brought(document), arrival_id)


def brought(document: CheckedDocument) -> tuple[DocumentItem, bytes | None]:
    """A checked document as the inbox takes it."""
    return DocumentItem(document=document.record), document.content


def _decoded(content: str, field: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise _invalid(field, "is no base64") from None


def _invalid(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"{field}: {message}", [FieldError(field=field, message=message)])
