"""Blob upload: a file dropped into the upload container becomes a document of its claim.

`<claim_id>/<document_type>/<file_name>`, or `<claim_id>/<file_name>` to be classified. Delivered at
least once: the file leaves the container only when it is safe in the session.
"""

import logging

import azure.functions as func
from azure.durable_functions import Blueprint, DurableFunctionsClient

from orchestration.clockwork import Clockwork
from shared.errors import ClaimsError, Conflict, InvalidInput
from shared.models import Rejection
from shared.names import check_claim_id
from shared.settings import settings
from shared.storage import session_store
from triggers.documents import CheckedDocument, NewDocument, check_document, leave_document

logger = logging.getLogger(__name__)
blueprint = Blueprint()


@blueprint.blob_trigger(  # pyright: ignore[reportUnknownMemberType]
    arg_name="upload",
    path=f"{settings().upload_container}/{{name}}",
    connection="SessionStorage",
    source=func.BlobSource.EVENT_GRID,
)
@blueprint.durable_client_input(client_name="client")
async def resume_on_upload(upload: func.InputStream, client: DurableFunctionsClient) -> None:
    store = session_store()
    key = str(upload.name).partition("/")[2]
    content = upload.read()
    claim_id = None
    try:
        claim_id, document = _check(key, content)
        session = await store.load_session(claim_id)
        if session and session.context.status.is_over:
            raise Conflict(f"the claim is {session.context.status}")
    except ClaimsError as error:
        await store.reject_upload(key, content, error.detail)
        if claim_id and await store.session_exists(claim_id):
            rejection = Rejection(filename=key.rpartition("/")[2], reason=error.detail)
            await store.put_arrival(claim_id, rejection)
            await Clockwork(client).wake(claim_id)
        logger.warning("an upload was rejected: %s", type(error).__name__)
        return
    # The checksum names the arrival, so that the same delivery twice is one.
    arrival_id = f"upload-{document.record.sha256}"[:64]
    await leave_document(store, claim_id, document, arrival_id)
    await store.delete_upload(key)
    if session:
        await Clockwork(client).wake(claim_id)


def _check(key: str, content: bytes) -> tuple[str, CheckedDocument]:
    claim_id, *folders, filename = key.split("/")
    if len(folders) > 1 or not filename or claim_id == key:
        raise InvalidInput(
            "an upload lies at <claim_id>/<document_type>/<file_name> or <claim_id>/<file_name>"
        )
    try:
        check_claim_id(claim_id)
    except ValueError as error:
        raise InvalidInput(str(error)) from None
    kind = folders[0] if folders else None
    return claim_id, check_document(NewDocument(filename, kind, content))
