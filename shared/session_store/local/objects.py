"""Objects as files of a directory."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from shared.session_store.backend import Area, Entry, PreconditionFailed
from shared.session_store.local import files
from shared.session_store.local.directory import Directory
from shared.session_store.streams import LARGE, PIECE, Reader, pieces

METADATA_SUFFIX = ".metadata.json"


class LocalObjects:
    """The `Objects` of a directory; every change of a claim's objects is made under that claim's lock."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def read(self, area: Area, key: str) -> bytes | None:
        """The content of a file; None where there is none."""
        return files.read(self._directory.path(area, key))

    async def read_with_tag(self, area: Area, key: str) -> tuple[bytes, str] | None:
        """The content of a file with the tag of these bytes; None where there is none."""
        data = await self.read(area, key)
        return None if data is None else (data, files.tag_of(data))

    async def write_if(self, area: Area, key: str, data: bytes, *, expected: str | None) -> str:
        """Put a file that has the expected content still, compared and replaced under its lock.

        Raises:
            PreconditionFailed: it has another content.
        """
        path = self._directory.path(area, key)

        def write() -> str:
            current = files.read(path)
            if (None if current is None else files.tag_of(current)) != expected:
                raise PreconditionFailed(f"{key} is not the one that was read")
            files.make_folder(os.path.dirname(path))
            files.write_whole(path, data)
            return files.tag_of(data)

        return await self._directory.change(key, write)

    async def exists(self, area: Area, key: str) -> bool:
        """Whether there is such a file."""
        return files.exists(self._directory.path(area, key))

    async def write(
        self, area: Area, key: str, data: bytes, *, reason: str | None = None, listed: bool = False
    ) -> None:
        """Put a file as a whole, and a reason in a second file beside it."""
        path = self._directory.path(area, key)

        def write() -> None:
            files.make_folder(os.path.dirname(path))
            if reason is not None:
                described = json.dumps({"reason": reason}, ensure_ascii=False, indent=2)
                files.write_whole(path + METADATA_SUFFIX, described.encode("utf-8", "backslashreplace"))
            files.write_whole(path, data)

        await self._directory.change(key, write, in_thread=len(data) > LARGE)

    async def write_stream(self, area: Area, key: str, content: AsyncIterator[bytes]) -> None:
        """Put a file as a whole; a large one is written piece by piece beside its place."""
        reader = Reader(content)
        if len(start := await reader.peek(LARGE + 1)) <= LARGE:
            await self.write(area, key, start)
            return
        path = self._directory.path(area, key)
        files.make_folder(os.path.dirname(path))
        # Its own temporary file, since the lock is not held while the content comes.
        with files.new_file(path) as file:
            async for piece in reader.rest():
                await asyncio.to_thread(file.write, piece)
            await self._directory.change(key, file.keep, in_thread=True)

    async def open_stream(self, area: Area, key: str) -> AsyncGenerator[bytes] | None:
        """The content of a file piece by piece; one that replaces it meanwhile is another file."""
        path = self._directory.path(area, key)
        start = files.read(path, LARGE + 1)
        if start is None:
            return None
        if len(start) <= LARGE:
            return pieces(start)

        async def read() -> AsyncGenerator[bytes]:
            with await asyncio.to_thread(open, path, "rb") as file:
                while piece := await asyncio.to_thread(file.read, PIECE):
                    yield piece

        return read()

    async def move(self, area: Area, source: str, target: str) -> bool:
        """Rename a file; False where there is none."""
        here, there = self._directory.path(area, source), self._directory.path(area, target)

        def move() -> bool:
            if not files.exists(here):
                return False
            files.make_folder(os.path.dirname(there))
            files.rename(here, there)
            return True

        return await self._directory.change(source, move)

    async def delete(self, area: Area, *keys: str) -> None:
        """Remove files, with the reasons beside rejected ones."""
        for key in keys:
            path = self._directory.path(area, key)
            paths = (path, path + METADATA_SUFFIX) if area is Area.REJECTED else (path,)
            await self._directory.change(key, partial(files.remove, *paths))

    async def delete_tree(self, area: Area, prefix: str) -> None:
        """Remove a folder with all that is in it."""
        folder = self._directory.path(area, prefix)

        def delete() -> None:
            with suppress(FileNotFoundError):
                shutil.rmtree(folder)
                files.sync_folder(os.path.dirname(folder))

        await self._directory.change(prefix, delete, in_thread=True)

    async def cool(self, area: Area, *keys: str) -> None:
        """Leave everything as it is: a disk has no cheaper storage."""

    async def list(self, area: Area, prefix: str) -> list[Entry]:
        """All files under a folder, ordered by key; hidden ones and reasons of rejections are no objects."""
        root = self._directory.folder(area)
        folder = self._directory.path(area, prefix) if prefix else root
        entries = {entry.key: entry for entry in _entries(root, folder)}
        reasons = {f"{key}{METADATA_SUFFIX}" for key in entries} if area is Area.REJECTED else set[str]()
        return [entries[key] for key in sorted(entries.keys() - reasons)]


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
