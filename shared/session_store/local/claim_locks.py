"""One lock for each claim, across threads and processes."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from zlib import crc32

from filelock import lock_descriptor, unlock_descriptor

LOCKS = 256
"""Claims share this many lock files, so that none has to be removed with its claim."""

POLL_SECONDS = 0.002
"""How often another process' lock is tried; threads of one process queue without polling."""


class ClaimLocks:
    """The locks of a directory, as files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = [Lock() for _ in range(LOCKS)]
        self._descriptors: dict[int, int] = {}

    @contextmanager
    def hold(self, name: str) -> Generator[None]:
        """Keep all others out who hold the same name. Not reentrant."""
        number = crc32(name.encode("utf-8", "surrogateescape")) % LOCKS
        with self._threads[number]:
            descriptor = self._descriptors.get(number)
            if descriptor is None:
                descriptor = self._descriptors[number] = self._open(f"{number:03d}.lock")
            lock_descriptor(descriptor, poll_interval=POLL_SECONDS)
            try:
                yield
            finally:
                unlock_descriptor(descriptor)

    def close(self) -> None:
        """Close the lock files; whoever holds a lock then loses it."""
        for number in list(self._descriptors):
            os.close(self._descriptors.pop(number))

    def _open(self, file_name: str) -> int:
        os.makedirs(self._folder, exist_ok=True)
        return os.open(self._folder / file_name, os.O_RDWR | os.O_CREAT, 0o666)
