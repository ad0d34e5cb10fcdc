"""A backend whose writer dies between two of its calls."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import datetime

from shared.models.claim import ClaimSummary
from shared.session_store.backend import Append, Area, Backend, Entry, Look, Page
from shared.session_store.listing import PageRequest, Period


class Death(BaseException):
    """The process is gone: nothing that catches errors catches this."""


class InterruptedBackend:
    """Passes on the first `calls` changes; at the next one the process dies.

    A move dies in its middle, as it can where it is a copy and a delete: both objects are there.
    """

    def __init__(self, backend: Backend, calls: int) -> None:
        self._backend = backend
        self._left = calls

    def _count(self) -> None:
        if self._left == 0:
            raise Death
        self._left -= 1

    async def read(self, place: Area, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        return await self._backend.read(place, key, start, end)

    async def read_with_tag(self, place: Area, key: str) -> tuple[bytes, str] | None:
        return await self._backend.read_with_tag(place, key)

    async def write(
        self,
        place: Area,
        key: str,
        data: bytes,
        *,
        metadata: dict[str, str] | None = None,
        listed: bool = False,
    ) -> None:
        self._count()
        await self._backend.write(place, key, data, metadata=metadata, listed=listed)

    async def write_stream(self, place: Area, key: str, content: AsyncIterator[bytes]) -> None:
        self._count()
        await self._backend.write_stream(place, key, content)

    async def open_stream(self, place: Area, key: str) -> AsyncGenerator[bytes] | None:
        return await self._backend.open_stream(place, key)

    async def look(self, claim_id: str) -> Look:
        return await self._backend.look(claim_id)

    async def commit(
        self, claim_id: str, *, expected: str | None, appends: Sequence[Append], context: bytes
    ) -> str:
        self._count()
        return await self._backend.commit(claim_id, expected=expected, appends=appends, context=context)

    async def write_summary(self, claim_id: str, summary: ClaimSummary, *, is_first: bool = False) -> None:
        self._count()
        await self._backend.write_summary(claim_id, summary, is_first=is_first)

    async def known_summary(self, claim_id: str) -> ClaimSummary | None:
        return await self._backend.known_summary(claim_id)

    async def forget_summary(self, claim_id: str, summary: ClaimSummary | None) -> None:
        self._count()
        await self._backend.forget_summary(claim_id, summary)

    async def find_summaries(self, periods: Sequence[Period]) -> list[list[ClaimSummary]]:
        return await self._backend.find_summaries(periods)

    async def list_summaries(self, asked: PageRequest) -> Page:
        return await self._backend.list_summaries(asked)

    async def move(self, place: Area, source: str, target: str) -> bool:
        content = await self._backend.read(place, source)
        if content is None:
            return False
        self._count()
        await self._backend.write(place, target, content)
        self._count()
        await self._backend.delete(place, source)
        return True

    async def delete(self, place: Area, key: str) -> None:
        self._count()
        await self._backend.delete(place, key)

    async def delete_all(self, place: Area, names: list[str]) -> None:
        for name in names:
            await self.delete(place, name)

    async def cool(self, place: Area, names: list[str]) -> None:
        self._count()
        await self._backend.cool(place, names)

    async def delete_tree(self, place: Area, prefix: str) -> None:
        self._count()
        await self._backend.delete_tree(place, prefix)

    async def list(self, place: Area, prefix: str) -> list[Entry]:
        return await self._backend.list(place, prefix)

    async def upload_link(self, key: str, until: datetime) -> str | None:
        return await self._backend.upload_link(key, until)

    async def close(self) -> None:
        await self._backend.close()
