"""The text of documents: plain text, HTML and e-mail at once, everything else in a process of its own.

What a stranger sends may be made to exhaust whoever opens it. So what needs more than a decoder is read
by `worker.py` in a child process with limits on memory, time and size: a bomb takes down nothing else.
A document that cannot be read is no failure; its text is empty, and `problem` says why.
"""

import asyncio
import hashlib
import shutil
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor

from documents.child import read_in_child
from documents.kinds import Kind, kind_of
from documents.result import DocumentText
from documents.simple import email_text, html_text
from documents.text import decoded

__all__ = ["DocumentText", "extract", "text_of"]

AT_ONCE_BYTES = 64 * 1024
"""HTML and e-mail up to this size are read in this process: they cost milliseconds, a child costs tenths."""
CHILDREN = 2
"""How many child processes read at the same time, for each process of the app."""
READ_LATELY = 64
"""How many documents stay read. A claim's agents read the same ones turn after turn."""

_NO_READER = "text is not read out of files of this kind"
_NO_OCR = "it is a picture, and no tool that reads pictures is installed"
_children = ThreadPoolExecutor(CHILDREN, thread_name_prefix="extraction")
_lately: OrderedDict[str, asyncio.Task[DocumentText | None]] = OrderedDict()
_read: OrderedDict[str, Future[DocumentText]] = OrderedDict()


async def extract(content: bytes) -> DocumentText:
    """The text of a document, whatever its kind; never raises for what the content is."""
    kind = kind_of(content)
    if kind is None:
        text = decoded(content)
        return DocumentText(problem=_NO_READER) if text is None else DocumentText(text)
    if kind is Kind.PICTURE and not shutil.which("tesseract"):
        return DocumentText(problem=_NO_OCR)
    if len(content) <= AT_ONCE_BYTES and kind in {Kind.HTML, Kind.EMAIL}:
        return DocumentText((html_text if kind is Kind.HTML else email_text)(content))
    return await _in_child(hashlib.sha256(content).hexdigest(), kind, content)


async def text_of(sha256: str, read: Callable[[], Awaitable[bytes | None]]) -> DocumentText:
    """As `extract`, for a document whose checksum is known: what was read lately is not fetched again.

    Those who ask for the same at the same time share one reading; who stops waiting leaves it to the others.
    """
    reading = _lately.get(sha256)
    if reading is None or not (reading.done() or reading.get_loop() is asyncio.get_running_loop()):
        reading = asyncio.create_task(_fetched(read))
        reading.add_done_callback(lambda done: _forget_failure(sha256, done))
        _lately[sha256] = reading
        while len(_lately) > READ_LATELY:
            _lately.popitem(last=False)
    _lately.move_to_end(sha256)
    return await asyncio.shield(reading) or DocumentText()


async def _fetched(read: Callable[[], Awaitable[bytes | None]]) -> DocumentText | None:
    content = await read()
    return await extract(content) if content else None


def _forget_failure(sha256: str, done: asyncio.Task[DocumentText | None]) -> None:
    if done.cancelled() or done.exception() or done.result() is None:
        _lately.pop(sha256, None)


async def _in_child(sha256: str, kind: Kind, content: bytes) -> DocumentText:
    reading = _read.get(sha256)
    if reading is None or _came_to_nothing(reading):
        reading = _read[sha256] = _children.submit(read_in_child, kind, content)
        while len(_read) > READ_LATELY:
            _read.popitem(last=False)
    _read.move_to_end(sha256)
    return await _result(reading)


def _came_to_nothing(reading: Future[DocumentText]) -> bool:
    """Its child could not be started: that says nothing about the document."""
    return reading.done() and (reading.cancelled() or reading.exception() is not None)


async def _result(reading: Future[DocumentText]) -> DocumentText:
    """Whoever stops waiting leaves the reading to those who wait with them."""
    return await asyncio.shield(asyncio.wrap_future(reading))
