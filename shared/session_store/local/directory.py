"""The directory in which a local store keeps everything, and the one way to change it.

    <root>/sessions/<claim_id>/…    <root>/uploads/…    <root>/uploads-rejected/…    <root>/.locks/…

Files whose names start with a dot are no objects.
"""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from shared.session_store.backend import Area, Containers
from shared.session_store.local.claim_locks import ClaimLocks


class Directory:
    """Paths of objects, and changes under the lock of the claim that they belong to."""

    def __init__(self, root: Path, containers: Containers) -> None:
        self._root = root
        self._containers = containers
        self._locks = ClaimLocks(root / ".locks")

    def folder(self, area: Area) -> str:
        """The path of an area's folder."""
        return f"{self._root}/{self._containers.of(area)}"

    def path(self, area: Area, key: str) -> str:
        """The path of an object.

        Raises:
            ValueError: the key would lead out of its area or name a hidden file.
        """
        parts = key.split("/")
        if any(part.startswith(".") or not part or "\0" in part or os.sep in part for part in parts):
            raise ValueError("not the key of an object")
        return f"{self.folder(area)}/{key}"

    async def change[T](self, key: str, change: Callable[[], T], *, in_thread: bool = False) -> T:
        """Run `change` under the lock of the claim that the key belongs to.

        Small changes run where they are called: a few kilobytes to a local disk take less time than
        handing them to a thread and back, measured over whole claims (docs/benchmarks.md).
        """

        def locked() -> T:
            with self._locks.hold(key.partition("/")[0]):
                return change()

        return await asyncio.to_thread(locked) if in_thread else locked()

    def close(self) -> None:
        """Close the lock files."""
        self._locks.close()
