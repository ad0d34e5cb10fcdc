"""Files that were put into the upload container: each becomes a document of its claim, or is set aside."""

import hashlib
import logging

from orchestration.durable.client import ClaimRunner
from orchestration.services.additions import Addition
from orchestration.services.context import ServiceContext
from orchestration.services.documents import CheckedDocument, NewDocument, check_document, documents_for
from shared.errors import ClaimsError, Conflict, InvalidInput
from shared.models.inbox import Rejection
from shared.names import check_claim_id
from shared.telemetry.log import log_event

logger = logging.getLogger(__name__)
LAYOUT = "an upload lies at <claim_id>/<document_type>/<file_name> or <claim_id>/<file_name>"
NO_CLAIM = "(no claim)"
"""Folder of the rejected files that lay in no claim's folder."""


async def take_upload(services: ServiceContext, client: ClaimRunner, key: str, content: bytes) -> None:
    """Add an uploaded file to its claim, or set it aside with the reason, and remove the upload.

    The upload is removed last, so that a file that comes in again after a crash is never lost; the same
    content counts once. A file may come before its claim. Of a file for an erased claim nothing is kept.

    Args:
        services: what use cases work with.
        client: wakes the claim.
        key: the file's name within the upload container, with its folders.
        content: the file's bytes.
    """
    store = services.store
    addition = None
    try:
        addition = await Addition.to(services, _claim_id(key))
        if addition.session is None and await store.erasures.was_erased(addition.claim_id):
            log_event(logger, "upload_of_erased", claim_id=addition.claim_id)
            await store.uploads.delete(key)
            return
        if addition.session and addition.context.status.is_over:
            raise Conflict(f"the claim is {addition.context.status}")
        document = await _checked(addition, key, content)
        addition.check_quota([document.record])
    except ClaimsError as error:
        log_event(logger, "upload_rejected", error=type(error).__name__)
        await _reject(services, client, addition, key, content, error.detail)
    else:
        await addition.leave(client, [document.brought])
    await store.uploads.delete(key)


def _claim_id(key: str) -> str:
    claim_id, slash, _ = key.partition("/")
    if not slash:
        raise InvalidInput(LAYOUT)
    try:
        return check_claim_id(claim_id)
    except ValueError as error:
        raise InvalidInput(str(error)) from None


async def _checked(addition: Addition, key: str, content: bytes) -> CheckedDocument:
    _, *folders, filename = key.split("/")
    if len(folders) > 1:
        raise InvalidInput(LAYOUT)
    new = NewDocument(filename, folders[0] if folders else None, content)
    if addition.session:
        [new] = documents_for(addition.context, [new])
    return await check_document(addition.services, new)


async def _reject(
    services: ServiceContext,
    client: ClaimRunner,
    addition: Addition | None,
    key: str,
    content: bytes,
    reason: str,
) -> None:
    await services.store.uploads.reject(key if "/" in key else f"{NO_CLAIM}/{key}", content, reason)
    if addition and addition.session and not addition.context.status.is_over:
        legible = key.rpartition("/")[2].encode("utf-8", "replace").decode()
        # The same id at every attempt, so that a rejection is on record once.
        item_id = f"rejected-{_digest(key, hashlib.sha256(content).hexdigest())}"
        item = Rejection(filename=legible, reason=reason)
        await services.store.inbox.put(addition.claim_id, item, entry_id=item_id)
        await addition.wake(client)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:48]
