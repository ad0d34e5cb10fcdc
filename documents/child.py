"""Reads one document in a child process that is bounded, and gone when its time is up."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from documents.kinds import Kind
from documents.result import DocumentText

WORKER = Path(__file__).with_name("worker.py")
WALL_SECONDS = 20.0
"""For one document, the start of the child included. The child's own limits are in worker.py."""

_TOO_LONG = "reading it takes too long"
_TOO_MUCH = "reading it takes too much memory"
_INHERITED = ("PATH", "SYSTEMROOT", "TEMP", "TMPDIR", "LD_LIBRARY_PATH", "TESSDATA_PREFIX")
"""Of the environment; a child that a document got hold of finds no secret there."""


def read_in_child(kind: Kind, content: bytes, *, seconds: float = WALL_SECONDS) -> DocumentText:
    """The text, or why there is none. Blocks for at most `seconds` and a little."""
    child = subprocess.Popen(  # noqa: S603 -- our own script, with the name of a kind
        [sys.executable, "-P", str(WORKER), kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        start_new_session=True,
    )
    try:
        answer, _ = child.communicate(content, timeout=seconds)
    except subprocess.TimeoutExpired:
        return DocumentText(problem=_TOO_LONG)
    finally:
        _end(child)
    try:
        told = json.loads(answer)
        return DocumentText(str(told["text"]), told["problem"] and str(told["problem"]))
    except (ValueError, KeyError, TypeError):
        return DocumentText(problem=_how_it_died(child.returncode))


def _environment() -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return inherited | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "OMP_THREAD_LIMIT": "1"}


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and what it started, if they still run."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            child.kill()
        elif child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


def _how_it_died(code: int) -> str:
    if sys.platform != "win32" and -code in {signal.SIGXCPU, signal.SIGKILL}:
        return _TOO_LONG
    return _TOO_MUCH
