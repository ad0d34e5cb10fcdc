"""Bringing a claim what it waits for: documents and answers."""

from collections.abc import Sequence

from orchestration.durable.client import ClaimRunner
from orchestration.rules.requirements import Requirements
from orchestration.services.additions import Addition
from orchestration.services.context import ServiceContext
from orchestration.services.documents import (
    NewDocument,
    check_document_type,
    check_documents,
    documents_for,
)
from orchestration.services.keyed_requests import KeyedRequest
from shared.errors import FieldError, InvalidInput
from shared.models.claim import ClaimStatus, DocumentRecord
from shared.models.inbox import NoteItem, Nudge
from shared.models.requests import Note


async def continue_claim(
    services: ServiceContext,
    client: ClaimRunner,
    claim_id: str,
    documents: Sequence[NewDocument] = (),
    notes: Sequence[Note] = (),
    request: KeyedRequest | None = None,
) -> list[DocumentRecord]:
    """Add documents and notes to a claim, all of them or none, and let the claim go on.

    Without documents and notes, a claim that failed goes on from its last step. A note is the answer to
    missing information, or to a document that may be described instead.

    Returns:
        The documents as they were taken.

    Raises:
        NotFound: there is no such claim.
        Conflict: the claim is over, or has no room for more documents.
        TooManyRequests: too much waits in its inbox.
        InvalidInput, TooLarge, UnsupportedMedia: a note or a document is wrong.
    """
    addition = await Addition.to(services, claim_id, request)
    addition.check_open()
    for number, note in enumerate(notes):
        _check_note(services.requirements, note, f"notes.{number}.type")
    checked = await check_documents(services, documents_for(addition.context, documents))
    records = [document.record for document in checked]
    if checked or notes:
        addition.check_quota(records)
        answers = [(NoteItem(note=note), None) for note in notes]
        await addition.leave(client, [*(document.brought for document in checked), *answers])
    elif addition.context.status is ClaimStatus.FAILED:
        await addition.leave(client, Nudge())
    else:
        await addition.wake(client)
    return records


def _check_note(requirements: Requirements, note: Note, field: str) -> None:
    if note.type in requirements.information:
        return
    try:
        check_document_type(requirements, note.type, field)
    except InvalidInput:
        known = ", ".join([*requirements.information, *requirements.document_types, "other"])
        error = FieldError(field=field, message=f"a note answers one of {known}")
        raise InvalidInput(f"{field} is wrong", [error]) from None
