"""Sessions in Azure Blob Storage, in two containers and those of rejected uploads and erased sessions.

How a commit keeps its promises without a lock, request by request, stands in docs/session-persistence.md.
"""

from urllib.parse import quote

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.blob import StandardBlobTier

from shared.session_store import keys
from shared.session_store.account import OpenService
from shared.session_store.backend import Entry, Place
from shared.session_store.blob_commit import COMPACT_AT, GRACE, BlobCommits
from shared.session_store.blob_requests import BlobRequests, delete
from shared.session_store.blob_summaries import BlobSummaries

MOST_IN_BATCH = 256
_PRINTABLE = " !#$&'()*+,-./:;<=>?@[]^_`{|}~"
"""What stands in metadata as it is; all else is percent-encoded, since headers hold ASCII only."""


class BlobBackend:
    """A `Backend` on a storage account that any number of processes share."""

    def __init__(
        self,
        open_service: OpenService,
        *,
        session_container: str = "sessions",
        upload_container: str = "uploads",
        grace: float = GRACE,
        compact_at: int = COMPACT_AT,
    ) -> None:
        self.requests = requests = BlobRequests(
            open_service, session_container=session_container, upload_container=upload_container
        )
        self._commits = BlobCommits(requests, grace=grace, compact_at=compact_at)
        summaries = BlobSummaries(requests)
        self.commit = self._commits.commit
        self.write_summary = summaries.write
        self.known_summary = summaries.known
        self.forget_summary = summaries.forget
        self.list_summaries = summaries.list
        self.find_summaries = summaries.find
        self.upload_link = requests.upload_link
        self.close = requests.close

    async def read(self, place: Place, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        if place is Place.SESSIONS and end is not None and key.endswith(("/history.jsonl", "/audit.jsonl")):
            return await self._commits.read_log(key, start, end)
        return await self.requests.read(place, key, start, end)

    async def read_with_tag(self, place: Place, key: str) -> tuple[bytes, str] | None:
        claim_id = key.removesuffix("/context.json")
        if place is Place.SESSIONS and claim_id != key:
            return await self._commits.read_context(claim_id)
        return await self.requests.read_with_tag(place, key)

    async def write(
        self,
        place: Place,
        key: str,
        data: bytes,
        *,
        metadata: dict[str, str] | None = None,
    ) -> None:
        await self.requests.put(
            self.requests.blob(place, key),
            data,
            overwrite=True,
            metadata=metadata and {name: quote(value, safe=_PRINTABLE) for name, value in metadata.items()},
        )

    async def move(self, place: Place, source: str, target: str) -> bool:
        here, there = self.requests.blob(place, source), self.requests.blob(place, target)
        try:
            await self.requests.copy(here, there)
        except ResourceNotFoundError:
            return False
        return True

    async def delete(self, place: Place, key: str) -> None:
        await delete(self.requests.blob(place, key))

    async def delete_all(self, place: Place, names: list[str]) -> None:
        container = self.requests.container(place)
        for start in range(0, len(names), MOST_IN_BATCH):
            batch = names[start : start + MOST_IN_BATCH]
            if len(batch) == 1:
                await self.delete(place, batch[0])
                continue
            answers = await container.delete_blobs(
                *batch, delete_snapshots="include", raise_on_any_failure=False
            )
            async for answer in answers:
                if answer.status_code not in {202, 404}:
                    raise HttpResponseError(f"a blob was not deleted: {answer.status_code}", response=answer)

    async def delete_tree(self, place: Place, prefix: str) -> None:
        keys.check(prefix)
        await self.delete_all(place, [entry.key for entry in await self.list(place, prefix)])

    async def cool(self, place: Place, names: list[str]) -> None:
        container = self.requests.container(place)
        for start in range(0, len(names), MOST_IN_BATCH):
            batch = names[start : start + MOST_IN_BATCH]
            answers = await container.set_standard_blob_tier_blobs(
                StandardBlobTier.COOL, *batch, raise_on_any_failure=False
            )
            async for _ in answers:
                pass  # an account without tiers keeps them where they are

    # Last, since within the class `list` means this from here on.
    async def list(self, place: Place, prefix: str) -> list[Entry]:
        if prefix:
            keys.check(prefix)
        listed = self.requests.container(place).list_blobs(name_starts_with=f"{prefix}/" if prefix else None)
        try:
            return [Entry(blob.name, blob.size, blob.last_modified) async for blob in listed]
        except ResourceNotFoundError:
            return []
