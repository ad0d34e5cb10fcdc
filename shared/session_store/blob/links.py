"""Links by which a browser uploads into a storage account, past the app."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import BlobSasPermissions, generate_blob_sas

from shared.clock import utc_now
from shared.session_store.backend import Area
from shared.session_store.blob.requests import BlobRequests


class BlobUploadLinks:
    """The `UploadLinks` of a storage account: shared access signatures."""

    def __init__(self, requests: BlobRequests) -> None:
        self._requests = requests

    async def link(self, key: str, until: datetime) -> str:
        """A link signed by the account's key, or else by a key that the account delegates to the identity."""
        blob, (service, credential) = self._requests.blob(Area.UPLOADS, key), self._requests.service()
        with suppress(ResourceExistsError):
            await self._requests.container(Area.UPLOADS).create_container()  # the link could not
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
