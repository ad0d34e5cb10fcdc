"""HTTP: links by which a claimant's browser uploads what is missing, past the app."""

import azure.functions as func
from azure.durable_functions import Blueprint

from shared.clock import utc_now
from shared.errors import BadRequest, Conflict
from shared.session_store.opening import session_store
from shared.settings import settings
from triggers.http import route_table
from triggers.http.claim_queries import known
from triggers.http.idempotency import once
from triggers.http.responses import body_of, claim_id_of, json_answer
from triggers.http.routes import serves
from triggers.http.views import UploadLink, UploadLinks

blueprint = Blueprint()
HEADERS = {"x-ms-blob-type": "BlockBlob"}
"""What a storage account wants to know; the embedded host does without."""


@serves(blueprint, route_table.UPLOAD_LINKS, once)
async def create_upload_links(req: func.HttpRequest) -> func.HttpResponse:
    claim_id = claim_id_of(req)
    if body_of(req):
        raise BadRequest("this call takes no body")
    context = (await known(claim_id)).context
    if context.status.is_over:
        raise Conflict(f"{claim_id} is {context.status}; nothing can be added to it")
    until = utc_now() + settings().upload_link_ttl
    links: list[UploadLink] = []
    for missing in context.missing_documents:
        url = await session_store().uploads.link(claim_id, missing, until)
        if url is None:
            raise Conflict("uploads by link are not taken here; bring documents by a request")
        links.append(UploadLink(type=missing, url=url, headers=HEADERS, expires_at=until))
    return json_answer(UploadLinks(claim_id=claim_id, links=links))
