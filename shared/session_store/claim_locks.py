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
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = [Lock() for _ in range(LOCKS)]

    @contextmanager
    def hold(self, name: str) -> Generator[None]:
        """Keep all others out who hold the same name. Not reentrant."""
        number = crc32(name.encode("utf-8", "surrogateescape")) % LOCKS
        with self._threads[number], self._opened(f"{number:03d}.lock") as descriptor:
            lock_descriptor(descriptor, poll_interval=POLL_SECONDS)
            try:
                yield
            finally:
                unlock_descriptor(descriptor)

    @contextmanager
    def _opened(self, file_name: str) -> Generator[int]:
        if not self._folder.is_dir():
            self._folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._folder / file_name, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
