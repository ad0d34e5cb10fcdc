"""What the tests save."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shared.clock import utc_now
from shared.errors import RevisionConflict
from shared.models.audit import audit_entries
from shared.models.claim import ClaimContext, DocumentRecord, Message
from shared.models.inbox import DocumentItem
from shared.models.requests import Submission
from shared.models.transitions import transitions
from shared.session_store import Sealer, Session, SessionStore
from shared.session_store.backend import Area, Backend
from shared.session_store.streams import pieces, whole


def new_context(claim_id: str = "CLM-1", **fields: Any) -> ClaimContext:
    submission = Submission(narrative="Hit from behind at the lights on Größe Straße, 漢字.")
    return ClaimContext(
        claim_id=claim_id, created_at=utc_now(), submission=submission, submission_sha256="0" * 64, **fields
    )


def message(text: str) -> Message:
    return Message(role="assistant", content=text, name="intake_coordinator", metadata={"step": text})


async def begin(store: SessionStore, context: ClaimContext, messages: Sequence[Message] = ()) -> Session:
    """Save a claim that is new, with what that is for its audit trail."""
    acts = audit_entries(transitions(None, context), context)
    return await store.save_session(context, messages, acts=acts)


async def step(
    store: SessionStore, session: Session, messages: Sequence[Message] = (), **fields: Any
) -> Session:
    """Save a step that sets these fields, with what that is for the claim's audit trail."""
    after = changed(session, **fields)
    acts = audit_entries(transitions(session.context, after.context), after.context)
    return await store.save_session(after, messages, acts=acts)


def changed(session: Session, **fields: Any) -> Session:
    """The session as a step that set these fields would save it."""
    return replace(session, context=session.context.model_copy(update=fields))


def record(filename: str, *, sha256: str | None = None, kind: str = "repair_estimate") -> DocumentRecord:
    return DocumentRecord(type=kind, filename=filename, sha256=sha256, received_at=utc_now())


def document_item(document: DocumentRecord) -> DocumentItem:
    return DocumentItem(document=document)


async def load(store: SessionStore, claim_id: str = "CLM-1") -> Session:
    session = await store.load_session(claim_id)
    assert session is not None
    return session


async def texts(store: SessionStore, session: Session) -> list[str]:
    return [message.content for message in await store.history.read(session)]


async def add_until_saved(store: SessionStore, text: str, claim_id: str = "CLM-1") -> None:
    """Add one message as a writer does that others may outrun."""
    while True:
        try:
            await store.save_session(await load(store, claim_id), [message(text)])
        except RevisionConflict:
            await asyncio.sleep(0)
        else:
            return


async def sealed(sealer: Sealer, name: str, content: bytes) -> bytes:
    """A document as it is stored."""
    return await whole(sealer.seal_document(name, content))


async def opened(sealer: Sealer, name: str, stored: bytes, digest: str | None = None) -> bytes:
    """A document that is stored so."""
    return await whole(sealer.open_document(name, pieces(stored), digest))


async def stored(backend: Backend, key: str, area: Area = Area.SESSIONS) -> bytes:
    data = await backend.objects.read(area, key)
    assert data is not None
    return data


async def keys(backend: Backend, area: Area = Area.SESSIONS, prefix: str = "") -> list[str]:
    return [entry.key for entry in await backend.objects.list(area, prefix)]
