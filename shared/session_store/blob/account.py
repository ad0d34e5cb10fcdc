"""The way into a storage account: by connection string, or by the identity of the app or the developer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.storage.blob.aio import BlobServiceClient, ExponentialRetry

type Service = tuple[BlobServiceClient, AsyncTokenCredential | None]
"""A client of one event loop, with the identity to close after it where it signs in by one."""
type OpenService = Callable[[], Service]
"""Makes a client for the running event loop."""


@dataclass(frozen=True)
class Patience:
    """How the SDK treats a request that fails in passing."""

    retries: int = 5
    first_pause: int = 1
    """Seconds; the pauses after it grow exponentially."""
    timeout: int = 30
    """Seconds without a sign of life after which a request counts as failed."""

    def options(self) -> dict[str, Any]:
        """What a client of the SDK takes."""
        retry = ExponentialRetry(
            initial_backoff=self.first_pause,
            increment_base=2 * self.first_pause,
            retry_total=self.retries,
            random_jitter_range=self.first_pause,
        )
        return {"retry_policy": retry, "connection_timeout": self.timeout, "read_timeout": self.timeout}


def by_connection_string(connection_string: str, patience: Patience, **options: Any) -> OpenService:
    """With the key that the connection string holds; `options` are further ones of the SDK's client."""
    open_client = partial(BlobServiceClient.from_connection_string, connection_string, **options)
    return lambda: (open_client(**patience.options()), None)  # policies belong to one client


def by_identity(
    account_url: str, patience: Patience, *, client_id: str | None = None, is_managed: bool = False
) -> OpenService:
    """With a managed identity, the one of `client_id` where there are several, or with what a developer
    has signed in to."""

    def open_service() -> Service:
        from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential

        credential: AsyncTokenCredential
        if is_managed:
            credential = ManagedIdentityCredential(client_id=client_id)
        else:
            credential = DefaultAzureCredential(managed_identity_client_id=client_id)
        return BlobServiceClient(account_url, credential, **patience.options()), credential

    return open_service
