"""Objects as blobs of a storage account."""

import asyncio
import base64
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from functools import partial
from itertools import batched
from urllib.parse import quote
from uuid import uuid4

from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.storage.blob import BlobBlock, BlobProperties, StandardBlobTier

from shared.session_store import object_names
from shared.session_store.backend import Area, Entry, PreconditionFailed
from shared.session_store.blob.requests import CONDITIONS_FAILED, BlobRequests
from shared.session_store.streams import Reader

_log = logging.getLogger(__name__)

BLOCK = 2**20
"""Bytes of a large blob that pass in one request."""
LISTED_BYTES = 5 * 1024
"""Bytes of an object that are kept in its metadata as well; the service allows 8 KiB of them, in base64."""
_MOST_IN_BATCH = 256
_COPY_POLL = 0.1
_STORAGE_SCOPE = "https://storage.azure.com/.default"
_CONTENT = "content"
"""The metadata that holds an object's content."""
_PRINTABLE = " !#$&'()*+,-./:;<=>?@[]^_`{|}~"
"""What stands in metadata as it is; all else is percent-encoded, since headers hold ASCII only."""


class BlobObjects:
    """The `Objects` of a storage account."""

    def __init__(self, requests: BlobRequests) -> None:
        self._requests = requests

    async def read(self, area: Area, key: str) -> bytes | None:
        """The content of a blob; None where there is none."""
        return await self._requests.read(area, key)

    async def read_with_tag(self, area: Area, key: str) -> tuple[bytes, str] | None:
        """The content of a blob with its ETag; None where there is none."""
        return await self._requests.read_with_tag(area, key)

    async def write_if(self, area: Area, key: str, data: bytes, *, expected: str | None) -> str:
        """Put a blob on the condition of its ETag; where an answer was lost, what is stored is looked at.

        Raises:
            PreconditionFailed: it has another ETag.
        """
        try:
            return await self._requests.put_if(expected, self._requests.blob(area, key), data)
        except HttpResponseError as error:
            if error.status_code not in CONDITIONS_FAILED:
                raise
        found = await self.read_with_tag(area, key)
        if found and found[0] == data:
            return found[1]
        raise PreconditionFailed(f"{key} is not the one that was read")

    async def exists(self, area: Area, key: str) -> bool:
        """Whether there is such a blob."""
        return await self._requests.blob(area, key).exists()

    async def write(
        self, area: Area, key: str, data: bytes, *, reason: str | None = None, listed: bool = False
    ) -> None:
        """Put a blob as a whole; what is `listed` and small is kept in its metadata as well."""
        metadata: dict[str, str] = {}
        if reason is not None:
            metadata["reason"] = quote(reason, safe=_PRINTABLE)
        if listed and len(data) <= LISTED_BYTES:
            metadata[_CONTENT] = base64.b64encode(data).decode()
        await self._requests.put(self._requests.blob(area, key), data, overwrite=True, metadata=metadata)

    async def write_stream(self, area: Area, key: str, content: AsyncIterator[bytes]) -> None:
        """Put an object in blocks, which become the blob all at once; a small one in one request."""
        blob, reader = self._requests.blob(area, key), Reader(content)
        block = await reader.take(BLOCK)
        if not await reader.peek(1):
            await self._requests.put(blob, block, overwrite=True)
            return
        mark, ids = uuid4().hex, list[BlobBlock]()
        while block:
            ids.append(BlobBlock(f"{mark}{len(ids):08}"))
            await self._requests.with_container(blob, partial(blob.stage_block, ids[-1].id, block))
            block = await reader.take(BLOCK)
        await blob.commit_block_list(ids)

    async def open_stream(self, area: Area, key: str) -> AsyncGenerator[bytes] | None:
        """The content block by block, each on the condition that the blob is still the same."""
        blob = self._requests.blob(area, key)
        try:
            block, tag = await self._requests.download(blob, 0, BLOCK)
        except ResourceNotFoundError:
            return None

        async def read(block: bytes) -> AsyncGenerator[bytes]:
            start = len(block)
            yield block
            while len(block) == BLOCK:
                block, _ = await self._requests.download(blob, start, start + BLOCK, tag)
                start += len(block)
                yield block

        return read(block)

    async def move(self, area: Area, source: str, target: str) -> bool:
        """Copy within the service: the content does not pass through here, and the source stays."""
        here, there = self._requests.blob(area, source), self._requests.blob(area, target)
        _, credential = self._requests.service()
        try:
            if credential is not None:
                token = await credential.get_token(_STORAGE_SCOPE)
                await there.start_copy_from_url(
                    here.url, requires_sync=True, source_authorization=f"Bearer {token.token}"
                )
                return True
            status = (await there.start_copy_from_url(here.url))["copy_status"]
            while status == "pending":
                await asyncio.sleep(_COPY_POLL)
                status = (await there.get_blob_properties()).copy.status
        except ResourceNotFoundError:
            return False
        if status != "success":
            raise HttpResponseError(f"a copy within the account ended as {status}")
        return True

    async def delete(self, area: Area, *keys: str) -> None:
        """Remove blobs, by batch requests where they are several."""
        container = self._requests.container(area)
        for batch in batched(keys, _MOST_IN_BATCH, strict=False):
            if len(batch) == 1:
                await self._requests.delete(self._requests.blob(area, batch[0]))
                continue
            answers = await container.delete_blobs(
                *batch, delete_snapshots="include", raise_on_any_failure=False
            )
            async for answer in answers:
                if answer.status_code not in {202, 404}:
                    raise HttpResponseError(f"a blob was not deleted: {answer.status_code}", response=answer)

    async def delete_tree(self, area: Area, prefix: str) -> None:
        """List the blobs under a prefix and remove them."""
        object_names.check(prefix)
        await self.delete(area, *(entry.key for entry in await self.list(area, prefix)))

    async def cool(self, area: Area, *keys: str) -> None:
        """Move blobs to the cool tier."""
        container = self._requests.container(area)
        for batch in batched(keys, _MOST_IN_BATCH, strict=False):
            try:
                await container.set_standard_blob_tier_blobs(
                    StandardBlobTier.COOL, *batch, raise_on_any_failure=False
                )
            except AzureError as error:
                _log.warning("documents stay in the hot tier: %s", type(error).__name__)

    # Last, since within the class `list` means this from here on.
    async def list(self, area: Area, prefix: str) -> list[Entry]:
        """All blobs under a prefix, ordered by key."""
        if prefix:
            object_names.check(prefix)
        listed = self._requests.container(area).list_blobs(name_starts_with=f"{prefix}/" if prefix else None)
        try:
            return [entry_of(blob) async for blob in listed]
        except ResourceNotFoundError:
            return []


def entry_of(blob: BlobProperties) -> Entry:
    """A blob of a list, with its content where that is in its metadata."""
    listed = (blob.metadata or {}).get(_CONTENT)
    content = None if listed is None else base64.b64decode(listed)
    return Entry(blob.name, blob.size, blob.last_modified, content)
