"""A backend on Azure Blob Storage, in containers for sessions, uploads, rejected uploads and erased sessions.

How a commit keeps its promises without a lock, request by request, stands in docs/session-persistence.md.
"""

from shared.session_store.backend import CommitLog, Containers, Objects, Summaries, UploadLinks
from shared.session_store.blob.account import OpenService
from shared.session_store.blob.commits import COMPACT_AT, GRACE, BlobCommits
from shared.session_store.blob.links import BlobUploadLinks
from shared.session_store.blob.objects import BlobObjects
from shared.session_store.blob.requests import BlobRequests
from shared.session_store.blob.summaries import BlobLimits, BlobSummaries


class BlobBackend:
    """A `Backend` on a storage account that any number of processes share."""

    def __init__(
        self,
        open_service: OpenService,
        containers: Containers | None = None,
        *,
        grace: float = GRACE,
        compact_at: int = COMPACT_AT,
        limits: BlobLimits | None = None,
    ) -> None:
        self.requests = BlobRequests(open_service, containers or Containers())
        self.objects: Objects = BlobObjects(self.requests)
        summaries = BlobSummaries(self.requests, limits or BlobLimits())
        self.summaries: Summaries = summaries
        self.commits: CommitLog = BlobCommits(self.requests, summaries, grace=grace, compact_at=compact_at)
        self.upload_links: UploadLinks | None = BlobUploadLinks(self.requests)

    async def close(self) -> None:
        """Close the connections of the running event loop."""
        await self.requests.close()
