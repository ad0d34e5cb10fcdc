"""Content that is passed on piece by piece, so that nobody holds the whole of it."""

from collections.abc import AsyncGenerator, AsyncIterable

type Content = bytes | AsyncIterable[bytes]

PIECE = 2**18
"""The usual size of a piece, in bytes."""
LARGE = 256 * 1024
"""Bytes from which on work on content must not keep the event loop waiting."""


async def pieces(content: Content, size: int = PIECE) -> AsyncGenerator[bytes]:
    """Bytes in pieces of `size`; what comes in pieces, as it comes."""
    if isinstance(content, bytes):
        for start in range(0, len(content), size):
            yield content[start : start + size]
    else:
        async for piece in content:
            yield piece


async def whole(content: AsyncIterable[bytes]) -> bytes:
    """All pieces as one."""
    return b"".join([piece async for piece in content])


class Reader:
    """Takes as much of a stream as is asked for."""

    def __init__(self, content: AsyncIterable[bytes]) -> None:
        self._content = aiter(content)
        self._ahead = bytearray()

    async def peek(self, size: int) -> bytes:
        """The next bytes, fewer only at the end; they are still to come."""
        await self._gather(size)
        return bytes(memoryview(self._ahead)[:size])

    async def take(self, size: int) -> bytes:
        """The next bytes, fewer only at the end."""
        taken = await self.peek(size)
        del self._ahead[: len(taken)]
        return taken

    async def _gather(self, size: int) -> None:
        while len(self._ahead) < size and (piece := await anext(self._content, None)) is not None:
            self._ahead += piece

    async def line(self, at_most: int) -> bytes | None:
        """What comes before the next line feed, which is taken too; None where there is none so near."""
        end = (await self.peek(at_most)).find(b"\n")
        return None if end < 0 else (await self.take(end + 1))[:-1]

    async def rest(self) -> AsyncGenerator[bytes]:
        """All that is still to come."""
        while piece := await self.take(PIECE):
            yield piece
