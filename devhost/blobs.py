"""Blob triggers: a function runs once for each new or changed blob of its container."""

import asyncio
import json
import logging
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Self

from devhost.background_tasks import RunningWork
from devhost.blob_source import Blob, BlobSource, Version
from devhost.config import IN_MEMORY
from devhost.errors import HostError
from devhost.local_folder import LocalFolder
from devhost.protos import TypedData
from devhost.worker import Function, FunctionFailed, Worker

_log = logging.getLogger("devhost.blobs")

_ATTEMPTS = 5
_FIRST_PAUSE = 0.2  # seconds before the second attempt; each further pause is twice as long
_AT_ONCE = 16


class BlobPath:
    """A blob trigger's path, such as `uploads/{claim_id}/{name}`."""

    def __init__(self, path: str) -> None:
        """Takes the path apart.

        Raises:
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


def open_source(function: str, connection: str, container: str) -> BlobSource | None:
    """The container where the settings of a connection say that it lies, or None if that is in memory.

    Raises:
        HostError: none of the settings is set.
    """
    if path := os.environ.get(f"{connection}__path"):
        return None if path == IN_MEMORY else LocalFolder(Path(path) / container)
    from devhost.azure_container import AzureContainer

    if connection_string := os.environ.get(connection):
        return AzureContainer.from_connection_string(connection_string, container)
    if account := os.environ.get(f"{connection}__blobServiceUri"):
        client_id = os.environ.get(f"{connection}__clientId")
        return AzureContainer.from_identity(account, container, client_id)
    places = f"{connection}, {connection}__blobServiceUri and {connection}__path"
    raise HostError(f"function {function}: none of {places} is set")


class BlobTrigger:
    """A blob function and its container.

    A blob for which the function has failed five times is tried again when it changes or the host starts.
    """

    def __init__(self, worker: Worker, function: Function, path: BlobPath, source: BlobSource) -> None:
        self._worker = worker
        self._function = function
        self._path = path
        self._source = source
        self._done: dict[str, Version] = {}
        self._at_work: set[str] = set()
        self._running = RunningWork()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._closing = asyncio.Event()

    @classmethod
    def open(cls, worker: Worker, function: Function) -> Self | None:
        """The trigger of a blob function, or None if its container is in memory, where no blob can come in.

        Raises:
            HostError: the trigger's path is malformed, or no setting says where the container lies.
        """
        try:
            path = BlobPath(str(function.trigger["path"]))
        except (ValueError, re.PatternError) as error:
            raise HostError(f"function {function.name}: {function.trigger['path']!r}: {error}") from error
        connection = str(function.trigger.get("connection") or "AzureWebJobsStorage")
        source = open_source(function.name, connection, path.container)
        return cls(worker, function, path, source) if source else None

    async def run(self) -> None:
        """Listens until it is cancelled. Runs of the function go on after that; `drain` waits for them."""
        async for names in self._source.names():
            for name in names:
                if name not in self._at_work and self._path.variables(name) is not None:
                    self._at_work.add(name)
                    self._running.start(self._serve(name))

    async def drain(self) -> None:
        """Waits for the runs that are under way. Those that fail are not tried again."""
        self._closing.set()
        await self._running.drain()
        await self._source.close()

    async def _serve(self, name: str) -> None:
        try:
            while (version := await self._source.version(name)) is not None:
                if self._done.get(name) == version or self._closing.is_set():
                    return
                await self._run_until_done(name)
                self._done[name] = version
            self._done.pop(name, None)
        finally:
            self._at_work.discard(name)

    async def _run_until_done(self, name: str) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self._slots:
                    await self._run(name)
            except (FunctionFailed, OSError) as error:
                _log.warning("an upload failed in attempt %d of %d: %s", attempt, _ATTEMPTS, error)
                if isinstance(error, FunctionFailed):
                    _log.debug("%s", error.stack_trace)
            else:
                return
            if attempt < _ATTEMPTS:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), _FIRST_PAUSE * 2 ** (attempt - 1))
                    break
        _log.error("an upload is left where it is; it is tried again when it changes or the host starts")

    async def _run(self, name: str) -> None:
        blob = await self._source.read(name)
        if blob is not None:
            content = TypedData(bytes=blob.content)
            await self._worker.invoke(self._function, content, self._metadata(name, blob))

    def _metadata(self, name: str, blob: Blob) -> dict[str, TypedData]:
        variables = self._path.variables(name) or {}
        return {
            "BlobTrigger": TypedData(string=f"{self._path.container}/{name}"),
            "Uri": TypedData(string=blob.uri),
            "Properties": TypedData(json=json.dumps({"ContentLength": len(blob.content)})),
            "Metadata": TypedData(json=json.dumps(blob.metadata)),
            **{variable: TypedData(string=value) for variable, value in variables.items()},
        }
