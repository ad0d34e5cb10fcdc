"""The process's one session store, opened at the first use."""

from functools import lru_cache
from typing import TYPE_CHECKING

from shared.errors import SettingsError
from shared.session_store import Sealer, SessionStore, open_local_store
from shared.session_store.keyring import ConfiguredKeys, Keyring
from shared.settings import Settings, settings

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential


@lru_cache(maxsize=1)
def session_store() -> SessionStore:
    """The store that the settings name."""
    chosen = settings()
    if chosen.storage_path is None:
        raise SettingsError("SessionStorage__path: must be set")
    return open_local_store(
        chosen.storage_path,
        session_container=chosen.session_container,
        upload_container=chosen.upload_container,
        sealer=sealer(chosen),
    )


def sealer(chosen: Settings) -> Sealer:
    """What compresses and encrypts as the settings say."""
    return Sealer(_keyring(chosen), chosen.session_compression)


def _keyring(chosen: Settings) -> Keyring | None:
    if chosen.encryption_keys:
        return ConfiguredKeys(chosen.encryption_keys)
    if not chosen.encryption_key_ids:
        return None
    from shared.session_store.vault import VaultKeys

    def credential() -> "AsyncTokenCredential":
        from azure.identity.aio import DefaultAzureCredential

        if chosen.storage_client_id is None:
            return DefaultAzureCredential()
        return DefaultAzureCredential(managed_identity_client_id=chosen.storage_client_id)

    return VaultKeys(chosen.encryption_key_ids, credential)
