"""Files, and changes to them that survive a crash: whole or not at all, on the disk when the call returns.

No call here locks anything: two writers of the same file must exclude each other. Paths are plain strings,
since taking `pathlib` apart again costs a good part of what a small write does.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from uuid import uuid4


def make_folder(folder: str) -> None:
    """Make a folder and the ones above it, durably; nothing happens where it is there."""
    if os.path.isdir(folder):
        return
    above = os.path.dirname(folder)
    make_folder(above)
    try:
        os.mkdir(folder)
    except FileExistsError:
        return
    sync_folder(above)


def sync_folder(folder: str) -> None:
    """Bring the names in a folder to the disk: files made, replaced and removed."""
    with _opened(folder, os.O_RDONLY) as descriptor:
        os.fsync(descriptor)


def read(path: str, at_most: int = -1) -> bytes | None:
    """The first `at_most` bytes of a file, or all of it; None where there is no such file."""
    try:
        with open(path, "rb") as file:
            return file.read(at_most)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def tag_of(data: bytes) -> str:
    """A hash of a file's content, since its times and number may be those of an earlier one."""
    return sha256(data).hexdigest()


def exists(path: str) -> bool:
    """Whether there is such a file."""
    return os.path.isfile(path)


def write_whole(path: str, data: bytes, *, durable: bool = True) -> None:
    """Put a file in an existing folder; a reader sees the old file or the new one.

    A crash may leave a hidden temporary file, which the next write of the same file reuses. What is not
    `durable` may be lost, or be empty, after a power failure.
    """
    temporary = temporary_of(path)
    with _opened(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as descriptor:
        _write_all(descriptor, data)
        if durable:
            os.fsync(descriptor)
    os.replace(temporary, path)
    if durable:
        sync_folder(os.path.dirname(path))


@dataclass(frozen=True)
class NewFile:
    """A file that is written piece by piece beside the one that it is to replace."""

    path: str
    descriptor: int
    temporary: str

    def write(self, data: bytes) -> None:
        """Append to the file."""
        _write_all(self.descriptor, data)

    def keep(self) -> None:
        """Put the file in its place.

        Raises:
            FileNotFoundError: its folder was removed meanwhile.
        """
        os.fsync(self.descriptor)
        rename(self.temporary, self.path)


@contextmanager
def new_file(path: str) -> Generator[NewFile]:
    """A file in an existing folder, gone again where it is not kept; a crash leaves it as a hidden one."""
    temporary = temporary_of(f"{os.path.dirname(path)}/{uuid4().hex}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        yield NewFile(path, descriptor, temporary)
    finally:
        os.close(descriptor)
        remove(temporary)


def append_at(path: str, position: int, data: bytes) -> None:
    """Make `data` the end of a file, from `position` on; what lay there is dropped.

    Raises:
        EOFError: the file ends before `position`.
    """
    with _opened(path, os.O_WRONLY | os.O_CREAT) as descriptor:
        size = os.fstat(descriptor).st_size
        if size < position:
            raise EOFError(f"{os.path.basename(path)} has {size} bytes, {position} expected")
        if size > position:
            os.ftruncate(descriptor, position)
        os.lseek(descriptor, position, os.SEEK_SET)
        _write_all(descriptor, data)
        os.fsync(descriptor)


def rename(source: str, target: str) -> None:
    """Move a file to an existing folder, replacing what is there."""
    os.replace(source, target)
    # One change of the file system: with the new name on the disk, the old one is gone.
    sync_folder(os.path.dirname(target))


def remove(*paths: str) -> None:
    """Remove files; nothing happens for those that are not there."""
    for path in paths:
        with suppress(FileNotFoundError):
            os.unlink(path)


def temporary_of(path: str) -> str:
    """The hidden file beside a file, in which it is written before it replaces that one."""
    folder, name = os.path.split(path)
    return f"{folder}/.{name}.tmp"


@contextmanager
def _opened(path: str, flags: int) -> Generator[int]:
    descriptor = os.open(path, flags, 0o666)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
