"""A container of blobs as a blob trigger sees it, wherever it lies."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Protocol

type Version = str
"""Differs whenever a blob's content may differ."""


@dataclass(frozen=True)
class Blob:
    """A blob's content, and what a blob trigger is given besides."""

    content: bytes
    uri: str
    metadata: dict[str, str]


class BlobSource(Protocol):
    """A container that is watched. The names of blobs are relative to it, with `/` between their parts."""

    def names(self) -> AsyncIterator[Iterable[str]]:
        """Names that may be new or changed: first all that there are, then without end as they come."""
        ...

    async def version(self, name: str) -> Version | None:
        """The version of a blob that is completely written, or None if there is no such blob."""
        ...

    async def read(self, name: str) -> Blob | None:
        """The blob, or None if it is gone.

        Raises:
            OSError: the blob is there and cannot be read now.
        """
        ...

    async def close(self) -> None:
        """Closes connections; nothing is read after this."""
        ...
