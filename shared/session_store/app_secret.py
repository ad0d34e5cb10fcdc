"""The secret that all instances of the app share, and the keys that are derived from it."""

import hmac
import os
from contextlib import suppress

from shared.errors import SessionCorrupt
from shared.session_store import object_names
from shared.session_store.backend import Area, Objects, PreconditionFailed
from shared.session_store.sealing import Sealer

SECRET_BYTES = 32


class AppSecret:
    """The configured secret, or else the one that the first instance to need it makes in the storage."""

    def __init__(self, objects: Objects, sealer: Sealer, configured: bytes | None = None) -> None:
        self._objects = objects
        self._sealer = sealer
        self._secret = configured

    async def key_for(self, purpose: str) -> bytes:
        """The 32 bytes that serve one purpose and tell nothing of the secret or of other keys.

        Raises:
            SessionCorrupt: the stored secret is damaged, or encrypted by a key that is not configured.
        """
        if self._secret is None:
            self._secret = await self._stored() or await self._made()
        return hmac.digest(self._secret, f"claims-orchestrator {purpose}".encode(), "sha256")

    async def _stored(self) -> bytes | None:
        name = object_names.app_secret()
        stored = await self._objects.read(Area.SESSIONS, name)
        if stored is None:
            return None
        secret = await self._sealer.open(name, stored)
        if len(secret) != SECRET_BYTES:
            raise SessionCorrupt(f"{name}: is not {SECRET_BYTES} bytes")
        return secret

    async def _made(self) -> bytes:
        """What is stored in the end, by this instance or by one that came first."""
        name, secret = object_names.app_secret(), os.urandom(SECRET_BYTES)
        with suppress(PreconditionFailed):
            sealed = await self._sealer.seal(name, secret)
            await self._objects.write_if(Area.SESSIONS, name, sealed, expected=None)
            return secret
        stored = await self._stored()
        if stored is None:
            raise SessionCorrupt(f"{name}: was removed while it was made")
        return stored
