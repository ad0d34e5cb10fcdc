"""A container of blobs that is a folder on this machine, watched by the operating system's file events."""

import asyncio
import logging
import os
import stat
from collections.abc import AsyncGenerator, Iterable
from pathlib import Path

from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType]

from devhost.blob_source import Blob, Version
from devhost.errors import HostError

_log = logging.getLogger("devhost.blobs")

_RESCAN = 30.0  # seconds between scans, which find the files whose event was lost
_WATCH_AGAIN = 0.5  # seconds between the end of a watch and the next one
_SETTLE = 0.1  # seconds for which a file must not change before it counts as written


class LocalFolder:
    """A folder of blobs. Hidden files, temporary files and links in it do not count."""

    def __init__(self, folder: Path, rescan: float = _RESCAN) -> None:
        """Makes the folder if it is missing. It is scanned every `rescan` seconds while it is watched.

        Raises:
            HostError: the folder cannot be made.
        """
        self._folder = folder
        self._rescan = rescan
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HostError(f"the folder {folder} cannot be made: {error.strerror}") from error

    async def names(self) -> AsyncGenerator[Iterable[str]]:
        changed: asyncio.Queue[set[str]] = asyncio.Queue()
        watcher = asyncio.create_task(self._watch(changed))
        await asyncio.sleep(0)  # the watch begins with its first step, which has to come before the scan
        try:
            while True:
                yield await asyncio.to_thread(self._files, self._folder)
                deadline = asyncio.get_running_loop().time() + self._rescan
                while (left := deadline - asyncio.get_running_loop().time()) > 0:
                    try:
                        yield await asyncio.wait_for(changed.get(), left)
                    except TimeoutError:
                        break
        finally:
            watcher.cancel()

    async def version(self, name: str) -> Version | None:
        before = self._state(name)
        while before is not None:
            await asyncio.sleep(_SETTLE)
            after = self._state(name)
            if after == before:
                return after
            before = after
        return None

    async def read(self, name: str) -> Blob | None:
        path = self._folder / name
        try:
            content = await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            return None
        return Blob(content, path.resolve().as_uri(), {})

    async def close(self) -> None:
        pass

    async def _watch(self, changed: asyncio.Queue[set[str]]) -> None:
        while True:
            try:
                async for changes in awatch(self._folder, watch_filter=None, step=20, debounce=200):
                    await changed.put({name for _, path in changes for name in self._files(Path(path))})
            except OSError as error:
                _log.warning(
                    "%s is not watched (%s); it is scanned every %.0f s", self._folder, error, self._rescan
                )
                return
            except ExceptionGroup:
                # A file name that is not UTF-8 ends the watch. It goes on, and the scan finds what it missed.
                await asyncio.sleep(_WATCH_AGAIN)
            else:
                return

    def _files(self, path: Path) -> list[str]:
        """The names at and below `path`, since the event of a new folder does not name the files in it."""
        below = (Path(parent) / file for parent, _, files in os.walk(path) for file in files)
        return [name for name in map(self._name, (path, *below)) if _counts(name)]

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    def _state(self, name: str) -> Version | None:
        try:
            found = (self._folder / name).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return f"{found.st_ino}-{found.st_size}-{found.st_mtime_ns}" if stat.S_ISREG(found.st_mode) else None


def _counts(name: str) -> bool:
    hidden = any(part.startswith(".") for part in name.split("/"))
    return not (hidden or name.lower().endswith((".tmp", ".part")))
