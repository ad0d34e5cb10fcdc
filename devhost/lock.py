"""A data folder belongs to one running host: a lock holds it, and a note beside the lock says which host."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from devhost.errors import HostError

_PATIENCE = 0.5  # seconds; `running_host` holds the lock for an instant, too


@dataclass(frozen=True)
class HostInfo:
    """A running host: its process id, and the URL under which it serves, with the route prefix."""

    pid: int
    url: str


def host_folder(data: Path) -> Path:
    """The folder for the host's own files in a data folder."""
    return data / ".host"


def running_host(data: Path) -> HostInfo | None:
    """The host that holds the data folder, or None if there is no host that is ready."""
    info = _read_info(data)
    if info is None:
        return None
    try:
        with FileLock(host_folder(data) / "lock", timeout=0):
            return None
    except Timeout:
        return info
    except OSError:
        return None


class DataFolder:
    """A data folder that this process holds."""

    def __init__(self, data: Path) -> None:
        """Takes the folder, and makes it if it is missing.

        Raises:
            HostError: the folder cannot be written to, or another host holds it.
        """
        self._data = data
        try:
            host_folder(data).mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(host_folder(data) / "lock", timeout=_PATIENCE)
            self._lock.acquire()
        except Timeout:
            raise HostError(_held(data)) from None
        except OSError as error:
            raise HostError(
                f"the data folder {data} cannot be written to ({error.strerror}): name another with --data"
            ) from error
        _info_file(data).unlink(missing_ok=True)

    def announce(self, url: str) -> None:
        """Writes for other processes that the host serves at `url`."""
        info = _info_file(self._data)
        draft = info.with_suffix(".tmp")
        draft.write_text(json.dumps(asdict(HostInfo(os.getpid(), url))), "utf-8")
        draft.replace(info)

    def release(self) -> None:
        """Gives the folder up for another host."""
        _info_file(self._data).unlink(missing_ok=True)
        self._lock.release()


def _held(data: Path) -> str:
    info = _read_info(data)
    holder = f"process {info.pid}, {info.url}" if info else "one that is just starting"
    return f"the data folder {data} is held by another host ({holder}): stop it or name another with --data"


def _info_file(data: Path) -> Path:
    return host_folder(data) / "info.json"


def _read_info(data: Path) -> HostInfo | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        content = json.loads(_info_file(data).read_text("utf-8"))
        return HostInfo(int(content["pid"]), str(content["url"]))
    return None
