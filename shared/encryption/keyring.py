"""The keys that sessions are encrypted with."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from shared.errors import KeyMissing

KEY_BYTES = 32
_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


@dataclass(frozen=True)
class DataKey:
    """A key that encrypts, by the name under which it stands in what it encrypted."""

    id: str
    secret: bytes = field(repr=False)
    wrapped: bytes | None = field(default=None, repr=False)
    """The secret as the vault's key `id` has encrypted it; None where the key itself is configured."""


class Keyring(Protocol):
    """The keys of a store."""

    async def for_writing(self) -> DataKey:
        """The key that encrypts what is written now."""
        ...

    async def for_reading(self, key_id: str, wrapped: bytes | None) -> DataKey:
        """The key of that id, with the wrapped secret where one stands beside it.

        Raises:
            KeyMissing: there is no such key here.
        """
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


class ConfiguredKeys:
    """Keys that a setting holds: the first one writes, all of them read."""

    def __init__(self, keys: Sequence[DataKey]) -> None:
        self._first = keys[0]
        self._by_id = {key.id: key for key in keys}

    async def for_writing(self) -> DataKey:
        """The first of the keys."""
        return self._first

    async def for_reading(self, key_id: str, wrapped: bytes | None) -> DataKey:
        """The key of that id.

        Raises:
            KeyMissing: it is not configured, or belongs to a key vault.
        """
        if wrapped is not None:
            raise KeyMissing(f"encrypted by key {key_id} of a key vault; set SESSION_ENCRYPTION_KEY_ID")
        if key_id not in self._by_id:
            raise KeyMissing(f"encrypted by key {key_id}, which SESSION_ENCRYPTION_KEY does not hold")
        return self._by_id[key_id]

    async def close(self) -> None:
        """Do nothing: there is no connection."""
        pass


def parse_keys(text: str) -> tuple[DataKey, ...]:
    """Read `base64` or `id:base64`, several separated by commas.

    A key without an id is named by the first eight digits of its SHA-256.

    Raises:
        ValueError: what is wrong, without any of the text.
    """
    keys = tuple(_parse_key(part.strip()) for part in text.split(",") if part.strip())
    if not keys:
        raise ValueError("holds no key")
    if len({key.id for key in keys}) < len(keys):
        raise ValueError("names two keys alike")
    return keys


def _parse_key(part: str) -> DataKey:
    key_id, colon, encoded = part.rpartition(":")
    if colon and not _KEY_ID.match(key_id):
        raise ValueError("a key's id must be 1 to 64 letters, digits, '.', '_' or '-'")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ValueError("must be base64 of 32 bytes") from None
    if len(secret) != KEY_BYTES:
        raise ValueError(f"must be base64 of 32 bytes, not of {len(secret)}")
    return DataKey(key_id or sha256(secret).hexdigest()[:8], secret)
