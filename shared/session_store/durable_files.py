"""Changes to files that survive a crash: whole or not at all, and on the disk when the call returns.

No call here locks anything: two writers of the same file must exclude each other.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Make a folder and the ones above it, durably; nothing happens where it is there."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    try:
        folder.mkdir()
    except FileExistsError:
        return
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk: files made, replaced and removed."""
    with _opened(folder, os.O_RDONLY) as descriptor:
        os.fsync(descriptor)


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Put a file in an existing folder; a reader sees the old file or the new one.

    A crash may leave a hidden temporary file, which the next write of the same file reuses. What is not
    `durable` may be lost, or be empty, after a power failure.
    """
    temporary = temporary_of(path)
    with _opened(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as descriptor:
        _write_all(descriptor, data)
        if durable:
            os.fsync(descriptor)
    temporary.replace(path)
    if durable:
        sync_folder(path.parent)


def append_at(path: Path, position: int, data: bytes) -> None:
    """Make `data` the end of a file, from `position` on; what lay there is dropped.

    Raises:
        EOFError: the file ends before `position`.
    """
    with _opened(path, os.O_WRONLY | os.O_CREAT) as descriptor:
        size = os.fstat(descriptor).st_size
        if size < position:
            raise EOFError(f"{path.name} has {size} bytes, {position} expected")
        if size > position:
            os.ftruncate(descriptor, position)
        os.lseek(descriptor, position, os.SEEK_SET)
        _write_all(descriptor, data)
        os.fsync(descriptor)


def rename(source: Path, target: Path) -> None:
    """Move a file to an existing folder, replacing what is there."""
    source.replace(target)
    # One change of the file system: with the new name on the disk, the old one is gone.
    sync_folder(target.parent)


def temporary_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.tmp")


@contextmanager
def _opened(path: Path, flags: int) -> Generator[int]:
    descriptor = os.open(path, flags, 0o666)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
