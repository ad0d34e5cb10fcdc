"""The session store that the settings describe."""

from typing import TYPE_CHECKING

from shared.encryption.keyring import ConfiguredKeys, Keyring
from shared.session_store import Containers, Sealer, SessionStore, open_local_store
from shared.session_store.local.links import SignedLinks
from shared.settings import Settings

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential


def open_store(chosen: Settings) -> SessionStore:
    """A new store as the settings describe it, which the caller closes."""
    containers = Containers(chosen.session_container, chosen.upload_container)
    if chosen.storage_path is not None:
        links = None
        if chosen.upload_link_url and chosen.upload_link_key:
            links = SignedLinks(chosen.upload_link_url, chosen.upload_link_key, containers.uploads)
        return open_local_store(
            chosen.storage_path,
            containers,
            sealer=sealer(chosen),
            upload_links=links,
            secret=chosen.app_secret,
        )
    # The SDK takes its time to import, and a laptop does without it.
    from shared.session_store.blob.account import Patience, by_connection_string, by_identity
    from shared.session_store.blob.backend import BlobBackend

    patience = Patience(chosen.storage_retries, timeout=chosen.storage_timeout)
    if chosen.storage_connection:
        account = by_connection_string(chosen.storage_connection, patience)
    else:
        account = by_identity(
            chosen.storage_uri or "",
            patience,
            client_id=chosen.storage_client_id,
            is_managed=chosen.storage_credential is not None,
        )
    return SessionStore(BlobBackend(account, containers), sealer(chosen), secret=chosen.app_secret)


def sealer(chosen: Settings) -> Sealer:
    """The sealer that compresses and encrypts as the settings say."""
    return Sealer(_keyring(chosen), chosen.session_compression)


def _keyring(chosen: Settings) -> Keyring | None:
    if chosen.encryption_keys:
        return ConfiguredKeys(chosen.encryption_keys)
    if not chosen.encryption_key_ids:
        return None
    from shared.encryption.vault import VaultKeys

    def credential() -> "AsyncTokenCredential":
        from azure.identity.aio import DefaultAzureCredential

        if chosen.storage_client_id is None:
            return DefaultAzureCredential()
        return DefaultAzureCredential(managed_identity_client_id=chosen.storage_client_id)

    return VaultKeys(chosen.encryption_key_ids, credential)
