"""AES-256-GCM; cryptography is imported only where something is encrypted."""

import os
from functools import lru_cache

from shared.encryption.keyring import KEY_BYTES

TAG_BYTES = 16
"""Bytes at the end of what is encrypted by which a change of it is found."""
_NONCE_BYTES = 12


class Cipher:
    """Encryption under one key.

    What is encrypted is bound to further bytes, which are not secret; decryption must name the same.
    """

    def __init__(self, secret: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._aes = AESGCM(secret)

    def encrypt(self, plain: bytes, bound_to: bytes) -> bytes:
        """A random nonce, and behind it the encrypted bytes with their tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aes.encrypt(nonce, plain, bound_to)

    def decrypt(self, data: bytes, bound_to: bytes) -> bytes | None:
        """The plain bytes; None where they were changed, or encrypted by another key or bound otherwise."""
        return self._opened(data[:_NONCE_BYTES], data[_NONCE_BYTES:], bound_to)

    def encrypt_chunk(self, plain: bytes, bound_to: bytes, number: int, *, is_last: bool) -> bytes:
        """A chunk of many: its number and whether it is the last make the nonce: a key serves one series."""
        return self._aes.encrypt(_chunk_nonce(number, is_last=is_last), plain, bound_to)

    def decrypt_chunk(self, data: bytes, bound_to: bytes, number: int, *, is_last: bool) -> bytes | None:
        """The plain bytes of a chunk; None as `decrypt`, and where it has another number."""
        return self._opened(_chunk_nonce(number, is_last=is_last), data, bound_to)

    def _opened(self, nonce: bytes, data: bytes, bound_to: bytes) -> bytes | None:
        from cryptography.exceptions import InvalidTag

        try:
            return self._aes.decrypt(nonce, data, bound_to)
        except (InvalidTag, ValueError):
            return None


@lru_cache(maxsize=256)
def derived_cipher(secret: bytes, purpose: str, salt: bytes = b"") -> Cipher:
    """The cipher of a key that HKDF-SHA256 derives for one purpose."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return Cipher(HKDF(SHA256(), KEY_BYTES, salt, purpose.encode()).derive(secret))


def _chunk_nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_NONCE_BYTES - 1) + bytes([is_last])
