"""Where uploads lie: a local folder, or a container of a storage account."""

import asyncio
import logging
import os
import stat
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType]

from devhost.config import IN_MEMORY
from devhost.errors import HostError

_log = logging.getLogger("devhost.blobs")

_RESCAN = 30.0  # seconds; finds what a lost file event did not tell
_WATCH_AGAIN = 0.5  # seconds
_SETTLE = 0.1  # seconds for which a file must not change before it counts as written

type Version = str
"""Differs whenever a blob's content may differ."""


@dataclass(frozen=True)
class Blob:
    """A blob's content and what a blob trigger tells about it."""

    content: bytes
    uri: str
    metadata: dict[str, str]


class BlobSource(Protocol):
    """A container that is watched. Names are relative to it, with `/` between their parts."""

    def names(self) -> AsyncIterator[Iterable[str]]:
        """Names that may be new or changed: first all there are, then without end as they come."""
        ...

    async def version(self, name: str) -> Version | None:
        """The version of a blob that is completely written, or None if there is no such blob."""
        ...

    async def read(self, name: str) -> Blob | None:
        """The blob, or None if it has gone.

        Raises:
            OSError: it is there and cannot be read now.
        """
        ...

    async def close(self) -> None:
        """Lets go of connections; nothing is read after this."""
        ...


def open_source(function: str, connection: str, container: str) -> BlobSource | None:
    """The container as the settings of a connection place it; None for one that keeps nothing.

    Raises:
        HostError: no setting says where the container lies.
    """
    if path := os.environ.get(f"{connection}__path"):
        return None if path == IN_MEMORY else LocalFolder(Path(path) / container)
    from devhost.azure_container import AzureContainer

    if connection_string := os.environ.get(connection):
        return AzureContainer.from_connection_string(connection_string, container)
    if account := os.environ.get(f"{connection}__blobServiceUri"):
        client_id = os.environ.get(f"{connection}__clientId")
        return AzureContainer.from_identity(account, container, client_id)
    places = f"{connection}, {connection}__blobServiceUri and {connection}__path"
    raise HostError(f"function {function}: none of {places} is set")


class LocalFolder:
    """A folder. Hidden and temporary files in it are somebody's work in progress; links lead elsewhere."""

    def __init__(self, folder: Path, rescan: float = _RESCAN) -> None:
        """Makes the folder where it is missing, and looks through it every `rescan` seconds.

        Raises:
            HostError: it cannot be made.
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
        await asyncio.sleep(0)  # it watches from its first step on; only then may the scan begin
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
                # One file with a name that is no text ends a watch; the scan finds it, the watch goes on.
                await asyncio.sleep(_WATCH_AGAIN)
            else:
                return

    def _files(self, path: Path) -> list[str]:
        """The names at and below `path`: a new folder tells of itself, not of what came with it."""
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
