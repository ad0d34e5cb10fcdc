"""HTTP: links by which a claimant's browser uploads what is missing, past the services."""

import azure.functions as func

from orchestration.durable.client import DurableClient
from orchestration.services import upload_links
from orchestration.services.context import ServiceContext
from orchestration.services.keyed_requests import KeyedRequest
from shared.errors import BadRequest
from triggers.http.requests import claim_id_of
from triggers.http.responses import json_answer
from triggers.http.views import UploadLink, UploadLinks

HEADERS = {"x-ms-blob-type": "BlockBlob"}
"""What a storage account wants to know; the embedded host does without."""


async def create_upload_links(
    services: ServiceContext, req: func.HttpRequest, _: DurableClient, __: KeyedRequest | None
) -> func.HttpResponse:
    """`POST /claims/{claim_id}/upload-links`: a link for each missing document."""
    claim_id = claim_id_of(req)
    if req.get_body():
        raise BadRequest("this call takes no body")
    links = [
        UploadLink(type=link.type, url=link.url, headers=HEADERS, expires_at=link.expires_at)
        for link in await upload_links.create_upload_links(services, claim_id)
    ]
    return json_answer(UploadLinks(claim_id=claim_id, links=links))
