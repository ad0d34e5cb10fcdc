"""Reads the text of documents: plain text, HTML and e-mail at once, everything else in a process of its own.

A stranger may send a document that is made to exhaust whoever opens it. So whatever needs more than a decoder
is read by `worker.py` in a child process with limits on memory, time and size, where it harms nothing else.
A document that cannot be read is no failure: its text is empty, and `problem` says why.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from cachetools import LRUCache

from documents.child import WORKER, read_in_child
from documents.kinds import Kind, kind_of
from documents.result import DocumentText
from documents.simple import email_text, html_text
from documents.text import decoded

AT_ONCE_BYTES = 64 * 1024
"""HTML and e-mail up to this size are read in this process: that takes milliseconds, and a child tenths."""

_NO_READER = "text is not read out of files of this kind"


class DocumentReader:
    """Reads documents, and remembers the last ones: the agents of a claim read the same ones in each turn."""

    def __init__(self, *, children: int = 2, remembered: int = 64, worker: Sequence[str] = WORKER) -> None:
        """Starts nothing yet.

        `children` is the number of child processes that read at the same time, and `remembered` the number of
        documents whose text is kept. `worker` is the command that reads one document, without its last
        argument, which is the document's kind.
        """
        self._worker = worker
        self._children = ThreadPoolExecutor(children, thread_name_prefix="documents")
        self._fetched: LRUCache[str, asyncio.Task[DocumentText | None]] = LRUCache(remembered)
        self._read: LRUCache[str, Future[DocumentText]] = LRUCache(remembered)

    async def extract(self, content: bytes) -> DocumentText:
        """The text of a document of any kind. Nothing is raised because of what `content` is."""
        kind = kind_of(content)
        if kind is None:
            text = decoded(content)
            return DocumentText(problem=_NO_READER) if text is None else DocumentText(text)
        if len(content) <= AT_ONCE_BYTES and kind in {Kind.HTML, Kind.EMAIL}:
            return DocumentText((html_text if kind is Kind.HTML else email_text)(content))
        return await self._in_child(kind, content)

    async def text_of(self, sha256: str, fetch: Callable[[], Awaitable[bytes | None]]) -> DocumentText:
        """The text of the document with the checksum `sha256`, as `extract` gives it.

        `fetch` gives the document's content, or None if it is gone, which makes the text empty. It is not
        called for a document that is remembered, and once for all who ask for the same one at the same time.
        Who stops waiting does not stop the reading for the others.
        """
        task = self._fetched.get(sha256)
        if task is None or not (task.done() or task.get_loop() is asyncio.get_running_loop()):
            task = self._fetched[sha256] = asyncio.create_task(self._fetch(fetch))
            task.add_done_callback(partial(self._forget_failure, sha256))
        return await asyncio.shield(task) or DocumentText()

    async def _fetch(self, fetch: Callable[[], Awaitable[bytes | None]]) -> DocumentText | None:
        content = await fetch()
        return await self.extract(content) if content else None

    def _forget_failure(self, sha256: str, task: asyncio.Task[DocumentText | None]) -> None:
        if task.cancelled() or task.exception() or task.result() is None:
            self._fetched.pop(sha256, None)

    async def _in_child(self, kind: Kind, content: bytes) -> DocumentText:
        sha256 = hashlib.sha256(content).hexdigest()
        reading = self._read.get(sha256)
        # That a child could not be started says nothing about the document.
        if reading is None or (reading.done() and (reading.cancelled() or reading.exception())):
            reading = self._children.submit(read_in_child, kind, content, worker=self._worker)
            self._read[sha256] = reading
        return await asyncio.shield(asyncio.wrap_future(reading))


_reader = DocumentReader()
extract = _reader.extract
text_of = _reader.text_of
