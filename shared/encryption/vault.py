"""Keys that only a key vault can unwrap; azure-keyvault-keys is imported at the first use.

A process makes a data key for what it writes and has the vault wrap it. The wrapped form travels in what is
encrypted, so any process that may use the vault's key can read it. What was unwrapped is remembered.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from cachetools import LRUCache

from shared.encryption.keyring import KEY_BYTES, DataKey
from shared.errors import KeyMissing, SettingsError
from shared.event_loops import at_end_of_loop

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.keyvault.keys.crypto.aio import CryptographyClient


_REMEMBERED = 1024
"""How many unwrapped keys stay in memory."""


@dataclass(frozen=True)
class _Connection:
    """What one event loop talks to the vault with."""

    credential: "AsyncTokenCredential"
    clients: "dict[str, CryptographyClient]"


class VaultKeys:
    """Keys of vaults by their identifiers, `https://<vault>/keys/<name>`: the first one writes, all read.

    An identifier may end in a version. It then wraps with that version; any version of it is read.
    `options` go to azure-keyvault-keys' clients.
    """

    def __init__(
        self, key_ids: Sequence[str], credential: "Callable[[], AsyncTokenCredential]", **options: Any
    ) -> None:
        self._writes_with = key_ids[0]
        self._known = {_unversioned(key_id) for key_id in key_ids}
        self._credential = credential
        self._options = options
        self._connections: WeakKeyDictionary[asyncio.AbstractEventLoop, _Connection] = WeakKeyDictionary()
        self._written: DataKey | None = None
        self._unwrapped: LRUCache[tuple[str, bytes], DataKey] = LRUCache(_REMEMBERED)

    async def for_writing(self) -> DataKey:
        """The data key of this process, which the vault wraps once.

        Raises:
            SettingsError: the version of the vault's key is unknown.
        """
        if self._written is None:
            from azure.keyvault.keys.crypto import KeyWrapAlgorithm

            secret = os.urandom(KEY_BYTES)
            client = self._client(self._writes_with)
            wrapped = await client.wrap_key(KeyWrapAlgorithm.rsa_oaep_256, secret)
            key_id = wrapped.key_id or ""
            if _unversioned(key_id) == key_id.lower():
                raise SettingsError(
                    f"SESSION_ENCRYPTION_KEY_ID: the version of {self._writes_with} is unknown; "
                    "allow the app to get the key, or name its version"
                )
            self._written = self._remember(
                DataKey(key_id, secret, wrapped.encrypted_key), wrapped.encrypted_key
            )
        return self._written

    async def for_reading(self, key_id: str, wrapped: bytes | None) -> DataKey:
        """A data key, unwrapped by the vault or remembered.

        Raises:
            KeyMissing: the settings do not name the vault's key, or it does not unwrap this one.
        """
        if wrapped is None:
            raise KeyMissing(f"encrypted by key {key_id}; set SESSION_ENCRYPTION_KEY to it")
        if known := self._unwrapped.get((key_id, wrapped)):
            return known
        # Storage must not be able to choose the server that the app's credential is shown to.
        if _unversioned(key_id) not in self._known:
            raise KeyMissing(f"encrypted by key {key_id}, which SESSION_ENCRYPTION_KEY_ID does not name")
        from azure.core.exceptions import HttpResponseError
        from azure.keyvault.keys.crypto import KeyWrapAlgorithm

        client = self._client(key_id)
        try:
            unwrapped = await client.unwrap_key(KeyWrapAlgorithm.rsa_oaep_256, wrapped)
        except HttpResponseError as error:
            if error.status_code in {400, 404}:
                raise KeyMissing(f"key {key_id} does not unwrap what it was encrypted with") from None
            raise
        return self._remember(DataKey(key_id, unwrapped.key, wrapped), wrapped)

    async def close(self) -> None:
        """Close the connections of the running event loop."""
        connection = self._connections.pop(asyncio.get_running_loop(), None)
        if connection is not None:
            for client in connection.clients.values():
                await client.close()
            await connection.credential.close()

    def _client(self, key_id: str) -> "CryptographyClient":
        from azure.keyvault.keys.crypto.aio import CryptographyClient

        loop = asyncio.get_running_loop()
        if loop not in self._connections:
            self._connections[loop] = _Connection(self._credential(), {})
            at_end_of_loop(self.close)
        connection = self._connections[loop]
        if key_id not in connection.clients:
            connection.clients[key_id] = CryptographyClient(key_id, connection.credential, **self._options)
        return connection.clients[key_id]

    def _remember(self, key: DataKey, wrapped: bytes) -> DataKey:
        self._unwrapped[key.id, wrapped] = key
        return key


def _unversioned(key_id: str) -> str:
    """`https://<vault>/keys/<name>` of an identifier that may have a version."""
    return "/".join(key_id.split("/")[:5]).lower()
