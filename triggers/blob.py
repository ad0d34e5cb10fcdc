"""Blob upload: a file dropped into the upload container becomes a document of its claim.

`<claim_id>/<document_type>/<file_name>`, or `<claim_id>/<file_name>` to be classified. Delivered at
least once: the file leaves the container only when it is safe in the session, and the same bytes count once.
Of what comes for an erased claim nothing is kept.
"""

import hashlib
import logging

import azure.functions as func
from azure.durable_functions import Blueprint

from orchestration.durable.client import DurableClient
from orchestration.durable.client_input import bind_durable_client
from orchestration.services.documents import (
    CheckedDocument,
    NewDocument,
    check_document,
    documents_for,
    leave_document,
)
from orchestration.services.quota import check_room
from shared.errors import ClaimsError, Conflict, InvalidInput
from shared.models.inbox import Rejection
from shared.names import check_claim_id
from shared.session_store import Session
from shared.session_store.opening import session_store
from shared.settings import settings
from shared.telemetry.log import log_event

logger = logging.getLogger(__name__)
blueprint = Blueprint()
PLACE = "an upload lies at <claim_id>/<document_type>/<file_name> or <claim_id>/<file_name>"
NO_CLAIM = "(no claim)"
"""Where rejected files lie that were in no claim's folder."""


@blueprint.blob_trigger(  # pyright: ignore[reportUnknownMemberType]
    arg_name="upload",
    path=f"{settings().upload_container}/{{name}}",
    connection="SessionStorage",
    source=func.BlobSource.EVENT_GRID,
)
@bind_durable_client(blueprint)
async def resume_on_upload(upload: func.InputStream, durable_client: DurableClient) -> None:
    store = session_store()
    key = str(upload.name).partition("/")[2]
    content = upload.read()
    session = None
    try:
        claim_id = _claim_id(key)
        session, waiting = await store.load_with_inbox(claim_id)
        if session is None and await store.erasures.was_erased(claim_id):
            log_event(logger, "upload_of_erased", claim_id=claim_id)
            await store.uploads.delete(key)
            return
        if session and session.context.status.is_over:
            raise Conflict(f"the claim is {session.context.status}")
        document = await _document(key, content, session)
        check_room(session and session.context, waiting, [document])
    except ClaimsError as error:
        log_event(logger, "upload_rejected", error=type(error).__name__)
        await _reject(key, content, error.detail, session)
    else:
        await leave_document(store, claim_id, document)
        # The claim may have come while its document did.
        session = session or await store.load_session(claim_id)
    await store.uploads.delete(key)
    if session and not session.context.status.is_over:
        await durable_client.wake(session.context.claim_id)


def _claim_id(key: str) -> str:
    """
    Raises:
        InvalidInput: the key is none of a claim's document.
    """
    claim_id, slash, _ = key.partition("/")
    if not slash:
        raise InvalidInput(PLACE)
    try:
        return check_claim_id(claim_id)
    except ValueError as error:
        raise InvalidInput(str(error)) from None


async def _document(key: str, content: bytes, session: Session | None) -> CheckedDocument:
    """
    Raises:
        InvalidInput, TooLarge, UnsupportedMedia: as `check_document`, or the key has too many parts.
    """
    _, *folders, filename = key.split("/")
    if len(folders) > 1:
        raise InvalidInput(PLACE)
    new = NewDocument(filename, folders[0] if folders else None, content)
    return await check_document(documents_for(session.context, [new])[0] if session else new)


async def _reject(key: str, content: bytes, reason: str, session: Session | None) -> None:
    store = session_store()
    await store.uploads.reject(key if "/" in key else f"{NO_CLAIM}/{key}", content, reason)
    if session and not session.context.status.is_over:
        legible = key.rpartition("/")[2].encode("utf-8", "replace").decode()
        entry_id = f"rejected-{_digest(key, hashlib.sha256(content).hexdigest())}"
        rejection = Rejection(filename=legible, reason=reason)
        await store.inbox.put(session.context.claim_id, rejection, entry_id=entry_id)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:48]
