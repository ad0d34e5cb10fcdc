"""The commit on Blob Storage: conditions instead of locks.

What is asked of the service, request by request, and what follows from each failure stands in
docs/session-persistence.md.
"""

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import cast
from uuid import uuid4

from azure.core import MatchConditions
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobProperties, BlobType, StorageErrorCode
from azure.storage.blob.aio import BlobClient

from shared.errors import SessionCorrupt
from shared.session_store import object_names
from shared.session_store.backend import Append, Area, Entry, PreconditionFailed, Snapshot
from shared.session_store.blob.objects import entry_of
from shared.session_store.blob.requests import (
    CONDITIONS_FAILED,
    MOST_REPAIRS,
    BlobRequests,
    code_of,
    etag_of,
    if_same,
)
from shared.session_store.blob.summaries import BlobSummaries
from shared.session_store.object_names import LogName

_log = logging.getLogger(__name__)

GRACE = 1.5
"""Seconds for which a writer that finds other lines at its position waits for their commit."""
COMPACT_AT = 49_000
"""Appends after which the history is written anew; the service takes 50,000 to one blob."""
APPEND_BYTES = 4 * 1024 * 1024
"""Bytes that one append takes under every version of the service."""

_FENCE = b'{"fence": "a session begins here"}'
"""Stands as context.json for as long as a creation needs that has to repair what a dead one left."""
_WRITER = "writer"
"""Metadata by which a writer knows again what it wrote, if the answer was lost."""
_PLACE_IS_TAKEN = {
    StorageErrorCode.INVALID_BLOB_TYPE,
    StorageErrorCode.APPEND_POSITION_CONDITION_NOT_MET,
    StorageErrorCode.CONDITION_NOT_MET,
    "BlockCountExceedsLimit",
}


class BlobCommits:
    """The `CommitLog` of a storage account."""

    def __init__(
        self, requests: BlobRequests, summaries: BlobSummaries, *, grace: float, compact_at: int
    ) -> None:
        self._requests = requests
        self._summaries = summaries
        self._grace = grace
        self._compact_at = compact_at

    async def exists(self, claim_id: str) -> bool:
        """Whether the claim has a context."""
        return await self._requests.blob(Area.SESSIONS, object_names.context(claim_id)).exists()

    async def read_context(self, claim_id: str) -> tuple[bytes, str] | None:
        """The context with its tag; None also where a fence stands in its place."""
        found = await self._requests.read_with_tag(Area.SESSIONS, object_names.context(claim_id))
        return None if found is None or found[0] == _FENCE else found

    async def read_log(self, claim_id: str, name: LogName, end: int) -> bytes:
        """The first bytes of a log; of its copy where a writer died while it wrote the log anew."""
        if end == 0:
            return b""
        found = await self._requests.read(Area.SESSIONS, object_names.log(claim_id, name), 0, end)
        if found is None or len(found) < end:
            copy = object_names.copy(claim_id, name, end)
            found = await self._requests.read(Area.SESSIONS, copy, 0, end) or found
        return found or b""

    async def snapshot(self, claim_id: str) -> Snapshot:
        """One list of all that the claim has, which shows its session.json as well."""
        context, summary = object_names.context(claim_id), object_names.summary(claim_id)
        inbox = f"{object_names.inbox(claim_id)}/"
        tag, entries = None, list[Entry]()
        listed = self._requests.container(Area.SESSIONS).list_blobs(
            name_starts_with=f"{claim_id}/", include=["metadata"]
        )
        with suppress(ResourceNotFoundError):
            async for blob in listed:
                if blob.name == context:
                    tag = etag_of(blob.etag)
                elif blob.name == summary:
                    self._summaries.learn(claim_id, blob.metadata, etag_of(blob.etag))
                elif blob.name.startswith(inbox):
                    entries.append(entry_of(blob))
        return Snapshot(tag, entries)

    async def commit(
        self, claim_id: str, *, expected: str | None, appends: Sequence[Append], context: bytes
    ) -> str:
        """Append to the logs, then replace the context, each on the condition that it is as it was read.

        Raises:
            PreconditionFailed: the stored context is not the expected one.
            SessionCorrupt: a log is shorter than what was committed of it.
        """
        tag = expected
        for _ in range(MOST_REPAIRS):
            blocks = await self._append_all(claim_id, appends, is_first=expected is None)
            if blocks is None:
                tag = await self._take_over(claim_id, expected, tag, appends)
                continue
            committed = await self._replace_context(claim_id, tag, context)
            if committed is None:
                # Somebody's fence stands where the session was to begin.
                tag = await self._take_over(claim_id, None, None, appends)
                continue
            for append, count in zip(appends, blocks, strict=True):
                if count >= self._compact_at:
                    committed = await self._compact(claim_id, committed, context, append)
            return committed
        raise PreconditionFailed(f"{claim_id}: others keep writing its history")

    async def _append_all(
        self, claim_id: str, appends: Sequence[Append], *, is_first: bool
    ) -> Sequence[int] | None:
        """How many blocks each log has then, or None where something else lies at a position."""
        blocks: list[int] = []
        for append in appends:
            key = object_names.log(claim_id, append.name)
            count = await self._append(key, append.at, append.lines, is_first=is_first)
            if count is None:
                return None
            blocks.append(count)
        return blocks

    async def _append(self, key: str, position: int, lines: bytes, *, is_first: bool) -> int | None:
        """Make `lines` the end of a log, from `position` on.

        Returns how many blocks the log has then, or None where something else lies there.
        """
        blob = self._requests.blob(Area.SESSIONS, key)
        if is_first:
            await self._create_log(blob)
        blocks = 0
        for start in range(0, len(lines), APPEND_BYTES):
            block = lines[start : start + APPEND_BYTES]
            try:
                answer = await blob.append_block(block, appendpos_condition=position + start)
            except ResourceNotFoundError:
                if position == 0 and not is_first:
                    return await self._append(key, position, lines, is_first=True)
                return None
            except HttpResponseError as error:
                if code_of(error) not in _PLACE_IS_TAKEN:
                    raise
                break  # by us, where an answer was lost; by another writer; or by a dead one
            blocks = cast(int, answer["blob_committed_block_count"])
        else:
            return blocks
        tail = await self._requests.read(Area.SESSIONS, key, position, position + len(lines) + 1)
        return 0 if tail == lines else None

    async def _replace_context(self, claim_id: str, tag: str | None, context: bytes) -> str | None:
        """The new tag, or None where a fence stands in the way of a first commit.

        Raises:
            PreconditionFailed: another commit was first.
        """
        key = object_names.context(claim_id)
        blob = self._requests.blob(Area.SESSIONS, key)
        try:
            return await self._requests.put_if(tag, blob, context)
        except HttpResponseError as error:
            if error.status_code not in CONDITIONS_FAILED:
                raise
            found = await self.read_context(claim_id)
            if found and found[0] == context:
                return found[1]  # it was we, and the answer was lost
            if found is None and tag is None:
                return None
            raise PreconditionFailed(f"{key} is not the one that was read") from None

    async def _take_over(
        self, claim_id: str, expected: str | None, tag: str | None, appends: Sequence[Append]
    ) -> str | None:
        """Make each file end again where lines are to follow, after a writer that died before its commit.

        A writer that lives commits within the grace period, which ends this in a conflict. One that is
        slower than that is kept from its commit by the fence: the context is replaced by itself.

        Raises:
            PreconditionFailed: another commit came.
            SessionCorrupt: a file is shorter than what was committed of it.
        """
        context = await self._others_had_time(claim_id, expected, tag)
        # Looked at before the fence: whatever others write behind it is a change, which ends the rewriting.
        files = [await self._properties(object_names.log(claim_id, append.name)) for append in appends]
        fenced = await self._fence(claim_id, context)
        for append, found in zip(appends, files, strict=True):
            if not (found and found.size == append.at and found.blob_type is BlobType.APPENDBLOB):
                await self._rewrite(claim_id, fenced, append.name, append.at, found)
        return fenced

    async def _others_had_time(
        self, claim_id: str, expected: str | None, tag: str | None
    ) -> tuple[bytes, str] | None:
        """The context, once the grace period has passed without a commit."""
        key = object_names.context(claim_id)
        deadline = time.monotonic() + self._grace
        while True:
            found = await self.read_context(claim_id)
            if (found[1] if found else None) not in {expected, tag}:
                raise PreconditionFailed(f"{key} is not the one that was read")
            left = deadline - time.monotonic()
            if left <= 0:
                return found
            await asyncio.sleep(min(left, self._grace * random.uniform(0.1, 0.3)))  # noqa: S311 - spreads writers

    async def _fence(self, claim_id: str, context: tuple[bytes, str] | None) -> str:
        """Replace the context by itself, or nothing by a fence: whoever read it before cannot commit."""
        blob = self._requests.blob(Area.SESSIONS, object_names.context(claim_id))
        mark = {_WRITER: uuid4().hex}
        try:
            if context is None:
                return await self._fence_off_nothing(blob, mark)
            return await self._requests.put_if(context[1], blob, context[0], metadata=mark)
        except HttpResponseError as error:
            if error.status_code not in CONDITIONS_FAILED:
                raise
            # The answer to this very request may have been lost, and the repetition refused.
            found = await self._properties(object_names.context(claim_id))
            if found is None or found.metadata.get(_WRITER) != mark[_WRITER]:
                raise PreconditionFailed(f"{claim_id}: another writer repairs or erases it") from None
            return etag_of(found.etag)

    async def _fence_off_nothing(self, blob: BlobClient, mark: dict[str, str]) -> str:
        """Put a fence where there is no context, or anew where one whose writer is gone stands."""
        try:
            return await self._requests.put_if(None, blob, _FENCE, metadata=mark)
        except ResourceExistsError:
            found, tag = await self._requests.download(blob)
            if found != _FENCE:
                raise
            return await self._requests.put_if(tag, blob, _FENCE, metadata=mark)

    async def _compact(self, claim_id: str, committed: str, context: bytes, append: Append) -> str:
        """Write a file anew in few blocks; gives the context's tag after it.

        The commit stands, whatever happens here: what is left undone, a later commit does.
        """
        tag, length = committed, append.at + len(append.lines)
        try:
            found = await self._properties(object_names.log(claim_id, append.name))
            tag = await self._fence(claim_id, (context, committed))
            await self._rewrite(claim_id, tag, append.name, length, found)
        except (PreconditionFailed, HttpResponseError) as error:
            _log.warning("%s: %s could not be compacted: %s", claim_id, append.name, type(error).__name__)
        return tag

    async def _rewrite(
        self, claim_id: str, fenced: str, name: LogName, length: int, found: BlobProperties | None
    ) -> None:
        """Cut a file, which is still the one that was `found`, to `length`, behind the fence of that tag.

        Each step leaves either it or its copy whole.
        """
        key = object_names.log(claim_id, name)
        blob = self._requests.blob(Area.SESSIONS, key)
        copy = self._requests.blob(Area.SESSIONS, object_names.copy(claim_id, name, length))
        committed, copied = b"", None
        if length:
            committed = await self.read_log(claim_id, name, length)
            if len(committed) < length:
                context = await self.read_context(claim_id)
                if context is None or context[1] != fenced:
                    raise PreconditionFailed(f"{key}: erased or repaired by another writer")
                raise SessionCorrupt(f"{key} has {len(committed)} bytes, {length} expected")
            copied = await self._requests.put(copy, committed, overwrite=True)
        try:
            await self._create_log(blob, replacing=found)
            for start in range(0, length, APPEND_BYTES):
                await blob.append_block(committed[start : start + APPEND_BYTES], appendpos_condition=start)
        except HttpResponseError as error:
            if error.status_code not in CONDITIONS_FAILED:
                raise
            raise PreconditionFailed(f"{key}: another writer repairs it") from None
        if copied:
            # Only ours: another writer may rely on the one that it has put there since.
            with suppress(ResourceModifiedError):
                await self._requests.delete(copy, copied)

    async def _properties(self, key: str) -> BlobProperties | None:
        try:
            return await self._requests.blob(Area.SESSIONS, key).get_blob_properties()
        except ResourceNotFoundError:
            return None

    async def _create_log(self, blob: BlobClient, replacing: BlobProperties | None = None) -> None:
        """An empty file where there is none, or instead of the one with those properties."""
        if replacing:
            unchanged = if_same(replacing.etag)
            if replacing.blob_type is BlobType.APPENDBLOB:
                mark = {_WRITER: uuid4().hex}
                try:
                    await blob.create_append_blob(metadata=mark, **unchanged)
                except ResourceModifiedError:
                    found = await blob.get_blob_properties()
                    if found.metadata.get(_WRITER) != mark[_WRITER]:
                        raise
                return
            await blob.delete_blob(**unchanged)  # somebody restored it; a blob keeps its type for life
        with suppress(ResourceExistsError):
            await self._requests.with_container(
                blob, lambda: blob.create_append_blob(match_condition=MatchConditions.IfMissing)
            )
