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
import base64
import json
import os
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import lru_cache, partial
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from shared.encryption.compression import LARGEST, Compression, pack, unpack
from shared.encryption.keyring import KEY_BYTES, DataKey, Keyring
from shared.errors import KeyMissing, SessionCorrupt
from shared.models.claim import ClaimContext, ClaimSummary
from shared.session_store import object_names
from shared.session_store.streams import LARGE, Content, Reader, pieces

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b'{"v":1,'
"""How everything begins that is not as it was given. Content that begins so itself is never left as it is."""

CHUNK = 2**20
"""Bytes of a document that are packed and encrypted together."""

_NONCE, _TAG, _SALT, _LENGTH = 12, 16, 16, 4
_MOST_HEADER = 64 * 1024
_MOST_CHUNK = CHUNK + 1 + _TAG
"""Packing adds one byte at most."""
_ROOT = bytes(_TAG)

Header = dict[str, Any]


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
        if self._keyring is not None:
            await self._keyring.close()

    # --- pieces of JSON --------------------------------------------------------------------------

    async def seal(self, name: str, content: bytes) -> bytes:
        """`name` is the key under which the backend will keep it."""
        if self._keyring is None:
            return self._pack({"v": 1}, content)
        return self._encrypt(await self._keyring.for_writing(), {}, name, content)

    async def open(self, name: str, stored: bytes) -> bytes:
        if self._is_as_given(name, stored):
            return stored
        header, data = _parse(name, stored)
        key = await self._key_of(name, header)
        return _unpack(name, data if key is None else _decrypt(key, name, header, data))

    async def seal_context(self, name: str, context: ClaimContext, chain: Chain | None) -> bytes:
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
        header, data = _parse(name, stored)
        key = await self._key_of(name, header)
        if key is None:
            return _unpack(name, data), None
        plain = _decrypt(key, name, header, data)
        secret, tip, packed = plain[:KEY_BYTES], plain[KEY_BYTES:_CHAIN], plain[_CHAIN:]
        return _unpack(name, packed), Chain(secret, tip)

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
        cipher, tip, written = _cipher(chain.key), chain.tip, bytearray()
        for line in _split(lines):
            header, place = {"v": 1, "after": _text(tip)}, _line_at(name, position + len(written))
            data = _sealed(cipher, place, header, pack(line, self._compression))
            written += _write(header, data) + b"\n"
            tip = data[-_TAG:]
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
        cipher, opened = _cipher(chain.key), list[bytes]()
        tip = _ROOT if position == 0 else None
        for number, line in enumerate(_split(stored), 1):
            if not line.startswith(MARK):
                raise SessionCorrupt(f"{name}: line {number} {_NOT_ENCRYPTED}")
            header, data = _parse(name, line)
            packed = _opened(cipher, _line_at(name, position), header, data)
            if packed is None or (tip is not None and header.get("after") != _text(tip)):
                raise SessionCorrupt(
                    f"{name}: line {number} was changed, or is not the one that belongs there"
                )
            opened.append(_unpack(name, packed))
            tip, position = data[-_TAG:], position + len(line) + 1
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
            header = _header_of(key) | {"form": "chunks", "salt": _text(salt)}
            cipher = _document_cipher(key, name, salt)
        line = _write(header)
        for number in count():
            chunk = await reader.take(CHUNK)
            is_last = not await reader.peek(1)
            seal = partial(_sealed_chunk, chunk, self._compression, cipher, line, number, is_last=is_last)
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
            header = _parse_header(name, await reader.line(_MOST_HEADER) or b"")
            key = await self._key_of(name, header)
            cipher = None if key is None else _document_cipher(key, name, _bytes(name, header.get("salt")))
            found, is_last = sha256(), False
            for number in count():
                size = int.from_bytes(await reader.take(_LENGTH))
                packed = await reader.take(min(size, _MOST_CHUNK))
                if not 0 < size == len(packed):
                    raise SessionCorrupt(f"{name}: is cut off")
                is_last = not await reader.peek(1)
                unseal = partial(_opened_chunk, name, header, cipher, packed, number, is_last=is_last)
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
        packed = _write(header, pack(content, self._compression))
        return packed if must_be_marked or len(packed) < len(content) else content

    def _encrypt(self, key: DataKey, header: Header, name: str, content: bytes, secret: bytes = b"") -> bytes:
        header = _header_of(key) | header
        packed = secret + pack(content, self._compression)
        return _write(header, _sealed(_claim_cipher(key, name), name, header, packed))

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
            return await self._keyring.for_reading(key_id, None if wrapped is None else _bytes(name, wrapped))
        except KeyMissing as error:
            raise KeyMissing(f"{name}: {error}") from None


_NOT_ENCRYPTED = "is not encrypted, and the settings ask for encryption"
_FOREIGN = "not a session that this store has read or saved"
_CHAIN = KEY_BYTES + _TAG


def _summary(context: ClaimContext) -> Header:
    return ClaimSummary.of(context).model_dump(mode="json")


def _header_of(key: DataKey) -> Header:
    header: Header = {"v": 1, "key": key.id}
    return header if key.wrapped is None else header | {"wrapped": _text(key.wrapped)}


def _line_at(name: str, position: int) -> str:
    return f"{name}@{position}"


def _split(lines: bytes) -> list[bytes]:
    return lines.removesuffix(b"\n").split(b"\n") if lines else []


def _joined(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _unpacked_line(name: str, line: bytes) -> bytes:
    if not line.startswith(MARK):
        return line
    header, data = _parse(name, line)
    if "after" in header:
        raise SessionCorrupt(f"{name}: is encrypted, and its context is not")
    return _unpack(name, data)


# --- the form of what is stored ----------------------------------------------------------------------


_DATA, _END = b',"data":"', b'"}'


def _write(header: Header, data: bytes | None = None) -> bytes:
    written = json.dumps(header, separators=(",", ":")).encode()
    return written if data is None else written[:-1] + _DATA + base64.b64encode(data) + _END


def _parse(name: str, stored: bytes) -> tuple[Header, bytes]:
    # Base64 holds no quote, so the last mark is where the data begins.
    header, mark, text = stored.rpartition(_DATA)
    if not mark or not text.endswith(_END):
        raise SessionCorrupt(f"{name}: is damaged")
    return _parse_header(name, header + b"}"), _bytes(name, text[: -len(_END)].decode("ascii", "replace"))


def _parse_header(name: str, stored: bytes) -> Header:
    """What `_write` wrote, to the byte: of all ways to write the same, only that one is taken."""
    try:
        header = json.loads(stored)
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or _write(cast(Header, header)) != stored:
        raise SessionCorrupt(f"{name}: is damaged")
    return cast(Header, header)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(name: str, text: object) -> bytes:
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except ValueError:
        data = None
    if data is None or _text(data) != text:
        raise SessionCorrupt(f"{name}: is damaged")
    return data


def _unpack(name: str, packed: bytes, at_most: int = LARGEST) -> bytes:
    try:
        return unpack(packed, at_most)
    except ValueError as error:
        raise SessionCorrupt(f"{name}: {error}") from None


async def _beside_the_loop[T](size: int, work: Callable[[], T]) -> T:
    return await asyncio.to_thread(work) if size > LARGE else work()


# --- encryption; cryptography is imported only where something is encrypted ------------------------------


def _cipher(secret: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(secret)


def _claim_cipher(key: DataKey, name: str) -> "AESGCM":
    return _derived_cipher(key.secret, name.partition("/")[0])


def _document_cipher(key: DataKey, name: str, salt: bytes) -> "AESGCM":
    return _derived_cipher(key.secret, f"{name.partition('/')[0]}/document", salt)


@lru_cache(maxsize=256)
def _derived_cipher(secret: bytes, purpose: str, salt: bytes = b"") -> "AESGCM":
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = f"claims-orchestrator session {purpose}".encode()
    return _cipher(HKDF(SHA256(), KEY_BYTES, salt, info).derive(secret))


def _sealed(cipher: "AESGCM", place: str, header: Header, plain: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, _bound_to(place, header))


def _opened(cipher: "AESGCM", place: str, header: Header, data: bytes) -> bytes | None:
    """None where it was changed, or sealed for another place or by another key."""
    return _authentic(cipher, data[:_NONCE], data[_NONCE:], _bound_to(place, header))


def _decrypt(key: DataKey, name: str, header: Header, data: bytes) -> bytes:
    plain = _opened(_claim_cipher(key, name), name, header, data)
    if plain is None:
        raise SessionCorrupt(f"{name}: {_UNLIKE} {key.id}")
    return plain


def _sealed_chunk(
    chunk: bytes,
    compression: Compression,
    cipher: "AESGCM | None",
    header: bytes,
    number: int,
    *,
    is_last: bool,
) -> bytes:
    packed = pack(chunk, compression)
    return cipher.encrypt(_chunk_nonce(number, is_last=is_last), packed, header) if cipher else packed


def _opened_chunk(
    name: str, header: Header, cipher: "AESGCM | None", stored: bytes, number: int, *, is_last: bool
) -> bytes:
    packed: bytes | None = stored
    if cipher is not None:
        packed = _authentic(cipher, _chunk_nonce(number, is_last=is_last), stored, _write(header))
    if packed is None:
        raise SessionCorrupt(f"{name}: {_UNLIKE} {header['key']}")
    return _unpack(name, packed, CHUNK)


def _authentic(cipher: "AESGCM", nonce: bytes, data: bytes, bound_to: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag

    try:
        return cipher.decrypt(nonce, data, bound_to)
    except (InvalidTag, ValueError):
        return None


def _bound_to(place: str, header: Header) -> bytes:
    return f"{place}\n".encode() + _write(header)


def _chunk_nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_NONCE - 1) + bytes([is_last])


_UNLIKE = "was changed, belongs elsewhere, or was encrypted by another key than the one here named"
