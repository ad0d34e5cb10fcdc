"""Summaries on Blob Storage: session.json, and the index by which claims are listed without reading them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from azure.core.async_paging import AsyncPageIterator
from azure.core.exceptions import HttpResponseError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import BlobProperties
from cachetools import LRUCache
from pydantic import ValidationError

from shared.models.claim import ClaimSummary
from shared.session_store import codec, index, object_names
from shared.session_store.backend import Area
from shared.session_store.blob.name_ranges import AllSessions, IndexRange, NameRange
from shared.session_store.blob.requests import CONDITIONS_FAILED, MOST_REPAIRS, BlobRequests
from shared.session_store.listing import EVERYTHING, MOST_EXAMINED, Order, Page, PageRequest, Period

_FIND_PAGE = 200
"""Index entries of a period that are asked for at once."""


@dataclass(frozen=True)
class BlobLimits:
    """How far the lists of a storage account go."""

    examined: int = MOST_EXAMINED
    """Claims that one page may examine."""
    requests: int = 5
    """Requests that one page may take."""
    listed: int = 5000
    """Blobs that the service lists for one request."""
    filtered: int = MOST_EXAMINED // 5
    """Index entries that are asked for at once where an unknown part of them is wanted."""
    remembered: int = 1024
    """Claims of which a process remembers the session.json that it has read or written."""


@dataclass(frozen=True)
class _Recorded:
    """What session.json holds, None where it is damaged, and its tag."""

    summary: ClaimSummary | None
    tag: str


class BlobSummaries:
    """The `Summaries` of a storage account: session.json with the summary as metadata, and the index."""

    def __init__(self, requests: BlobRequests, limits: BlobLimits) -> None:
        self._requests = requests
        self._limits = limits
        self._recorded: LRUCache[str, _Recorded] = LRUCache(limits.remembered)

    async def write(self, claim_id: str, summary: ClaimSummary, *, is_first: bool = False) -> None:
        """Put session.json and the claim's entry in the index.

        session.json comes last: until then it says which entry has to go, to whoever completes this.
        """
        blob = self._requests.blob(Area.SESSIONS, object_names.summary(claim_id))
        context = self._requests.blob(Area.SESSIONS, object_names.context(claim_id))
        data = summary.model_dump_json(indent=2).encode()
        packed, entry = index.pack(summary), index.entry_of(summary)
        known = None if is_first else await self._recorded_summary(claim_id)
        for _ in range(MOST_REPAIRS):
            if known and known.summary and known.summary.revision > summary.revision:
                return
            if not (is_first or known or await context.exists()):
                return
            await self._requests.put(self._requests.index(entry), b"", overwrite=True, metadata=packed)
            if known and known.summary and (old := index.entry_of(known.summary)) != entry:
                await self._requests.delete(self._requests.index(old))
            try:
                tag = await self._requests.put_if(known and known.tag, blob, data, metadata=packed)
            except HttpResponseError as error:
                if error.status_code not in CONDITIONS_FAILED:
                    raise
                # Another writer came, or the answer to this very request was lost, or the claim was deleted.
                self._recorded.pop(claim_id, None)
                known, is_first = await self._recorded_summary(claim_id), False
                if not (known and known.summary) or index.entry_of(known.summary) != entry:
                    await self._requests.delete(self._requests.index(entry))
                continue
            self._recorded[claim_id] = _Recorded(summary, tag)
            return

    def learn(self, claim_id: str, metadata: dict[str, str] | None, tag: str) -> None:
        """Remember session.json as a list has shown it, which saves reading it."""
        with suppress(ValidationError):
            if summary := index.unpack(metadata):
                self._recorded[claim_id] = _Recorded(summary, tag)

    async def remove(self, claim_id: str, summary: ClaimSummary | None) -> None:
        """Take a claim off the lists; session.json goes last, and only as the one whose entry is gone.

        A writer that has put another entry fails to replace it then, and takes that entry back.
        """
        blob = self._requests.blob(Area.SESSIONS, object_names.summary(claim_id))
        for _ in range(MOST_REPAIRS):
            self._recorded.pop(claim_id, None)
            known = await self._recorded_summary(claim_id)
            self._recorded.pop(claim_id, None)
            entries = {index.entry_of(one) for one in (summary, known and known.summary) if one}
            for entry in entries:
                await self._requests.delete(self._requests.index(entry))
            if known is None:
                return
            with suppress(ResourceModifiedError):
                await self._requests.delete(blob, known.tag)
                return

    async def page(self, asked: PageRequest) -> Page:
        """A page by moment from the index, by claim id from the metadata of each session.json.

        The container of sessions holds much else than session.json, so what bounds a page there is rather
        the number of requests.
        """
        status, wanted, limit = asked.status, asked.wanted, asked.limit
        is_by_moment = asked.order is Order.MOMENT
        names: NameRange = IndexRange(status, wanted) if is_by_moment and status else AllSessions()
        position = names.start(asked.position(names.is_position))
        entries = limit + 1 if wanted == EVERYTHING else max(limit + 1, self._limits.filtered)
        pages = self._listed(names, position, entries if is_by_moment else self._limits.listed)
        found: list[ClaimSummary] = []
        examined = requests = 0
        with suppress(ResourceNotFoundError):
            async for blobs in pages:
                async for blob in blobs:
                    if names.is_over(blob.name):
                        return Page(found, None)
                    if names.has_summary(blob.name):
                        if position and (len(found) == limit or examined == self._limits.examined):
                            return Page.up_to(position, found)
                        examined += 1
                        summary = await self._summary_of(blob)
                        if summary and asked.asks_for(summary):
                            found.append(summary)
                    position = names.position_after(blob.name)
                requests += 1
                if position and requests >= self._limits.requests and pages.continuation_token:
                    return Page.up_to(position, found)
        return Page(found, None)

    async def find(self, periods: Sequence[Period]) -> list[list[ClaimSummary]]:
        """The summaries of each period, as ranges of the index."""
        return [[summary async for summary in self._found(period)] for period in periods]

    async def _found(self, period: Period) -> AsyncIterator[ClaimSummary]:
        status, after, before = period.status, period.after, period.before
        start = index.bound(status, after) if after else None
        with suppress(ResourceNotFoundError):
            async for blobs in self._listed(IndexRange(status, EVERYTHING), start, _FIND_PAGE):
                async for blob in blobs:
                    if before and blob.name >= index.bound(status, before):
                        return
                    if summary := await self._summary_of(blob):
                        yield summary

    def _listed(self, names: NameRange, start: str | None, size: int) -> AsyncPageIterator[BlobProperties]:
        """The blobs of a range from the name `start` on, by storage requests."""
        container = (
            self._requests.index_container() if names.prefix else self._requests.container(Area.SESSIONS)
        )
        listed = container.list_blobs(
            name_starts_with=names.prefix,
            include=["metadata"],
            results_per_page=min(size, self._limits.listed),
            start_from=start,
        )
        return cast(AsyncPageIterator[BlobProperties], listed.by_page())

    async def _recorded_summary(self, claim_id: str) -> _Recorded | None:
        """What session.json says, as this process wrote it or else as it is stored."""
        if recorded := self._recorded.get(claim_id):
            return recorded
        found = await self._requests.read_with_tag(Area.SESSIONS, object_names.summary(claim_id))
        if found is None:
            return None
        recorded = self._recorded[claim_id] = _Recorded(codec.decode_summary(found[0]), found[1])
        return recorded

    async def recorded(self, claim_id: str) -> ClaimSummary | None:
        """The summary in session.json; None where there is none, or it is damaged."""
        recorded = await self._recorded_summary(claim_id)
        return recorded and recorded.summary

    async def _summary_of(self, blob: BlobProperties) -> ClaimSummary | None:
        """From the blob's metadata, or from session.json where it is too long for that."""
        if summary := index.unpack(blob.metadata):
            return summary
        claim_id = blob.name.removesuffix(f"/{object_names.SUMMARY}").rpartition("/")[2]
        return await self.recorded(claim_id)
