"""Sessions in Azure Blob Storage, in two containers and those of rejected uploads and erased sessions.

How a commit keeps its promises without a lock, request by request, stands in docs/session-persistence.md.
"""

import base64
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from urllib.parse import quote

from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.storage.blob import BlobProperties, StandardBlobTier

from shared.session_store import object_names
from shared.session_store.backend import Area, Entry, Look
from shared.session_store.blob.account import OpenService
from shared.session_store.blob.commit import COMPACT_AT, GRACE, BlobCommits
from shared.session_store.blob.requests import BlobRequests, delete, etag_of
from shared.session_store.blob.summaries import BlobSummaries

_log = logging.getLogger(__name__)

MOST_IN_BATCH = 256
MOST_LISTED = 5 * 1024
"""Bytes of an object that are kept in its metadata as well; the service allows 8 KiB of them, in base64."""
_CONTENT = "content"
"""The metadata that holds it."""
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
        self._summaries = summaries = BlobSummaries(requests)
        self.commit = self._commits.commit
        self.write_summary = summaries.write
        self.known_summary = summaries.known
        self.forget_summary = summaries.forget
        self.list_summaries = summaries.page
        self.find_summaries = summaries.find
        self.upload_link = requests.upload_link
        self.close = requests.close

    async def read(self, place: Area, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        if place is Area.SESSIONS and end is not None and key.endswith(("/history.jsonl", "/audit.jsonl")):
            return await self._commits.read_log(key, start, end)
        return await self.requests.read(place, key, start, end)

    async def read_with_tag(self, place: Area, key: str) -> tuple[bytes, str] | None:
        claim_id = key.removesuffix("/context.json")
        if place is Area.SESSIONS and claim_id != key:
            return await self._commits.read_context(claim_id)
        return await self.requests.read_with_tag(place, key)

    async def write(
        self,
        place: Area,
        key: str,
        data: bytes,
        *,
        metadata: dict[str, str] | None = None,
        listed: bool = False,
    ) -> None:
        described = {name: quote(value, safe=_PRINTABLE) for name, value in (metadata or {}).items()}
        if listed and len(data) <= MOST_LISTED:
            described[_CONTENT] = base64.b64encode(data).decode()
        await self.requests.put(
            self.requests.blob(place, key),
            data,
            overwrite=True,
            metadata=described or None,
        )

    async def write_stream(self, place: Area, key: str, content: AsyncIterator[bytes]) -> None:
        await self.requests.put_stream(self.requests.blob(place, key), content)

    async def open_stream(self, place: Area, key: str) -> AsyncGenerator[bytes] | None:
        return await self.requests.open_stream(self.requests.blob(place, key))

    async def look(self, claim_id: str) -> Look:
        """One list of all that the claim has; it tells of session.json as well."""
        context, summary = object_names.context(claim_id), object_names.summary(claim_id)
        inbox = f"{object_names.inbox(claim_id)}/"
        tag, entries = None, list[Entry]()
        listed = self.requests.container(Area.SESSIONS).list_blobs(
            name_starts_with=f"{claim_id}/", include=["metadata"]
        )
        with suppress(ResourceNotFoundError):
            async for blob in listed:
                if blob.name == context:
                    tag = etag_of(blob.etag)
                elif blob.name == summary:
                    self._summaries.learn(claim_id, blob.metadata, etag_of(blob.etag))
                elif blob.name.startswith(inbox):
                    entries.append(_entry(blob))
        return Look(tag, entries)

    async def move(self, place: Area, source: str, target: str) -> bool:
        here, there = self.requests.blob(place, source), self.requests.blob(place, target)
        try:
            await self.requests.copy(here, there)
        except ResourceNotFoundError:
            return False
        return True

    async def delete(self, place: Area, key: str) -> None:
        await delete(self.requests.blob(place, key))

    async def delete_all(self, place: Area, names: list[str]) -> None:
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

    async def delete_tree(self, place: Area, prefix: str) -> None:
        object_names.check(prefix)
        await self.delete_all(place, [entry.key for entry in await self.list(place, prefix)])

    async def cool(self, place: Area, names: list[str]) -> None:
        container = self.requests.container(place)
        for start in range(0, len(names), MOST_IN_BATCH):
            batch = names[start : start + MOST_IN_BATCH]
            try:
                await container.set_standard_blob_tier_blobs(
                    StandardBlobTier.COOL, *batch, raise_on_any_failure=False
                )
            except AzureError as error:
                _log.warning("documents stay in the hot tier: %s", type(error).__name__)

    # Last, since within the class `list` means this from here on.
    async def list(self, place: Area, prefix: str) -> list[Entry]:
        if prefix:
            object_names.check(prefix)
        listed = self.requests.container(place).list_blobs(name_starts_with=f"{prefix}/" if prefix else None)
        try:
            return [_entry(blob) async for blob in listed]
        except ResourceNotFoundError:
            return []


def _entry(blob: BlobProperties) -> Entry:
    content = (blob.metadata or {}).get(_CONTENT)
    return Entry(
        blob.name, blob.size, blob.last_modified, None if content is None else base64.b64decode(content)
    )
