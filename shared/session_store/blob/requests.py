"""Requests to a storage account: the clients behind them, the containers, and objects whole or in part."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, cast
from uuid import uuid4

from azure.core import MatchConditions
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobBlock, BlobSasPermissions, StorageErrorCode, generate_blob_sas
from azure.storage.blob.aio import BlobClient, BlobServiceClient, ContainerClient, StorageStreamDownloader

from shared.clock import utc_now
from shared.event_loops import at_end_of_loop
from shared.session_store import object_names
from shared.session_store.backend import Area
from shared.session_store.blob.account import OpenService
from shared.session_store.streams import Reader

CONDITIONS_FAILED = {404, 409, 412}
"""Answers to a request whose condition did not hold."""
COPY_POLL = 0.1
BLOCK = 2**20
"""Bytes of a large blob that pass in one request."""
STORAGE_SCOPE = "https://storage.azure.com/.default"


class BlobRequests:
    """The account as the rest of the backend sees it; a container is made once a write finds it missing."""

    def __init__(self, open_service: OpenService, *, session_container: str, upload_container: str) -> None:
        self._open_service = open_service
        self._names = {
            Area.SESSIONS: session_container,
            Area.UPLOADS: upload_container,
            Area.REJECTED: f"{upload_container}-rejected",
            Area.ERASED: f"{session_container}-erased",
        }
        self._index_name = f"{session_container}-index"
        # A client belongs to the event loop that it was first used in.
        self._services: dict[
            asyncio.AbstractEventLoop, tuple[BlobServiceClient, AsyncTokenCredential | None]
        ] = {}

    async def close(self) -> None:
        opened = self._services.pop(asyncio.get_running_loop(), None)
        if opened:
            service, credential = opened
            await service.close()
            if credential:
                await credential.close()

    def container(self, place: Area) -> ContainerClient:
        return self._service().get_container_client(self._names[place])

    def blob(self, place: Area, key: str) -> BlobClient:
        object_names.check(key, is_flat=True)  # `CLM-1/` is a blob: many tools mark a folder by one
        return self._service().get_blob_client(self._names[place], key)

    def index_container(self) -> ContainerClient:
        return self._service().get_container_client(self._index_name)

    def index(self, entry: str) -> BlobClient:
        return self._service().get_blob_client(self._index_name, entry)

    async def read(self, place: Area, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        """As the backend's."""
        if end is not None and end <= start:
            return b"" if await self.blob(place, key).exists() else None
        length = None if end is None else end - start
        try:
            stream = await self.blob(place, key).download_blob(
                offset=start if start or length is not None else None, length=length
            )
            return await stream.readall()
        except ResourceNotFoundError:
            return None
        except HttpResponseError as error:
            if code_of(error) == StorageErrorCode.INVALID_RANGE:
                return b""
            raise

    async def read_with_tag(self, place: Area, key: str) -> tuple[bytes, str] | None:
        try:
            stream = await self.blob(place, key).download_blob()
            return await stream.readall(), etag_of(stream.properties.etag)
        except ResourceNotFoundError:
            return None

    async def put(self, blob: BlobClient, data: bytes, **options: Any) -> dict[str, Any]:
        return await self.with_container(
            blob, lambda: blob.upload_blob(data, **{k: v for k, v in options.items() if v is not None})
        )

    async def put_stream(self, blob: BlobClient, content: AsyncIterator[bytes]) -> None:
        """In blocks, which become the blob all at once; what is small enough for one, in one request."""
        reader = Reader(content)
        block = await reader.take(BLOCK)
        if not await reader.peek(1):
            await self.put(blob, block, overwrite=True)
            return
        mark, ids = uuid4().hex, list[BlobBlock]()
        while block:
            ids.append(BlobBlock(f"{mark}{len(ids):08}"))
            await self.with_container(blob, partial(blob.stage_block, ids[-1].id, block))
            block = await reader.take(BLOCK)
        await blob.commit_block_list(ids)

    async def open_stream(self, blob: BlobClient) -> AsyncGenerator[bytes] | None:
        """A blob block by block, each on the condition that it is still the same blob."""
        try:
            block, tag = await self._block(blob, 0)
        except ResourceNotFoundError:
            return None

        async def read(block: bytes) -> AsyncGenerator[bytes]:
            start = len(block)
            yield block
            while len(block) == BLOCK:
                block, _ = await self._block(blob, start, tag)
                start += len(block)
                yield block

        return read(block)

    async def _block(self, blob: BlobClient, start: int, tag: str | None = None) -> tuple[bytes, str]:
        """What lies there, nothing behind the end; the blob is still the one of that tag."""
        same = {"etag": tag, "match_condition": MatchConditions.IfNotModified} if tag else {}
        download = cast(Callable[..., Awaitable[StorageStreamDownloader[bytes]]], blob.download_blob)
        try:
            stream = await download(offset=start, length=BLOCK, **same)
            return await stream.readall(), etag_of(stream.properties.etag)
        except HttpResponseError as error:
            if code_of(error) != StorageErrorCode.INVALID_RANGE:
                raise
            return b"", tag or ""

    async def with_container[T](self, blob: BlobClient, request: Callable[[], Awaitable[T]]) -> T:
        """Repeat a request for which the container was missing, once it is made."""
        try:
            return await request()
        except ResourceNotFoundError as error:
            if code_of(error) != StorageErrorCode.CONTAINER_NOT_FOUND:
                raise
        container = self._service().get_container_client(blob.container_name)
        with suppress(ResourceExistsError):
            await container.create_container()
        return await request()

    async def copy(self, here: BlobClient, there: BlobClient) -> None:
        """Copy within the account, in the service: the content does not pass through here."""
        _, credential = self._services[asyncio.get_running_loop()]
        if credential is None:
            answer = await there.start_copy_from_url(here.url)
            while answer["copy_status"] == "pending":
                await asyncio.sleep(COPY_POLL)
                properties = await there.get_blob_properties()
                answer = {"copy_status": properties.copy.status}
            if answer["copy_status"] != "success":
                raise HttpResponseError(f"a copy within the account ended as {answer['copy_status']}")
        else:
            token = await credential.get_token(STORAGE_SCOPE)
            await there.start_copy_from_url(
                here.url, requires_sync=True, source_authorization=f"Bearer {token.token}"
            )

    async def upload_link(self, key: str, until: datetime) -> str:
        """Signed by the account's key, or else by one that the account delegates to the identity."""
        blob, service = self.blob(Area.UPLOADS, key), self._service()
        with suppress(ResourceExistsError):
            await self.container(Area.UPLOADS).create_container()  # the link could not
        _, credential = self._services[asyncio.get_running_loop()]
        signer: dict[str, Any] = (
            {"account_key": service.credential.account_key}
            if credential is None
            else {"user_delegation_key": await service.get_user_delegation_key(utc_now(), until)}
        )
        signature = generate_blob_sas(
            blob.account_name or "",
            blob.container_name,
            blob.blob_name,
            permission=BlobSasPermissions(create=True),
            expiry=until,
            **signer,
        )
        return f"{blob.url}?{signature}"

    def _service(self) -> BlobServiceClient:
        loop = asyncio.get_running_loop()
        if loop not in self._services:
            self._services[loop] = self._open_service()
            at_end_of_loop(self.close)
        return self._services[loop][0]


async def delete(blob: BlobClient, tag: str | None = None) -> None:
    """Remove a blob if it is there, and only the one of that tag where one is given.

    Raises:
        ResourceModifiedError: it is another one.
    """
    with suppress(ResourceNotFoundError):
        if tag is None:
            await blob.delete_blob(delete_snapshots="include")
        else:
            await blob.delete_blob(
                delete_snapshots="include", etag=tag, match_condition=MatchConditions.IfNotModified
            )


def if_still(tag: str | None) -> dict[str, Any]:
    """The condition that an object has that tag, or is not there."""
    if tag is None:
        return {"match_condition": MatchConditions.IfMissing}
    return {"overwrite": True, "etag": tag, "match_condition": MatchConditions.IfNotModified}


def code_of(error: HttpResponseError) -> str:
    code = getattr(error, "error_code", "")
    return str(getattr(code, "value", code))


def etag_of(quoted: str | None) -> str:
    if quoted is None:
        raise ValueError("the service gave no ETag")
    # A list gives it without the quotes that it has elsewhere.
    return f'"{quoted.strip('"')}"'
