"""Reads one document in a child process that has limits, and that is ended when its time is up."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from documents.kinds import Kind
from documents.result import DocumentText

WORKER = (sys.executable, "-P", str(Path(__file__).with_name("worker.py")))
"""The command that reads a document; its last argument, the kind, is still to be added."""
WALL_SECONDS = 20.0
"""The time for one document, the start of the child included. The child's own limits are in worker.py."""

_TOO_LONG = "reading it takes too long"
_TOO_MUCH = "reading it takes too much memory"
_INHERITED = ("PATH", "SYSTEMROOT", "TEMP", "TMPDIR", "LD_LIBRARY_PATH", "TESSDATA_PREFIX")
"""What a child has of the environment. There is no secret in it for a document that takes the child over."""


def read_in_child(
    kind: Kind, content: bytes, *, worker: Sequence[str] = WORKER, seconds: float = WALL_SECONDS
) -> DocumentText:
    """The text of a document, or why there is none. The call blocks for little more than `seconds` at most.

    Raises:
        OSError: the child cannot be started.
    """
    child = subprocess.Popen(  # noqa: S603 -- our own script, with the name of a kind
        [*worker, kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        start_new_session=True,
    )
    try:
        output, _ = child.communicate(content, timeout=seconds)
    except subprocess.TimeoutExpired:
        return DocumentText(problem=_TOO_LONG)
    finally:
        _end(child)
    try:
        read = json.loads(output)
        width, height = read.get("picture") or (0, 0)
        return DocumentText(
            str(read["text"]),
            read["problem"] and str(read["problem"]),
            (int(width), int(height)) if width else None,
        )
    except (ValueError, KeyError, TypeError):
        out_of_time = sys.platform != "win32" and -child.returncode in {signal.SIGXCPU, signal.SIGKILL}
        return DocumentText(problem=_TOO_LONG if out_of_time else _TOO_MUCH)


def _environment() -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return inherited | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "OMP_THREAD_LIMIT": "1"}


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kills the child and what it has started, if they still run."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            child.kill()
        elif child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
    child.communicate()
