"""Blob triggers: each new or changed blob of a container runs its function once."""

import asyncio
import json
import logging
import re

from devhost.background_tasks import RunningWork
from devhost.blob_sources import Blob, BlobSource, Version, open_source
from devhost.errors import HostError
from devhost.protos import TypedData
from devhost.worker import Function, FunctionFailed, Worker

_log = logging.getLogger("devhost.blobs")

_ATTEMPTS = 5
_FIRST_PAUSE = 0.2  # seconds before the second attempt; doubled for each further one
_AT_ONCE = 16


class BlobPath:
    """A blob trigger's path, such as `uploads/{claim_id}/{name}`."""

    def __init__(self, path: str) -> None:
        """Raises:
        ValueError: the path does not begin with a container's name.
        """
        self.container, _, pattern = path.strip("/").partition("/")
        if not self.container or "{" in self.container:
            raise ValueError("it must begin with a container's name")
        parts = re.split(r"\{(\w+)\}", pattern or "{name}")
        literals, names = parts[::2], parts[1::2]
        expression = re.escape(literals[0])
        for name, literal in zip(names, literals[1:], strict=True):
            expression += f"(?P<{name}>.+){re.escape(literal)}"
        self._pattern = re.compile(expression, re.DOTALL)

    def variables(self, name: str) -> dict[str, str] | None:
        """The values of the pattern's variables for a blob, or None if the blob does not fit."""
        match = self._pattern.fullmatch(name)
        return match.groupdict() if match else None


class BlobTrigger:
    """One blob function and the container that it listens to.

    A blob that failed five times is left alone until it changes or the host starts again.
    """

    def __init__(self, worker: Worker, function: Function) -> None:
        """Raises:
        HostError: the path is not one, or no setting says where the container lies.
        """
        self._worker = worker
        self._function = function
        try:
            self._path = BlobPath(str(function.trigger["path"]))
        except (ValueError, re.PatternError) as error:
            raise HostError(f"function {function.name}: {function.trigger['path']!r}: {error}") from error
        connection = str(function.trigger.get("connection") or "AzureWebJobsStorage")
        self._source = open_source(function.name, connection, self._path.container)
        self._done: dict[str, Version] = {}
        self._at_work: set[str] = set()
        self._running = RunningWork()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._closing = asyncio.Event()

    @property
    def listens(self) -> bool:
        """False where uploads are not kept, so that there is nothing to listen to."""
        return self._source is not None

    async def run(self) -> None:
        """Listens until cancelled; what is running then is for `drain`."""
        if self._source is None:
            return
        async for names in self._source.names():
            for name in names:
                if name not in self._at_work and self._path.variables(name) is not None:
                    self._at_work.add(name)
                    self._running.start(self._serve(self._source, name))

    async def drain(self) -> None:
        """Waits for the runs that are under way, without further attempts."""
        self._closing.set()
        await self._running.drain()
        if self._source:
            await self._source.close()

    async def _serve(self, source: BlobSource, name: str) -> None:
        try:
            while (version := await source.version(name)) is not None:
                if self._done.get(name) == version or self._closing.is_set():
                    return
                await self._run_until_done(source, name)
                self._done[name] = version
            self._done.pop(name, None)
        finally:
            self._at_work.discard(name)

    async def _run_until_done(self, source: BlobSource, name: str) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self._slots:
                    await self._run(source, name)
            except (FunctionFailed, OSError) as error:
                _log.warning("an upload failed in attempt %d of %d: %s", attempt, _ATTEMPTS, error)
                if isinstance(error, FunctionFailed):
                    _log.debug("%s", error.stack_trace)
            else:
                return
            if attempt == _ATTEMPTS or await self._closed_within(_FIRST_PAUSE * 2 ** (attempt - 1)):
                break
        _log.error("an upload is left where it is; it is tried again when it changes or the host starts")

    async def _run(self, source: BlobSource, name: str) -> None:
        blob = await source.read(name)
        if blob is not None:
            content = TypedData(bytes=blob.content)
            await self._worker.invoke(self._function, content, self._metadata(name, blob))

    async def _closed_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _metadata(self, name: str, blob: Blob) -> dict[str, TypedData]:
        variables = self._path.variables(name) or {}
        return {
            "BlobTrigger": TypedData(string=f"{self._path.container}/{name}"),
            "Uri": TypedData(string=blob.uri),
            "Properties": TypedData(json=json.dumps({"ContentLength": len(blob.content)})),
            "Metadata": TypedData(json=json.dumps(blob.metadata)),
            **{variable: TypedData(string=value) for variable, value in variables.items()},
        }
