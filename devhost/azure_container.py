"""A container of blobs in a storage account or in Azurite, watched by listing it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from typing import Self

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob.aio import ContainerClient

from devhost.blob_source import Blob, Version

_log = logging.getLogger("devhost.blobs")

_POLL = 2.0  # seconds between two listings


class AzureContainer:
    """A container, which need not exist yet."""

    def __init__(self, client: ContainerClient, credential: DefaultAzureCredential | None = None) -> None:
        self._client = client
        self._credential = credential
        self._versions: dict[str, Version] = {}

    @classmethod
    def from_connection_string(cls, connection_string: str, container: str) -> Self:
        """The container of the account that a connection string names."""
        return cls(ContainerClient.from_connection_string(connection_string, container))

    @classmethod
    def from_identity(cls, account: str, container: str, client_id: str | None) -> Self:
        """The container of the account at a blob service URI, read with the identity of this machine."""
        credential = DefaultAzureCredential(managed_identity_client_id=client_id)
        return cls(ContainerClient(account, container, credential=credential), credential)

    async def names(self) -> AsyncIterator[Iterable[str]]:
        while True:
            try:
                listed = [blob async for blob in self._client.list_blobs()]
            except ResourceNotFoundError:
                listed = []
                with suppress(AzureError):  # whoever may create it does so later
                    await self._client.create_container()
            except AzureError as error:
                _log.warning("the uploads cannot be listed: %s", type(error).__name__)
                await asyncio.sleep(_POLL)
                continue
            self._versions = {str(blob.name): str(blob.etag) for blob in listed}
            yield list(self._versions)
            await asyncio.sleep(_POLL)

    async def version(self, name: str) -> Version | None:
        return self._versions.get(name)

    async def read(self, name: str) -> Blob | None:
        client = self._client.get_blob_client(name)
        try:
            stream = await client.download_blob()
            content = await stream.readall()
        except ResourceNotFoundError:
            return None
        except AzureError as error:
            raise OSError(f"{type(error).__name__} from the storage account") from error
        return Blob(content, client.url, dict(stream.properties.metadata or {}))

    async def close(self) -> None:
        await self._client.close()
        if self._credential:
            await self._credential.close()
