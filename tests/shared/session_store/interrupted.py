"""A backend whose writer dies between two of its calls."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence

from shared.models.claim import ClaimSummary
from shared.session_store.backend import (
    Append,
    Area,
    Backend,
    CommitLog,
    Entry,
    Objects,
    Snapshot,
    Summaries,
)
from shared.session_store.listing import Page, PageRequest, Period
from shared.session_store.object_names import LogName


class Death(BaseException):
    """The process is gone: nothing that catches errors catches this."""


class InterruptedBackend:
    """Passes on the first `calls` changes; at the next one the process dies."""

    def __init__(self, backend: Backend, calls: int) -> None:
        self._backend = backend
        self._left = calls
        self.objects: Objects = _Objects(backend.objects, self._count)
        self.commits: CommitLog = _Commits(backend.commits, self._count)
        self.summaries: Summaries = _Summaries(backend.summaries, self._count)
        self.upload_links = backend.upload_links

    def _count(self) -> None:
        if self._left == 0:
            raise Death
        self._left -= 1

    async def close(self) -> None:
        await self._backend.close()


class _Objects:
    """A move dies in its middle, as it can where it is a copy and a delete: both objects are there."""

    def __init__(self, objects: Objects, count: Callable[[], None]) -> None:
        self._objects = objects
        self._count = count

    async def read(self, area: Area, key: str) -> bytes | None:
        return await self._objects.read(area, key)

    async def read_with_tag(self, area: Area, key: str) -> tuple[bytes, str] | None:
        return await self._objects.read_with_tag(area, key)

    async def write_if(self, area: Area, key: str, data: bytes, *, expected: str | None) -> str:
        self._count()
        return await self._objects.write_if(area, key, data, expected=expected)

    async def exists(self, area: Area, key: str) -> bool:
        return await self._objects.exists(area, key)

    async def write(
        self, area: Area, key: str, data: bytes, *, reason: str | None = None, listed: bool = False
    ) -> None:
        self._count()
        await self._objects.write(area, key, data, reason=reason, listed=listed)

    async def write_stream(self, area: Area, key: str, content: AsyncIterator[bytes]) -> None:
        self._count()
        await self._objects.write_stream(area, key, content)

    async def open_stream(self, area: Area, key: str) -> AsyncGenerator[bytes] | None:
        return await self._objects.open_stream(area, key)

    async def move(self, area: Area, source: str, target: str) -> bool:
        content = await self._objects.read(area, source)
        if content is None:
            return False
        self._count()
        await self._objects.write(area, target, content)
        self._count()
        await self._objects.delete(area, source)
        return True

    async def delete(self, area: Area, *keys: str) -> None:
        for key in keys:
            self._count()
            await self._objects.delete(area, key)

    async def delete_tree(self, area: Area, prefix: str) -> None:
        self._count()
        await self._objects.delete_tree(area, prefix)

    async def cool(self, area: Area, *keys: str) -> None:
        self._count()
        await self._objects.cool(area, *keys)

    async def list(self, area: Area, prefix: str) -> list[Entry]:
        return await self._objects.list(area, prefix)


class _Commits:
    def __init__(self, commits: CommitLog, count: Callable[[], None]) -> None:
        self._commits = commits
        self._count = count

    async def exists(self, claim_id: str) -> bool:
        return await self._commits.exists(claim_id)

    async def read_context(self, claim_id: str) -> tuple[bytes, str] | None:
        return await self._commits.read_context(claim_id)

    async def read_log(self, claim_id: str, name: LogName, end: int) -> bytes:
        return await self._commits.read_log(claim_id, name, end)

    async def snapshot(self, claim_id: str) -> Snapshot:
        return await self._commits.snapshot(claim_id)

    async def commit(
        self, claim_id: str, *, expected: str | None, appends: Sequence[Append], context: bytes
    ) -> str:
        self._count()
        return await self._commits.commit(claim_id, expected=expected, appends=appends, context=context)


class _Summaries:
    def __init__(self, summaries: Summaries, count: Callable[[], None]) -> None:
        self._summaries = summaries
        self._count = count

    async def write(self, claim_id: str, summary: ClaimSummary, *, is_first: bool = False) -> None:
        self._count()
        await self._summaries.write(claim_id, summary, is_first=is_first)

    async def recorded(self, claim_id: str) -> ClaimSummary | None:
        return await self._summaries.recorded(claim_id)

    async def remove(self, claim_id: str, summary: ClaimSummary | None) -> None:
        self._count()
        await self._summaries.remove(claim_id, summary)

    async def page(self, asked: PageRequest) -> Page:
        return await self._summaries.page(asked)

    async def find(self, periods: Sequence[Period]) -> list[list[ClaimSummary]]:
        return await self._summaries.find(periods)
