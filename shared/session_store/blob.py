"""Sessions in Azure Blob Storage, in two containers and those of rejected uploads and erased sessions.

How a commit keeps its promises without a lock, request by request, stands in docs/session-persistence.md.
"""

import asyncio
import base64
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote
from uuid import uuid4

from azure.core import MatchConditions
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import (
    BlobProperties,
    BlobSasPermissions,
    BlobType,
    StandardBlobTier,
    StorageErrorCode,
    generate_blob_sas,
)
from azure.storage.blob.aio import BlobClient, BlobServiceClient, ContainerClient
from pydantic import ValidationError

from shared.clock import utc_now
from shared.errors import SessionCorrupt
from shared.models.claim import ClaimStatus, ClaimSummary
from shared.session_store import index, keys
from shared.session_store.account import OpenService
from shared.session_store.backend import Append, Entry, Page, Place, PreconditionFailed

_log = logging.getLogger(__name__)

GRACE = 1.5
"""Seconds for which a writer whose place in the history is taken waits for the other one's commit."""
COMPACT_AT = 49_000
"""Appends after which the history is written anew; the service takes 50,000 to one blob."""
APPEND_BYTES = 4 * 1024 * 1024
"""What one append takes under every version of the service."""
MOST_REPAIRS = 5
MOST_LISTED = 5000
FIND_PAGE = 200
REMEMBERED = 1024
MOST_IN_BATCH = 256
COPY_POLL = 0.1

STORAGE_SCOPE = "https://storage.azure.com/.default"


class BlobBackend:
    """A `Backend` on a storage account that any number of processes share."""

    def __init__(
        self,
        open_service: OpenService,
        *,
        session_container: str = "sessions",
        upload_container: str = "uploads",
        grace: float = GRACE,
        compact_at: int = COMPACT_AT,
    ) -> None:
        self._open_service = open_service
        self._names = {
            Place.SESSIONS: session_container,
            Place.UPLOADS: upload_container,
            Place.REJECTED: f"{upload_container}-rejected",
            Place.ERASED: f"{session_container}-erased",
        }
        self._index_name = f"{session_container}-index"
        self._recorded: dict[str, _Recorded] = {}
        self._grace = grace
        self._compact_at = compact_at
        # A client belongs to the event loop that it was first used in.
        self._services: dict[
            asyncio.AbstractEventLoop, tuple[BlobServiceClient, AsyncTokenCredential | None]
        ] = {}

    async def close(self) -> None:
        opened = self._services.pop(asyncio.get_running_loop(), None)
        if opened:
            service, credential = opened
            await service.close()
            if credential:
                await credential.close()

    # --- objects -------------------------------------------------------------------------------

    async def read(self, place: Place, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        found = await self._read(place, key, start, end)
        if end is None or (found is not None and len(found) >= end - start):
            return found
        if place is Place.SESSIONS and end > 0 and key.endswith(("/history.jsonl", "/audit.jsonl")):
            # A file that was being written anew when its writer died is whole in the copy.
            return await self._read(place, keys.copy(key, end), start, end) or found
        return found

    async def read_with_tag(self, place: Place, key: str) -> tuple[bytes, str] | None:
        try:
            stream = await self._blob(place, key).download_blob()
            data = await stream.readall()
        except ResourceNotFoundError:
            return None
        return None if data == _FENCE else (data, _etag(stream.properties.etag))

    async def write(
        self,
        place: Place,
        key: str,
        data: bytes,
        *,
        metadata: dict[str, str] | None = None,
    ) -> None:
        await self._put(
            self._blob(place, key),
            data,
            overwrite=True,
            metadata=metadata and {name: quote(value, safe=_PRINTABLE) for name, value in metadata.items()},
        )

    async def move(self, place: Place, source: str, target: str) -> bool:
        here, there = self._blob(place, source), self._blob(place, target)
        try:
            await self._copy(here, there)
        except ResourceNotFoundError:
            return False
        return True

    async def delete(self, place: Place, key: str) -> None:
        await _delete(self._blob(place, key))

    async def delete_all(self, place: Place, names: list[str]) -> None:
        container = self._container(place)
        for start in range(0, len(names), MOST_IN_BATCH):
            batch = names[start : start + MOST_IN_BATCH]
            if len(batch) == 1:
                await self.delete(place, batch[0])
                continue
            answers = await container.delete_blobs(
                *batch, delete_snapshots="include", raise_on_any_failure=False
            )
            async for answer in answers:
                if answer.status_code not in {202, 404}:
                    raise HttpResponseError(f"a blob was not deleted: {answer.status_code}", response=answer)

    async def delete_tree(self, place: Place, prefix: str) -> None:
        keys.check(prefix)
        await self.delete_all(place, [entry.key for entry in await self.list(place, prefix)])

    async def cool(self, place: Place, names: list[str]) -> None:
        container = self._container(place)
        for start in range(0, len(names), MOST_IN_BATCH):
            batch = names[start : start + MOST_IN_BATCH]
            answers = await container.set_standard_blob_tier_blobs(
                StandardBlobTier.COOL, *batch, raise_on_any_failure=False
            )
            async for _ in answers:
                pass  # an account without tiers keeps them where they are

    async def upload_link(self, key: str, until: datetime) -> str:
        """Signed by the account's key, or else by one that the account delegates to the identity."""
        blob, service = self._blob(Place.UPLOADS, key), self._service()
        with suppress(ResourceExistsError):
            await self._container(Place.UPLOADS).create_container()  # the link could not
        _, credential = self._services[asyncio.get_running_loop()]
        signer: dict[str, Any] = (
            {"account_key": service.credential.account_key}
            if credential is None
            else {"user_delegation_key": await service.get_user_delegation_key(utc_now(), until)}
        )
        signature = generate_blob_sas(
            blob.account_name or "",
            blob.container_name,
            blob.blob_name,
            permission=BlobSasPermissions(create=True),
            expiry=until,
            **signer,
        )
        return f"{blob.url}?{signature}"

    # --- the commit ----------------------------------------------------------------------------

    async def commit(
        self, claim_id: str, *, expected: str | None, appends: Sequence[Append], context: bytes
    ) -> str:
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
        """How many blocks each file has then, or None where something else lies in a place."""
        blocks: list[int] = []
        for append in appends:
            key = f"{claim_id}/{append.name}"
            count = await self._append(key, append.at, append.lines, is_first=is_first)
            if count is None:
                return None
            blocks.append(count)
        return blocks

    async def _append(self, key: str, position: int, lines: bytes, *, is_first: bool) -> int | None:
        """Bring `lines` to `position` of a file, of which they become the end.

        How many blocks it has then, or None where something else lies there.
        """
        blob = self._blob(Place.SESSIONS, key)
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
                if _code(error) not in _PLACE_IS_TAKEN:
                    raise
                break  # by us, where an answer was lost; by another writer; or by a dead one
            blocks = cast(int, answer["blob_committed_block_count"])
        else:
            return blocks
        tail = await self._read(Place.SESSIONS, key, position, position + len(lines) + 1)
        return 0 if tail == lines else None

    async def _replace_context(self, claim_id: str, tag: str | None, context: bytes) -> str | None:
        """The new tag, or None where a fence stands in the way of a first commit.

        Raises:
            PreconditionFailed: another commit was first.
        """
        key = keys.context(claim_id)
        blob = self._blob(Place.SESSIONS, key)
        try:
            answer = await self._put(blob, context, **_if_still(tag))
        except HttpResponseError as error:
            if error.status_code not in _CONDITIONS_FAILED:
                raise
            found = await self.read_with_tag(Place.SESSIONS, key)
            if found and found[0] == context:
                return found[1]  # it was we, and the answer was lost
            if found is None and tag is None:
                return None
            raise PreconditionFailed(f"{key} is not the one that was read") from None
        return _etag(answer["etag"])

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
        fenced = await self._fence(claim_id, context)
        for append in appends:
            await self._rewrite(f"{claim_id}/{append.name}", append.at)
        return fenced

    async def _others_had_time(
        self, claim_id: str, expected: str | None, tag: str | None
    ) -> tuple[bytes, str] | None:
        """The context, once the grace period has passed without a commit."""
        key = keys.context(claim_id)
        deadline = time.monotonic() + self._grace
        while True:
            found = await self.read_with_tag(Place.SESSIONS, key)
            if (found[1] if found else None) not in {expected, tag}:
                raise PreconditionFailed(f"{key} is not the one that was read")
            left = deadline - time.monotonic()
            if left <= 0:
                return found
            await asyncio.sleep(min(left, self._grace * random.uniform(0.1, 0.3)))  # noqa: S311 - spreads writers

    async def _fence(self, claim_id: str, context: tuple[bytes, str] | None) -> str:
        """Replace the context by itself, or nothing by a fence: whoever read it before cannot commit."""
        blob = self._blob(Place.SESSIONS, keys.context(claim_id))
        mark = {_WRITER: uuid4().hex}
        try:
            if context is not None:
                answer = await self._put(blob, context[0], metadata=mark, **_if_still(context[1]))
            else:
                answer = await self._fence_off_nothing(blob, mark)
        except HttpResponseError as error:
            if error.status_code not in _CONDITIONS_FAILED:
                raise
            # The answer to this very request may have been lost, and the repetition refused.
            found = await blob.get_blob_properties()
            if found.metadata.get(_WRITER) != mark[_WRITER]:
                raise PreconditionFailed(f"{claim_id}: another writer repairs it") from None
            return _etag(found.etag)
        return _etag(answer["etag"])

    async def _fence_off_nothing(self, blob: BlobClient, mark: dict[str, str]) -> dict[str, Any]:
        """Put a fence where there is no context, or anew where one whose writer is gone stands."""
        try:
            return await self._put(blob, _FENCE, metadata=mark, match_condition=MatchConditions.IfMissing)
        except ResourceExistsError:
            stream = await blob.download_blob()
            if await stream.readall() != _FENCE:
                raise
            return await self._put(blob, _FENCE, metadata=mark, **_if_still(stream.properties.etag))

    async def _compact(self, claim_id: str, committed: str, context: bytes, append: Append) -> str:
        """Write a file anew in few blocks; gives the context's tag after it.

        The commit stands, whatever happens here: what is left undone, a later commit does.
        """
        tag = committed
        try:
            tag = await self._fence(claim_id, (context, committed))
            length = append.at + len(append.lines)
            await self._rewrite(f"{claim_id}/{append.name}", length, even_if_whole=True)
        except (PreconditionFailed, HttpResponseError) as error:
            _log.warning("%s: %s could not be compacted: %s", claim_id, append.name, type(error).__name__)
        return tag

    async def _rewrite(self, key: str, length: int, *, even_if_whole: bool = False) -> None:
        """Cut a file to `length`. Each step leaves either it or its copy whole."""
        copy = keys.copy(key, length)
        blob = self._blob(Place.SESSIONS, key)
        try:
            found = await blob.get_blob_properties()
        except ResourceNotFoundError:
            found = None
        is_whole = found and found.size == length and found.blob_type is BlobType.APPENDBLOB
        if is_whole and not even_if_whole:
            return
        committed = b""
        if length:
            committed = await self.read(Place.SESSIONS, key, 0, length) or b""
            if len(committed) < length:
                raise SessionCorrupt(f"{key} has {len(committed)} bytes, {length} expected")
            await self.write(Place.SESSIONS, copy, committed)
        try:
            await self._create_log(blob, replacing=found)
            for start in range(0, length, APPEND_BYTES):
                await blob.append_block(committed[start : start + APPEND_BYTES], appendpos_condition=start)
        except HttpResponseError as error:
            if error.status_code not in _CONDITIONS_FAILED:
                raise
            raise PreconditionFailed(f"{key}: another writer repairs it") from None
        if length:
            await self.delete(Place.SESSIONS, copy)

    async def _create_log(self, blob: BlobClient, replacing: BlobProperties | None = None) -> None:
        """An empty file where there is none, or instead of the one with those properties."""
        unchanged: dict[str, Any] = {}
        if replacing:
            unchanged = {"etag": replacing.etag, "match_condition": MatchConditions.IfNotModified}
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
            await self._with_container(
                blob, lambda: blob.create_append_blob(match_condition=MatchConditions.IfMissing)
            )

    # --- summaries -----------------------------------------------------------------------------

    async def write_summary(self, claim_id: str, summary: ClaimSummary, *, is_first: bool = False) -> None:
        """Put session.json and the claim's entry in the index.

        session.json comes last: until then it says which entry has to go, to whoever completes this.
        """
        blob = self._blob(Place.SESSIONS, keys.summary(claim_id))
        data, entry = summary.model_dump_json(indent=2).encode(), index.entry_of(summary)
        known = None if is_first else await self._recorded_summary(claim_id)
        for _ in range(MOST_REPAIRS):
            if known and known.summary.revision > summary.revision:
                return
            if not (is_first or known or await self._holds_session(claim_id)):
                return
            await self._put(self._index(entry), b"", overwrite=True, metadata=index.pack(summary))
            if known and (old := index.entry_of(known.summary)) != entry:
                await _delete(self._index(old))
            try:
                answer = await self._put(
                    blob, data, metadata=index.pack(summary), **_if_still(known and known.tag)
                )
            except HttpResponseError as error:
                if error.status_code not in _CONDITIONS_FAILED:
                    raise
                # Another writer came, or the answer to this very request was lost, or the claim was deleted.
                self._recorded.pop(claim_id, None)
                known, is_first = await self._recorded_summary(claim_id), False
                if known is None or index.entry_of(known.summary) != entry:
                    await _delete(self._index(entry))
                continue
            self._remember(claim_id, _Recorded(summary, _etag(answer["etag"])))
            return

    async def forget_summary(self, claim_id: str, summary: ClaimSummary | None) -> None:
        self._recorded.pop(claim_id, None)
        try:
            known = await self._recorded_summary(claim_id)
        except ValidationError:
            known = None
        self._recorded.pop(claim_id, None)
        entries = {index.entry_of(one) for one in (summary, known and known.summary) if one}
        for entry in entries:
            await _delete(self._index(entry))

    async def list_summaries(
        self, *, status: ClaimStatus | None, limit: int, continuation: str | None
    ) -> Page:
        """Of one status from the index, of all from what session.json has for metadata."""
        start = None if continuation is None else _decode_continuation(continuation)
        found: list[tuple[str, ClaimSummary]] = []
        async for named in self._summaries(status, start, limit + 1):
            if len(found) == limit:
                return Page([summary for _, summary in found], _encode_continuation(found[-1][0]))
            found.append(named)
        return Page([summary for _, summary in found], None)

    async def find_summaries(
        self, status: ClaimStatus, *, after: datetime | None = None, before: datetime | None = None
    ) -> AsyncIterator[ClaimSummary]:
        start = index.bound(status, after) if after else None
        async for name, summary in self._summaries(status, start, FIND_PAGE):
            if before and name >= index.bound(status, before):
                return
            yield summary

    async def _summaries(
        self, status: ClaimStatus | None, start: str | None, page: int
    ) -> AsyncIterator[tuple[str, ClaimSummary]]:
        """Names with their summaries, from the name `start` on."""
        if status is None:
            container, prefix, page = self._container(Place.SESSIONS), None, MOST_LISTED
        else:
            container, prefix, page = self._index_container(), index.prefix(status), min(page, MOST_LISTED)
        listed = container.list_blobs(
            name_starts_with=prefix, include=["metadata"], results_per_page=page, start_from=start
        )
        try:
            async for blob in listed:
                if status is None and not blob.name.endswith("/session.json"):
                    continue
                summary = index.unpack(blob.metadata) or await self._summary_of(blob.name)
                if summary:
                    yield blob.name, summary
        except ResourceNotFoundError:
            return

    async def _recorded_summary(self, claim_id: str) -> "_Recorded | None":
        """What session.json says, as this process wrote it or else as it is stored."""
        if recorded := self._recorded.get(claim_id):
            return recorded
        found = await self.read_with_tag(Place.SESSIONS, keys.summary(claim_id))
        if found is None:
            return None
        self._remember(claim_id, _Recorded(ClaimSummary.model_validate_json(found[0]), found[1]))
        return self._recorded[claim_id]

    async def known_summary(self, claim_id: str) -> ClaimSummary | None:
        try:
            recorded = await self._recorded_summary(claim_id)
        except ValidationError:
            return None
        return recorded.summary if recorded else None

    def _remember(self, claim_id: str, recorded: "_Recorded") -> None:
        self._recorded.pop(claim_id, None)
        self._recorded[claim_id] = recorded
        if len(self._recorded) > REMEMBERED:
            del self._recorded[next(iter(self._recorded))]

    async def _holds_session(self, claim_id: str) -> bool:
        return bool(await self._read(Place.SESSIONS, keys.context(claim_id), 0, 1))

    async def _summary_of(self, name: str) -> ClaimSummary | None:
        """The summary of a claim for whose metadata it is too long."""
        claim_id = name.removesuffix("/session.json").rpartition("/")[2]
        recorded = await self._recorded_summary(claim_id)
        return recorded.summary if recorded else None

    # --- requests ------------------------------------------------------------------------------

    def _service(self) -> BlobServiceClient:
        loop = asyncio.get_running_loop()
        if loop not in self._services:
            self._services[loop] = self._open_service()
        return self._services[loop][0]

    def _container(self, place: Place) -> ContainerClient:
        return self._service().get_container_client(self._names[place])

    def _index_container(self) -> ContainerClient:
        return self._service().get_container_client(self._index_name)

    def _index(self, entry: str) -> BlobClient:
        return self._service().get_blob_client(self._index_name, entry)

    def _blob(self, place: Place, key: str) -> BlobClient:
        keys.check(key)
        return self._service().get_blob_client(self._names[place], key)

    async def _read(self, place: Place, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        if end is not None and end <= start:
            return b"" if await self._blob(place, key).exists() else None
        length = None if end is None else end - start
        try:
            stream = await self._blob(place, key).download_blob(
                offset=start if start or length is not None else None, length=length
            )
            return await stream.readall()
        except ResourceNotFoundError:
            return None
        except HttpResponseError as error:
            if _code(error) == StorageErrorCode.INVALID_RANGE:
                return b""
            raise

    async def _put(self, blob: BlobClient, data: bytes, **options: Any) -> dict[str, Any]:
        return await self._with_container(
            blob, lambda: blob.upload_blob(data, **{k: v for k, v in options.items() if v is not None})
        )

    async def _with_container[T](self, blob: BlobClient, request: Callable[[], Awaitable[T]]) -> T:
        """Repeat a request for which the container was missing, once it is made."""
        try:
            return await request()
        except ResourceNotFoundError as error:
            if _code(error) != StorageErrorCode.CONTAINER_NOT_FOUND:
                raise
        container = self._service().get_container_client(blob.container_name)
        with suppress(ResourceExistsError):
            await container.create_container()
        return await request()

    async def _copy(self, here: BlobClient, there: BlobClient) -> None:
        """Copy within the account, in the service: the content does not pass through here."""
        _, credential = self._services[asyncio.get_running_loop()]
        if credential is None:
            answer = await there.start_copy_from_url(here.url)
            while answer["copy_status"] == "pending":
                await asyncio.sleep(COPY_POLL)
                properties = await there.get_blob_properties()
                answer = {"copy_status": properties.copy.status}
            if answer["copy_status"] != "success":
                raise HttpResponseError(f"a copy within the account ended as {answer['copy_status']}")
        else:
            token = await credential.get_token(STORAGE_SCOPE)
            await there.start_copy_from_url(
                here.url, requires_sync=True, source_authorization=f"Bearer {token.token}"
            )

    # Last, since within the class `list` means this from here on.
    async def list(self, place: Place, prefix: str) -> list[Entry]:
        if prefix:
            keys.check(prefix)
        listed = self._container(place).list_blobs(name_starts_with=f"{prefix}/" if prefix else None)
        try:
            return [Entry(blob.name, blob.size, blob.last_modified) async for blob in listed]
        except ResourceNotFoundError:
            return []


@dataclass(frozen=True)
class _Recorded:
    """What session.json holds, and its tag."""

    summary: ClaimSummary
    tag: str


_FENCE = b'{"fence": "a session begins here"}'
"""Stands as context.json for as long as a creation needs that has to repair what a dead one left."""
_PRINTABLE = " !#$&'()*+,-./:;<=>?@[]^_`{|}~"
"""What stands in metadata as it is; all else is percent-encoded, since headers hold ASCII only."""
_WRITER = "writer"
"""Metadata by which a writer knows again what it wrote, if the answer was lost."""
_CONDITIONS_FAILED = {404, 409, 412}
_PLACE_IS_TAKEN = {
    StorageErrorCode.INVALID_BLOB_TYPE,
    StorageErrorCode.APPEND_POSITION_CONDITION_NOT_MET,
    StorageErrorCode.CONDITION_NOT_MET,
    "BlockCountExceedsLimit",
}


async def _delete(blob: BlobClient) -> None:
    with suppress(ResourceNotFoundError):
        await blob.delete_blob(delete_snapshots="include")


def _if_still(tag: str | None) -> dict[str, Any]:
    """The condition that an object has that tag, or is not there."""
    if tag is None:
        return {"match_condition": MatchConditions.IfMissing}
    return {"overwrite": True, "etag": tag, "match_condition": MatchConditions.IfNotModified}


def _code(error: HttpResponseError) -> str:
    code = getattr(error, "error_code", "")
    return str(getattr(code, "value", code))


def _etag(quoted: str | None) -> str:
    if quoted is None:
        raise ValueError("the service gave no ETag")
    return quoted


def _encode_continuation(name: str) -> str:
    """`!` comes before all that names are made of: the next name is the first behind it."""
    return base64.urlsafe_b64encode(f"{name}!".encode()).decode()


def _decode_continuation(continuation: str) -> str:
    try:
        name = base64.b64decode(continuation, altchars=b"-_", validate=True).decode()
    except ValueError:
        name = ""
    if not name.endswith("!"):
        raise ValueError("not a continuation that a list has given")
    return name
