"""Links by which a claimant's browser uploads what is missing, past the app."""

from dataclasses import dataclass
from datetime import datetime

from orchestration.services.claim_queries import load_claim
from orchestration.services.context import ServiceContext
from shared.errors import Conflict


@dataclass(frozen=True)
class UploadLink:
    """Whoever has the link may upload one file of one document type until it expires, and nothing else."""

    type: str
    url: str
    expires_at: datetime


async def create_upload_links(services: ServiceContext, claim_id: str) -> list[UploadLink]:
    """A link for each document that the claim misses.

    Raises:
        NotFound: there is no such claim.
        Conflict: the claim is over, or this installation takes no uploads by link.
    """
    context = (await load_claim(services.store, claim_id)).context
    if context.status.is_over:
        raise Conflict(f"{claim_id} is {context.status}; nothing can be added to it")
    until = services.now() + services.settings.upload_link_ttl
    links: list[UploadLink] = []
    for missing in context.missing_documents:
        url = await services.store.uploads.link(claim_id, missing, until)
        if url is None:
            raise Conflict("uploads by link are not taken here; bring documents by a request")
        links.append(UploadLink(missing, url, until))
    return links
