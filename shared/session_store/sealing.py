"""Compression and encryption of what a store keeps, piece by piece, between the store and its backend.

A piece that is neither compressed nor encrypted lies as it is. Any other one is a JSON object on one line:

    {"v":1,"key":"<id>","data":"<base64>"}     "data" is nonce, AES-256-GCM of the packed piece, and tag

What is only compressed has no `key`, and the packed piece as its data. A key of a vault has its data key
`wrapped` beside it; a context has the claim's `summary`, so that lists need no key. Whatever stands before
`data` is authenticated, together with the place where the piece belongs: its key in the store.

The lines of a history are encrypted by a key that the claim's context holds (`Chain`). Each names, as
`after`, the tag of the line before it; the context holds the last one's. So a history that opens is, line by
line, the one that was committed, and a change of keys needs a new context only.

A document has the object as its first line, with `"form":"chunks"` and the `salt` of a key of its own in the
place of `data`. Chunks follow: four bytes for the length, then the packed chunk, encrypted under its number
and whether it is the last. A document is bound to its claim and, since it is moved, by its checksum to its
record.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import count

from shared.encryption.ciphers import TAG_BYTES, Cipher, derived_cipher
from shared.encryption.compression import Compression, pack
from shared.encryption.keyring import KEY_BYTES, DataKey, Keyring
from shared.errors import KeyMissing, SessionCorrupt
from shared.models.claim import ClaimContext, ClaimSummary
from shared.session_store import envelope, object_names
from shared.session_store.envelope import MARK, Header, bytes_of, text_of, unpacked
from shared.session_store.streams import LARGE, Content, Reader, pieces

CHUNK = 2**20
"""Bytes of a document that are packed and encrypted together."""

_SALT, _LENGTH = 16, 4
_MOST_HEADER = 64 * 1024
_MOST_CHUNK = CHUNK + 1 + TAG_BYTES
"""Packing adds one byte at most."""
_ROOT = bytes(TAG_BYTES)
_CHAIN = KEY_BYTES + TAG_BYTES
_NOT_ENCRYPTED = "is not encrypted, and the settings ask for encryption"
_FOREIGN = "not a session that this store has read or saved"
_UNLIKE = "was changed, belongs elsewhere, or was encrypted by another key than the one here named"


@dataclass(frozen=True)
class Chain:
    """What a session's history is encrypted with; the context keeps it."""

    key: bytes = field(repr=False)
    tip: bytes = _ROOT
    """The tag of the last committed line."""


class Sealer:
    """Seals what is written and opens what is read; without arguments, everything stays as it is.

    With a keyring, what is not encrypted is refused. Every call raises `SessionCorrupt` for what was changed
    or belongs elsewhere, and `KeyMissing` for what another key has encrypted; no message quotes content.
    """

    def __init__(self, keyring: Keyring | None = None, compression: Compression = "none") -> None:
        self._keyring = keyring
        self._compression: Compression = compression

    async def close(self) -> None:
        """Release the connections of the keyring."""
        if self._keyring is not None:
            await self._keyring.close()

    # --- pieces of JSON --------------------------------------------------------------------------

    async def seal(self, name: str, content: bytes) -> bytes:
        """`name` is the key under which the backend will keep it."""
        if self._keyring is None:
            return self._pack({"v": 1}, content)
        return self._encrypt(await self._keyring.for_writing(), {}, name, content)

    async def open(self, name: str, stored: bytes) -> bytes:
        """The content that was sealed under that name."""
        if self._is_as_given(name, stored):
            return stored
        header, data = envelope.parse(name, stored)
        key = await self._key_of(name, header)
        return unpacked(name, data if key is None else _decrypt(key, name, header, data))

    async def seal_context(self, name: str, context: ClaimContext, chain: Chain | None) -> bytes:
        """A context as it is stored; an encrypted one holds the chain of its history.

        Raises:
            ValueError: the store encrypts, and there is no chain.
        """
        content = context.model_dump_json().encode()
        if self._keyring is None:
            if self._compression == "none":
                return content
            return self._pack({"v": 1, "summary": _summary(context)}, content)
        if chain is None:
            raise ValueError(_FOREIGN)
        key, header = await self._keyring.for_writing(), {"summary": _summary(context)}
        return self._encrypt(key, header, name, content, chain.key + chain.tip)

    async def open_context(self, name: str, stored: bytes) -> tuple[bytes, Chain | None]:
        """The context as JSON, with what its history is encrypted by."""
        if self._is_as_given(name, stored):
            return stored, None
        header, data = envelope.parse(name, stored)
        key = await self._key_of(name, header)
        if key is None:
            return unpacked(name, data), None
        plain = _decrypt(key, name, header, data)
        secret, tip, packed = plain[:KEY_BYTES], plain[KEY_BYTES:_CHAIN], plain[_CHAIN:]
        return unpacked(name, packed), Chain(secret, tip)

    # --- history ---------------------------------------------------------------------------------

    def seal_lines(
        self, name: str, chain: Chain | None, position: int, lines: bytes
    ) -> tuple[bytes, Chain | None]:
        """Lines as they are appended at `position`, behind those that `chain` stands for, and the new chain.

        At position 0 a chain begins where there is none.
        """
        if self._keyring is None:
            if self._compression == "none" and MARK not in lines:
                return lines, None
            return _joined(self._pack({"v": 1}, line) for line in _split(lines)), None
        if chain is None:
            if position:
                raise ValueError(_FOREIGN)
            chain = Chain(os.urandom(KEY_BYTES))
        cipher, tip, written = Cipher(chain.key), chain.tip, bytearray()
        for line in _split(lines):
            header = {"v": 1, "after": text_of(tip)}
            bound_to = _bound_to(f"{name}@{position + len(written)}", header)
            data = cipher.encrypt(pack(line, self._compression), bound_to)
            written += envelope.write(header, data) + b"\n"
            tip = data[-TAG_BYTES:]
        return bytes(written), Chain(chain.key, tip)

    def open_lines(self, name: str, chain: Chain | None, position: int, stored: bytes) -> bytes:
        """The lines of `stored`, which lies at `position` and ends where the committed history ends."""
        if self._keyring is None:
            if not stored.startswith(MARK) and b"\n" + MARK not in stored:
                return stored
            return _joined(_unpacked_line(name, line) for line in _split(stored))
        if chain is None:
            raise ValueError(_FOREIGN)
        if not stored:
            return b""
        cipher, opened = Cipher(chain.key), list[bytes]()
        tip = _ROOT if position == 0 else None
        for number, line in enumerate(_split(stored), 1):
            if not line.startswith(MARK):
                raise SessionCorrupt(f"{name}: line {number} {_NOT_ENCRYPTED}")
            header, data = envelope.parse(name, line)
            packed = cipher.decrypt(data, _bound_to(f"{name}@{position}", header))
            if packed is None or (tip is not None and header.get("after") != text_of(tip)):
                raise SessionCorrupt(
                    f"{name}: line {number} was changed, or is not the one that belongs there"
                )
            opened.append(unpacked(name, packed))
            tip, position = data[-TAG_BYTES:], position + len(line) + 1
        if tip != chain.tip or not stored.endswith(b"\n"):
            raise SessionCorrupt(f"{name}: its end is not the one that was committed")
        return _joined(opened)

    # --- documents -------------------------------------------------------------------------------

    async def seal_document(self, name: str, content: Content) -> AsyncGenerator[bytes]:
        """Piece by piece. Where the first chunk is not made smaller, the document is not compressed."""
        reader = Reader(pieces(content))
        header, cipher = {"v": 1, "form": "chunks"}, None
        if self._keyring is not None:
            key, salt = await self._keyring.for_writing(), os.urandom(_SALT)
            header = _header_of(key) | {"form": "chunks", "salt": text_of(salt)}
            cipher = _claim_cipher(key, name, "/document", salt)
        line, chunks = envelope.write(header), _Chunks(name, header, cipher, self._compression)
        for number in count():
            chunk = await reader.take(CHUNK)
            is_last = not await reader.peek(1)
            seal = partial(chunks.seal, chunk, number, is_last=is_last)
            sealed = await _beside_the_loop(len(chunk), seal)
            if number == 0:
                must_be_sealed = cipher or chunk.startswith(MARK)
                if not must_be_sealed and len(line) + _LENGTH + len(sealed) >= len(chunk):
                    yield chunk
                    break
                yield line + b"\n"
            del chunk, seal
            yield len(sealed).to_bytes(_LENGTH)
            yield sealed
            if is_last:
                return
        async for piece in reader.rest():
            yield piece

    async def open_document(
        self, name: str, stored: AsyncGenerator[bytes], digest: str | None = None
    ) -> AsyncGenerator[bytes]:
        """A document's content, piece by piece; one that ends in an error is none.

        Where it is encrypted, its SHA-256 must be `digest`, unless that is None.
        """
        name = object_names.shown(name)
        async with aclosing(stored):
            reader = Reader(stored)
            if self._is_as_given(name, await reader.peek(len(MARK))):
                async for piece in reader.rest():
                    yield piece
                return
            header = envelope.parse_header(name, await reader.line(_MOST_HEADER) or b"")
            key = await self._key_of(name, header)
            cipher = None
            if key is not None:
                cipher = _claim_cipher(key, name, "/document", bytes_of(name, header.get("salt")))
            chunks = _Chunks(name, header, cipher, self._compression)
            found, is_last = sha256(), False
            for number in count():
                size = int.from_bytes(await reader.take(_LENGTH))
                packed = await reader.take(min(size, _MOST_CHUNK))
                if not 0 < size == len(packed):
                    raise SessionCorrupt(f"{name}: is cut off")
                is_last = not await reader.peek(1)
                unseal = partial(chunks.open, packed, number, is_last=is_last)
                chunk = await _beside_the_loop(size, unseal)
                del packed, unseal
                found.update(chunk)
                yield chunk
                if is_last:
                    break
        if cipher and digest and found.hexdigest() != digest:
            raise SessionCorrupt(f"{name}: is not the document on record")

    # --- what all of them share ------------------------------------------------------------------

    def _pack(self, header: Header, content: bytes) -> bytes:
        must_be_marked = content.startswith(MARK)
        if self._compression == "none" and not must_be_marked:
            return content
        packed = envelope.write(header, pack(content, self._compression))
        return packed if must_be_marked or len(packed) < len(content) else content

    def _encrypt(self, key: DataKey, header: Header, name: str, content: bytes, secret: bytes = b"") -> bytes:
        header = _header_of(key) | header
        packed = secret + pack(content, self._compression)
        return envelope.write(header, _claim_cipher(key, name).encrypt(packed, _bound_to(name, header)))

    def _is_as_given(self, name: str, stored: bytes) -> bool:
        if stored.startswith(MARK):
            return False
        if self._keyring is not None:
            raise SessionCorrupt(f"{name}: {_NOT_ENCRYPTED}")
        return True

    async def _key_of(self, name: str, header: Header) -> DataKey | None:
        """What opens a piece; None where it is not encrypted and need not be."""
        if "key" not in header:
            if self._keyring is not None:
                raise SessionCorrupt(f"{name}: {_NOT_ENCRYPTED}")
            return None
        key_id, wrapped = str(header["key"]), header.get("wrapped")
        if self._keyring is None:
            setting = "SESSION_ENCRYPTION_KEY" if wrapped is None else "SESSION_ENCRYPTION_KEY_ID"
            raise KeyMissing(f"{name}: encrypted by key {key_id}; set {setting} to it")
        try:
            return await self._keyring.for_reading(
                key_id, None if wrapped is None else bytes_of(name, wrapped)
            )
        except KeyMissing as error:
            raise KeyMissing(f"{name}: {error}") from None


@dataclass(frozen=True)
class _Chunks:
    """How the chunks of one document are packed and encrypted."""

    name: str
    header: Header
    cipher: Cipher | None
    compression: Compression

    def seal(self, chunk: bytes, number: int, *, is_last: bool) -> bytes:
        packed = pack(chunk, self.compression)
        if self.cipher is None:
            return packed
        return self.cipher.encrypt_chunk(packed, envelope.write(self.header), number, is_last=is_last)

    def open(self, stored: bytes, number: int, *, is_last: bool) -> bytes:
        packed: bytes | None = stored
        if self.cipher is not None:
            packed = self.cipher.decrypt_chunk(stored, envelope.write(self.header), number, is_last=is_last)
        if packed is None:
            raise SessionCorrupt(f"{self.name}: {_UNLIKE} {self.header['key']}")
        return unpacked(self.name, packed, CHUNK)


def _summary(context: ClaimContext) -> Header:
    return ClaimSummary.of(context).model_dump(mode="json")


def _header_of(key: DataKey) -> Header:
    header: Header = {"v": 1, "key": key.id}
    return header if key.wrapped is None else header | {"wrapped": text_of(key.wrapped)}


def _split(lines: bytes) -> list[bytes]:
    return lines.removesuffix(b"\n").split(b"\n") if lines else []


def _joined(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _unpacked_line(name: str, line: bytes) -> bytes:
    if not line.startswith(MARK):
        return line
    header, data = envelope.parse(name, line)
    if "after" in header:
        raise SessionCorrupt(f"{name}: is encrypted, and its context is not")
    return unpacked(name, data)


def _claim_cipher(key: DataKey, name: str, within: str = "", salt: bytes = b"") -> Cipher:
    """The cipher of a claim, or of one of its documents; `name` is the key of any of its objects."""
    return derived_cipher(key.secret, f"claims-orchestrator session {name.partition('/')[0]}{within}", salt)


def _bound_to(name: str, header: Header) -> bytes:
    """What a piece is authenticated with: the name under which it is stored, and its header."""
    return f"{name}\n".encode() + envelope.write(header)


def _decrypt(key: DataKey, name: str, header: Header, data: bytes) -> bytes:
    plain = _claim_cipher(key, name).decrypt(data, _bound_to(name, header))
    if plain is None:
        raise SessionCorrupt(f"{name}: {_UNLIKE} {key.id}")
    return plain


async def _beside_the_loop[T](size: int, work: Callable[[], T]) -> T:
    return await asyncio.to_thread(work) if size > LARGE else work()
