"""Compression of a piece, used only where it makes the piece smaller.

A packed piece is one byte that says how, and the content: a reader needs no setting, and a store may change
its compression at any time.
"""

import gzip
import sys
import zlib
from typing import Literal

Compression = Literal["none", "gzip", "zstd"]

LARGEST = 64 * 2**20
"""Bytes of content up to which a piece is compressed; none that is read may unpack to more."""

_AS_IS, _GZIP, _ZSTD = 0, 1, 2


def pack(content: bytes, compression: Compression) -> bytes:
    """The content behind a byte that states how it is packed: compressed where that makes it smaller."""
    if compression == "none" or len(content) > LARGEST:
        return bytes([_AS_IS]) + content
    if compression == "gzip":
        how, smaller = _GZIP, gzip.compress(content, compresslevel=6, mtime=0)
    else:
        how, smaller = _ZSTD, _zstd().compress(content)
    if len(smaller) < len(content):
        return bytes([how]) + smaller
    return bytes([_AS_IS]) + content


def unpack(packed: bytes, at_most: int = LARGEST) -> bytes:
    """The content of a packed piece.

    Raises:
        ValueError: it was not packed here, is cut off, or has more than `at_most` bytes of content.
    """
    if not packed or packed[0] > _ZSTD:
        raise ValueError("is packed in a way that this version does not know")
    if packed[0] == _AS_IS:
        return packed[1:]
    try:
        if packed[0] == _GZIP:
            unzip = zlib.decompressobj(wbits=31)
            content, rest = unzip.decompress(packed[1:], at_most + 1), unzip.unconsumed_tail
        else:
            unzip = _zstd().ZstdDecompressor()
            content, rest = unzip.decompress(packed[1:], at_most + 1), b""
    except (zlib.error, _zstd().ZstdError):
        raise ValueError("is damaged: it cannot be unpacked") from None
    if len(content) > at_most:
        raise ValueError(f"unpacks to more than {at_most} bytes")
    if not unzip.eof or unzip.unused_data or rest:
        raise ValueError("is damaged: it cannot be unpacked")
    return content


def _zstd():
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd
