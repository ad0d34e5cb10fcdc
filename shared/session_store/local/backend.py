"""Sessions on a local directory.

    <root>/sessions/<claim_id>/…    <root>/uploads/…    <root>/uploads-rejected/…    <root>/.locks/…

Every change of a claim's objects happens under that claim's lock, in one hop to a thread.
Files whose names start with a dot are no objects.
"""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from shared.errors import SessionCorrupt
from shared.models.claim import ClaimSummary
from shared.session_store import object_names
from shared.session_store.backend import Append, Area, Entry, Look, Page, PreconditionFailed
from shared.session_store.listing import PageRequest, Period
from shared.session_store.local import files
from shared.session_store.local.claim_locks import ClaimLocks
from shared.session_store.local.links import SignedLinks
from shared.session_store.local.summaries import SessionList, recorded_summary, write_summary
from shared.session_store.streams import PIECE, Reader, pieces

LARGE = 256 * 1024
"""Bytes from which on a write must not keep the event loop waiting."""
METADATA_SUFFIX = ".metadata.json"


class LocalBackend:
    """A `Backend` on a directory that one or more processes share."""

    def __init__(
        self,
        root: Path,
        *,
        session_container: str = "sessions",
        upload_container: str = "uploads",
        links: SignedLinks | None = None,
    ) -> None:
        self.root = root
        self._links = links
        self._folders = {
            Area.SESSIONS: f"{root}/{session_container}",
            Area.UPLOADS: f"{root}/{upload_container}",
            Area.REJECTED: f"{root}/{upload_container}-rejected",
            Area.ERASED: f"{root}/{session_container}-erased",
        }
        self._locks = ClaimLocks(root / ".locks")
        self._list = SessionList(self._folders[Area.SESSIONS])

    async def read(self, place: Area, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        return files.read(self._path(place, key), start, end)

    async def read_with_tag(self, place: Area, key: str) -> tuple[bytes, str] | None:
        data = await self.read(place, key)
        return None if data is None else (data, _tag(data))

    async def write(
        self,
        place: Area,
        key: str,
        data: bytes,
        *,
        metadata: dict[str, str] | None = None,
        listed: bool = False,
    ) -> None:
        path = self._path(place, key)

        def write() -> None:
            files.make_folder(os.path.dirname(path))
            if metadata is not None:
                described = json.dumps(metadata, ensure_ascii=False, indent=2)
                files.write_whole(path + METADATA_SUFFIX, described.encode("utf-8", "backslashreplace"))
            files.write_whole(path, data)

        await self._change(key, write, in_thread=len(data) > LARGE)

    async def write_stream(self, place: Area, key: str, content: AsyncIterator[bytes]) -> None:
        reader = Reader(content)
        if len(start := await reader.peek(LARGE + 1)) <= LARGE:
            await self.write(place, key, start)
            return
        path = self._path(place, key)
        files.make_folder(os.path.dirname(path))
        # Its own temporary file, since the lock is not held while the content comes.
        with files.new_file(path) as file:
            async for piece in reader.rest():
                await asyncio.to_thread(file.write, piece)
            await self._change(key, file.keep, in_thread=True)

    async def open_stream(self, place: Area, key: str) -> AsyncGenerator[bytes] | None:
        path = self._path(place, key)
        start = files.read(path, 0, LARGE + 1)
        if start is None:
            return None
        if len(start) <= LARGE:
            return pieces(start)

        async def read() -> AsyncGenerator[bytes]:
            with await asyncio.to_thread(open, path, "rb") as file:
                while piece := await asyncio.to_thread(file.read, PIECE):
                    yield piece

        return read()

    async def look(self, claim_id: str) -> Look:
        found = await self.read_with_tag(Area.SESSIONS, object_names.context(claim_id))
        return Look(found and found[1], await self.list(Area.SESSIONS, object_names.inbox(claim_id)))

    async def commit(
        self, claim_id: str, *, expected: str | None, appends: Sequence[Append], context: bytes
    ) -> str:
        folder = self._path(Area.SESSIONS, claim_id)

        def commit() -> None:
            current = files.read(f"{folder}/context.json")
            if (None if current is None else _tag(current)) != expected:
                raise PreconditionFailed(f"{claim_id}/context.json is not the one that was read")
            if current is None:
                files.make_folder(folder)
            for append in appends:
                try:
                    files.append_at(f"{folder}/{append.name}", append.at, append.lines)
                except EOFError as error:
                    raise SessionCorrupt(f"{claim_id}/{error}") from None
            files.write_whole(f"{folder}/context.json", context)

        await self._change(claim_id, commit)
        return _tag(context)

    async def write_summary(self, claim_id: str, summary: ClaimSummary, *, is_first: bool = False) -> None:
        folder = self._path(Area.SESSIONS, claim_id)
        await self._change(claim_id, lambda: write_summary(folder, summary))

    async def known_summary(self, claim_id: str) -> ClaimSummary | None:
        return recorded_summary(self._path(Area.SESSIONS, claim_id))

    async def list_summaries(self, asked: PageRequest) -> Page:
        return await asyncio.to_thread(self._list.page, asked)

    async def find_summaries(self, periods: Sequence[Period]) -> list[list[ClaimSummary]]:
        return await asyncio.to_thread(self._list.find, periods)

    async def forget_summary(self, claim_id: str, summary: ClaimSummary | None) -> None:
        pass  # the list is read from the contexts

    async def move(self, place: Area, source: str, target: str) -> bool:
        here, there = self._path(place, source), self._path(place, target)

        def move() -> bool:
            if not os.path.isfile(here):
                return False
            files.make_folder(os.path.dirname(there))
            files.rename(here, there)
            return True

        return await self._change(source, move)

    async def delete(self, place: Area, key: str) -> None:
        path = self._path(place, key)

        def delete() -> None:
            with suppress(FileNotFoundError):
                os.unlink(path)
            if place is Area.REJECTED:
                with suppress(FileNotFoundError):
                    os.unlink(path + METADATA_SUFFIX)

        await self._change(key, delete)

    async def delete_all(self, place: Area, names: list[str]) -> None:
        for name in names:
            await self.delete(place, name)

    async def cool(self, place: Area, names: list[str]) -> None:
        pass  # a disk has no cooler place

    async def delete_tree(self, place: Area, prefix: str) -> None:
        folder = self._path(place, prefix)

        def delete() -> None:
            with suppress(FileNotFoundError):
                shutil.rmtree(folder)
                files.sync_folder(os.path.dirname(folder))

        await self._change(prefix, delete, in_thread=True)

    async def list(self, place: Area, prefix: str) -> list[Entry]:
        root = self._folders[place]
        folder = self._path(place, prefix) if prefix else root
        entries = sorted(_entries(root, folder), key=lambda entry: entry.key)
        if place is Area.REJECTED:
            named = {entry.key for entry in entries}
            return [entry for entry in entries if not _is_metadata_of_one(entry.key, named)]
        return entries

    async def upload_link(self, key: str, until: datetime) -> str | None:
        path = Path(self._path(Area.UPLOADS, key)).relative_to(self.root)
        return self._links.to(path.as_posix(), until) if self._links else None

    async def close(self) -> None:
        self._locks.close()

    async def _change[T](self, key: str, change: Callable[[], T], *, in_thread: bool = False) -> T:
        """Run `change` under the lock of the claim that the key belongs to.

        Small changes run where they are called: a few kilobytes to a local disk take less time than
        handing them to a thread and back, measured over whole claims (docs/benchmarks.md).
        """

        def locked() -> T:
            with self._locks.hold(key.partition("/")[0]):
                return change()

        return await asyncio.to_thread(locked) if in_thread else locked()

    def _path(self, place: Area, key: str) -> str:
        """Where an object lies.

        Raises:
            ValueError: the key would lead out of its place or name a hidden file.
        """
        parts = key.split("/")
        if any(part.startswith(".") or not part or "\0" in part or os.sep in part for part in parts):
            raise ValueError("not the key of an object")
        return f"{self._folders[place]}/{key}"


class TemporaryBackend(LocalBackend):
    """A `LocalBackend` that keeps nothing: its directory is removed when it is closed."""

    def __init__(self, *, session_container: str = "sessions", upload_container: str = "uploads") -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="claims-")
        super().__init__(
            Path(self._directory.name),
            session_container=session_container,
            upload_container=upload_container,
        )

    async def close(self) -> None:
        await super().close()
        await asyncio.to_thread(self._directory.cleanup)


def _tag(data: bytes) -> str:
    """A hash, since a file's times and number may be those of an earlier one."""
    return sha256(data).hexdigest()


def _entries(root: str, folder: str) -> Iterator[Entry]:
    for directory, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.startswith("."):
                continue
            path = f"{directory}/{name}"
            with suppress(FileNotFoundError):
                status = os.stat(path)
                modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
                yield Entry(path[len(root) + 1 :], status.st_size, modified_at)


def _is_metadata_of_one(key: str, keys: set[str]) -> bool:
    return key.endswith(METADATA_SUFFIX) and key.removesuffix(METADATA_SUFFIX) in keys
