"""Requests to a storage account: the clients behind them, the containers, and single blobs."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import StorageErrorCode
from azure.storage.blob.aio import BlobClient, ContainerClient, StorageStreamDownloader

from shared.event_loops import at_end_of_loop
from shared.session_store import object_names
from shared.session_store.backend import Area, Containers
from shared.session_store.blob.account import OpenService, Service

CONDITIONS_FAILED = {404, 409, 412}
"""Status codes of the answers to a request whose condition did not hold."""
MOST_REPAIRS = 5
"""How often a write is begun anew because other writers came in between."""


class BlobRequests:
    """The account as the rest of the backend sees it; a container is made once a write finds it missing."""

    def __init__(self, open_service: OpenService, containers: Containers) -> None:
        self._open_service = open_service
        self._containers = containers
        self._index_name = f"{containers.sessions}-index"
        # A client belongs to the event loop that it was first used in.
        self._services: dict[asyncio.AbstractEventLoop, Service] = {}

    async def close(self) -> None:
        """Close the connections of the running event loop."""
        opened = self._services.pop(asyncio.get_running_loop(), None)
        if opened:
            service, credential = opened
            await service.close()
            if credential:
                await credential.close()

    def service(self) -> Service:
        """The client of the running event loop, with the app's identity where it signs in by one."""
        loop = asyncio.get_running_loop()
        if loop not in self._services:
            self._services[loop] = self._open_service()
            at_end_of_loop(self.close)
        return self._services[loop]

    def container(self, area: Area) -> ContainerClient:
        """The container of an area."""
        return self.service()[0].get_container_client(self._containers.of(area))

    def blob(self, area: Area, key: str) -> BlobClient:
        """The blob of an object.

        Raises:
            ValueError: the key would lead out of its area.
        """
        object_names.check(key, is_flat=True)  # `CLM-1/` is a blob: many tools mark a folder by one
        return self.service()[0].get_blob_client(self._containers.of(area), key)

    def index_container(self) -> ContainerClient:
        """The container of the index entries."""
        return self.service()[0].get_container_client(self._index_name)

    def index(self, entry: str) -> BlobClient:
        """The blob of an index entry."""
        return self.service()[0].get_blob_client(self._index_name, entry)

    async def download(
        self, blob: BlobClient, start: int = 0, end: int | None = None, tag: str | None = None
    ) -> tuple[bytes, str]:
        """The bytes [start, end) of a blob, or all of it, and its ETag, which must be `tag` where given.

        Raises:
            ResourceNotFoundError: there is no such blob.
            ResourceModifiedError: it has another ETag.
        """
        length = None if end is None else end - start
        download = cast(Callable[..., Awaitable[StorageStreamDownloader[bytes]]], blob.download_blob)
        try:
            stream = await download(offset=None if length is None else start, length=length, **if_same(tag))
            return await stream.readall(), etag_of(stream.properties.etag)
        except HttpResponseError as error:
            if code_of(error) != StorageErrorCode.INVALID_RANGE:
                raise
            return b"", tag or ""

    async def read_with_tag(
        self, area: Area, key: str, start: int = 0, end: int | None = None
    ) -> tuple[bytes, str] | None:
        """The bytes [start, end) of an object, or all of it, with its ETag; None where there is none."""
        try:
            return await self.download(self.blob(area, key), start, end)
        except ResourceNotFoundError:
            return None

    async def read(self, area: Area, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        """The bytes [start, end) of an object, or all of it; None where there is no such object."""
        found = await self.read_with_tag(area, key, start, end)
        return found and found[0]

    async def put(self, blob: BlobClient, data: bytes, **options: Any) -> str:
        """Write a blob as a whole, with further `options` of the SDK's upload, and return its ETag."""
        answer = await self.with_container(blob, lambda: blob.upload_blob(data, **options))
        return etag_of(answer["etag"])

    async def put_if(self, tag: str | None, blob: BlobClient, data: bytes, **options: Any) -> str:
        """Write a blob that still has that ETag, or for None is not there yet, and return its new ETag.

        Raises:
            HttpResponseError: the condition did not hold; the status code is one of `CONDITIONS_FAILED`.
        """
        if tag is None:
            return await self.put(blob, data, match_condition=MatchConditions.IfMissing, **options)
        return await self.put(blob, data, overwrite=True, **if_same(tag), **options)

    async def delete(self, blob: BlobClient, tag: str | None = None) -> None:
        """Remove a blob if it is there, and only the one of that ETag where one is given.

        Raises:
            ResourceModifiedError: it has another ETag.
        """
        with suppress(ResourceNotFoundError):
            await blob.delete_blob(delete_snapshots="include", **if_same(tag))

    async def with_container[T](self, blob: BlobClient, request: Callable[[], Awaitable[T]]) -> T:
        """Make the container where a request finds it missing, and repeat the request."""
        try:
            return await request()
        except ResourceNotFoundError as error:
            if code_of(error) != StorageErrorCode.CONTAINER_NOT_FOUND:
                raise
        with suppress(ResourceExistsError):
            await self.service()[0].get_container_client(blob.container_name).create_container()
        return await request()


def if_same(tag: str | None) -> dict[str, Any]:
    """The condition of a request that the blob still has that ETag; none for None."""
    return {"etag": tag, "match_condition": MatchConditions.IfNotModified} if tag else {}


def code_of(error: HttpResponseError) -> str:
    """The service's own code of an error; empty where it gave none."""
    code = getattr(error, "error_code", "")
    return str(getattr(code, "value", code))


def etag_of(quoted: str | None) -> str:
    """An ETag in the form that conditions take; a list gives it without quotes.

    Raises:
        ValueError: the service gave none.
    """
    if quoted is None:
        raise ValueError("the service gave no ETag")
    return f'"{quoted.strip('"')}"'
