"""Sessions on a local directory.

    <root>/sessions/<claim_id>/…    <root>/uploads/…    <root>/uploads-rejected/…    <root>/.locks/…

Every change of a claim's objects happens under that claim's lock, in one hop to a thread.
Files whose names start with a dot are no objects.
"""

import asyncio
import heapq
import json
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from operator import itemgetter
from pathlib import Path

from pydantic import AliasGenerator, AliasPath, ConfigDict, Field, ValidationError

from shared.errors import SessionCorrupt
from shared.models.claim import ClaimContext, ClaimStatus, ClaimSummary
from shared.session_store import durable_files, index, keys, upgrades
from shared.session_store.backend import Append, Entry, Look, Page, Place, PreconditionFailed
from shared.session_store.claim_locks import ClaimLocks
from shared.session_store.links import SignedLinks
from shared.session_store.listing import (
    EVERYTHING,
    MOST_EXAMINED,
    Order,
    SummaryFilter,
    by_id,
    decode_place,
    encode_place,
)
from shared.session_store.sealing import MARK
from shared.session_store.session_files import HISTORY, SUMMARY, SessionFiles
from shared.session_store.streams import PIECE, Reader

LARGE = 256 * 1024
"""Bytes from which on a write must not keep the event loop waiting."""
METADATA_SUFFIX = ".metadata.json"
FIND_PAGE = 500

_log = logging.getLogger(__name__)


class LocalBackend:
    """A `Backend` on a directory that one or more processes share."""

    def __init__(
        self,
        root: Path,
        *,
        session_container: str = "sessions",
        upload_container: str = "uploads",
        links: SignedLinks | None = None,
    ) -> None:
        self.root = root
        self._links = links
        self._folders = {
            Place.SESSIONS: f"{root}/{session_container}",
            Place.UPLOADS: f"{root}/{upload_container}",
            Place.REJECTED: f"{root}/{upload_container}-rejected",
            Place.ERASED: f"{root}/{session_container}-erased",
        }
        self._locks = ClaimLocks(root / ".locks")

    async def read(self, place: Place, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        return _read(self._path(place, key), start, end)

    async def read_with_tag(self, place: Place, key: str) -> tuple[bytes, str] | None:
        data = await self.read(place, key)
        return None if data is None else (data, _tag(data))

    async def write(
        self,
        place: Place,
        key: str,
        data: bytes,
        *,
        metadata: dict[str, str] | None = None,
        listed: bool = False,
    ) -> None:
        path = self._path(place, key)

        def write() -> None:
            durable_files.make_folder(os.path.dirname(path))
            if metadata is not None:
                described = json.dumps(metadata, ensure_ascii=False, indent=2)
                durable_files.write_whole(
                    path + METADATA_SUFFIX, described.encode("utf-8", "backslashreplace")
                )
            durable_files.write_whole(path, data)

        await self._change(key, write, in_thread=len(data) > LARGE)

    async def write_stream(self, place: Place, key: str, content: AsyncIterator[bytes]) -> None:
        reader = Reader(content)
        if len(start := await reader.peek(LARGE + 1)) <= LARGE:
            await self.write(place, key, start)
            return
        path = self._path(place, key)
        durable_files.make_folder(os.path.dirname(path))
        # Its own temporary file, since the lock is not held while the content comes.
        with durable_files.new_file(path) as file:
            async for piece in reader.rest():
                await asyncio.to_thread(file.write, piece)
            await self._change(key, file.keep, in_thread=True)

    async def open_stream(self, place: Place, key: str) -> AsyncGenerator[bytes] | None:
        path = self._path(place, key)

        async def read() -> AsyncGenerator[bytes]:
            with await asyncio.to_thread(open, path, "rb") as file:
                while piece := await asyncio.to_thread(file.read, PIECE):
                    yield piece

        return read() if await asyncio.to_thread(os.path.isfile, path) else None

    async def look(self, claim_id: str) -> Look:
        found = await self.read_with_tag(Place.SESSIONS, keys.context(claim_id))
        return Look(found and found[1], await self.list(Place.SESSIONS, keys.inbox(claim_id)))

    async def commit(
        self, claim_id: str, *, expected: str | None, appends: Sequence[Append], context: bytes
    ) -> str:
        folder = self._path(Place.SESSIONS, claim_id)

        def commit() -> None:
            current = _read(f"{folder}/context.json")
            if (None if current is None else _tag(current)) != expected:
                raise PreconditionFailed(f"{claim_id}/context.json is not the one that was read")
            if current is None:
                durable_files.make_folder(folder)
            for append in appends:
                try:
                    durable_files.append_at(f"{folder}/{append.name}", append.at, append.lines)
                except EOFError as error:
                    raise SessionCorrupt(f"{claim_id}/{error}") from None
            durable_files.write_whole(f"{folder}/context.json", context)

        await self._change(claim_id, commit)
        return _tag(context)

    async def write_summary(self, claim_id: str, summary: ClaimSummary, *, is_first: bool = False) -> None:
        """Put session.json, unless a later revision's is there or the session is gone.

        It is derived from the context, so only the last one of a claim has to outlive a power failure.
        """
        folder = self._path(Place.SESSIONS, claim_id)
        path = f"{folder}/session.json"
        data = summary.model_dump_json(indent=2).encode()

        def write() -> None:
            stored = _parsed(_read(path), ClaimSummary)
            is_outrun = stored is not None and stored.revision > summary.revision
            if os.path.exists(f"{folder}/context.json") and not is_outrun:
                durable_files.write_whole(path, data, durable=summary.status.is_over)

        await self._change(claim_id, write)

    async def list_summaries(
        self,
        *,
        status: ClaimStatus | None,
        wanted: SummaryFilter,
        order: Order,
        limit: int,
        continuation: str | None,
    ) -> Page:
        """Read from each context.json, the commit itself, so that no summary is missing or stale.

        By moment all of them are read for each page, since nothing on the disk has that order.
        """

        folder = self._folders[Place.SESSIONS]

        def is_listed(summary: ClaimSummary) -> bool:
            return status in {None, summary.status} and wanted.accepts(summary)

        def by_claim_id(after: str) -> Page:
            found: list[ClaimSummary] = []
            claim_ids = _claim_ids(folder, after)
            for number, claim_id in enumerate(claim_ids):
                if len(found) == limit or number == MOST_EXAMINED:
                    return Page(found, encode_place(by_id(claim_ids[number - 1])))
                summary = self._summary_of(claim_id)
                if summary and is_listed(summary):
                    found.append(summary)
            return Page(found, None)

        def by_moment(after: str) -> Page:
            summaries = (self._summary_of(claim_id) for claim_id in _claim_ids(folder))
            listed = ((index.entry_of(one), one) for one in summaries if one and is_listed(one))
            following = (named for named in listed if named[0] > after)
            found = heapq.nsmallest(limit + 1, following, key=itemgetter(0))
            continuation = encode_place(found[limit - 1][0]) if len(found) > limit else None
            return Page([summary for _, summary in found[:limit]], continuation)

        gather = by_moment if order is Order.MOMENT else by_claim_id
        after = "" if continuation is None else decode_place(continuation, _place_in(order, status))
        return await asyncio.to_thread(gather, after)

    async def find_summaries(
        self, status: ClaimStatus, *, after: datetime | None = None, before: datetime | None = None
    ) -> AsyncIterator[ClaimSummary]:
        continuation: str | None = None
        while True:
            page = await self.list_summaries(
                status=status,
                wanted=EVERYTHING,
                order=Order.CLAIM_ID,
                limit=FIND_PAGE,
                continuation=continuation,
            )
            for summary in page.summaries:
                if (after is None or summary.moment >= after) and (before is None or summary.moment < before):
                    yield summary
            continuation = page.continuation
            if continuation is None:
                return

    async def known_summary(self, claim_id: str) -> ClaimSummary | None:
        return _parsed(_read(self._path(Place.SESSIONS, f"{claim_id}/session.json")), ClaimSummary)

    async def forget_summary(self, claim_id: str, summary: ClaimSummary | None) -> None:
        pass  # the list is read from the contexts

    async def move(self, place: Place, source: str, target: str) -> bool:
        here, there = self._path(place, source), self._path(place, target)

        def move() -> bool:
            if not os.path.isfile(here):
                return False
            durable_files.make_folder(os.path.dirname(there))
            durable_files.rename(here, there)
            return True

        return await self._change(source, move)

    async def delete(self, place: Place, key: str) -> None:
        path = self._path(place, key)

        def delete() -> None:
            with suppress(FileNotFoundError):
                os.unlink(path)
            if place is Place.REJECTED:
                with suppress(FileNotFoundError):
                    os.unlink(path + METADATA_SUFFIX)

        await self._change(key, delete)

    async def delete_all(self, place: Place, names: list[str]) -> None:
        for name in names:
            await self.delete(place, name)

    async def cool(self, place: Place, names: list[str]) -> None:
        pass  # a disk has no cooler place

    async def delete_tree(self, place: Place, prefix: str) -> None:
        folder = self._path(place, prefix)

        def delete() -> None:
            with suppress(FileNotFoundError):
                shutil.rmtree(folder)
                durable_files.sync_folder(os.path.dirname(folder))

        await self._change(prefix, delete, in_thread=True)

    async def list(self, place: Place, prefix: str) -> list[Entry]:
        root = self._folders[place]
        folder = self._path(place, prefix) if prefix else root
        entries = sorted(_entries(root, folder), key=lambda entry: entry.key)
        if place is Place.REJECTED:
            named = {entry.key for entry in entries}
            return [entry for entry in entries if not _is_metadata_of_one(entry.key, named)]
        return entries

    async def upload_link(self, key: str, until: datetime) -> str | None:
        path = Path(self._path(Place.UPLOADS, key)).relative_to(self.root)
        return self._links.to(path.as_posix(), until) if self._links else None

    async def close(self) -> None:
        self._locks.close()

    async def _change[T](self, key: str, change: Callable[[], T], *, in_thread: bool = False) -> T:
        """Run `change` under the lock of the claim that the key belongs to.

        Small changes run where they are called: a few kilobytes to a local disk take less time than
        handing them to a thread and back, measured over whole claims (docs/benchmarks.md).
        """

        def locked() -> T:
            with self._locks.hold(key.partition("/")[0]):
                return change()

        return await asyncio.to_thread(locked) if in_thread else locked()

    def _path(self, place: Place, key: str) -> str:
        """Where an object lies.

        Raises:
            ValueError: the key would lead out of its place or name a hidden file.
        """
        parts = key.split("/")
        if any(part.startswith(".") or not part or "\0" in part or os.sep in part for part in parts):
            raise ValueError("not the key of an object")
        return f"{self._folders[place]}/{key}"

    def _summary_of(self, claim_id: str) -> ClaimSummary | None:
        folder = f"{self._folders[Place.SESSIONS]}/{claim_id}"
        context = _read(f"{folder}/context.json")
        if context is None:
            return None
        sealed = context.startswith(MARK)
        summary = _parsed(context, _Sealed if sealed else _Committed)
        if summary is None and not sealed:
            summary = _upgraded(folder, context)
        if summary is None:
            _log.error("%s/context.json cannot be read; listing it as session.json has it", claim_id)
            summary = _parsed(_read(f"{folder}/session.json"), ClaimSummary)
        if summary is None or summary.claim_id != claim_id:
            _log.error("%s is not listed: what it holds is no session of that claim", claim_id)
            return None
        return ClaimSummary.model_construct(**dict(summary))


class TemporaryBackend(LocalBackend):
    """A `LocalBackend` that keeps nothing: its directory is removed when it is closed."""

    def __init__(self, *, session_container: str = "sessions", upload_container: str = "uploads") -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="claims-")
        super().__init__(
            Path(self._directory.name),
            session_container=session_container,
            upload_container=upload_container,
        )

    async def close(self) -> None:
        await super().close()
        await asyncio.to_thread(self._directory.cleanup)


class _Committed(ClaimSummary):
    """The summary as context.json holds it."""

    claim_type: str | None = Field(default=None, validation_alias=AliasPath("facts", "claim_type"))


class _Sealed(ClaimSummary):
    """The summary as it stands in the clear in a context.json that is compressed or encrypted."""

    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=lambda name: AliasPath("summary", name))
    )


def _claim_ids(folder: str, after: str = "") -> list[str]:
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    return sorted((name for name in names if by_id(name) > after and not name.startswith(".")), key=by_id)


def _parsed(data: bytes | None, shape: type[ClaimSummary]) -> ClaimSummary | None:
    try:
        return None if data is None else shape.model_validate_json(data)
    except ValidationError:
        return None


def _upgraded(folder: str, context: bytes) -> ClaimSummary | None:
    """The summary of a session that an older version wrote."""
    files = SessionFiles(
        summary=_read(f"{folder}/{SUMMARY}") or b"",
        context=context,
        history=_read(f"{folder}/{HISTORY}") or b"",
    )
    try:
        return ClaimSummary.of(ClaimContext.model_validate_json(upgrades.upgraded(files)))
    except ValueError:
        return None


def _read(path: str, start: int = 0, end: int | None = None) -> bytes | None:
    try:
        with open(path, "rb") as file:
            if start:
                file.seek(start)
            return file.read(-1 if end is None else max(0, end - start))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _tag(data: bytes) -> str:
    """A hash, since a file's times and number may be those of an earlier one."""
    return sha256(data).hexdigest()


def _entries(root: str, folder: str) -> Iterator[Entry]:
    for directory, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.startswith("."):
                continue
            path = f"{directory}/{name}"
            with suppress(FileNotFoundError):
                status = os.stat(path)
                modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
                yield Entry(path[len(root) + 1 :], status.st_size, modified_at)


def _is_metadata_of_one(key: str, keys: set[str]) -> bool:
    return key.endswith(METADATA_SUFFIX) and key.removesuffix(METADATA_SUFFIX) in keys


def _place_in(order: Order, status: ClaimStatus | None) -> Callable[[str], object]:
    """Whether a text can be a place in that order: the name of an entry, or what ids are sorted by."""
    if order is Order.MOMENT and status:
        return lambda place: place.startswith(index.prefix(status))
    return lambda place: place.find("/") == len(place) - 1
