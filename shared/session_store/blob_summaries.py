"""Summaries on Blob Storage: session.json, and the index by which claims are listed without reading them."""

import base64
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from azure.core.exceptions import HttpResponseError, ResourceModifiedError, ResourceNotFoundError
from pydantic import ValidationError

from shared.models.claim import ClaimStatus, ClaimSummary
from shared.session_store import index, keys
from shared.session_store.backend import Page, Place
from shared.session_store.blob_requests import (
    CONDITIONS_FAILED,
    BlobRequests,
    delete,
    etag_of,
    if_still,
)

MOST_REPAIRS = 5
MOST_LISTED = 5000
FIND_PAGE = 200
REMEMBERED = 1024
"""How many summaries of its own making a process knows without a look."""


@dataclass(frozen=True)
class _Recorded:
    """What session.json holds, and its tag."""

    summary: ClaimSummary
    tag: str


class BlobSummaries:
    def __init__(self, requests: BlobRequests) -> None:
        self._requests = requests
        self._recorded: dict[str, _Recorded] = {}

    async def write(self, claim_id: str, summary: ClaimSummary, *, is_first: bool = False) -> None:
        """Put session.json and the claim's entry in the index.

        session.json comes last: until then it says which entry has to go, to whoever completes this.
        """
        blob = self._requests.blob(Place.SESSIONS, keys.summary(claim_id))
        data, entry = summary.model_dump_json(indent=2).encode(), index.entry_of(summary)
        known = None if is_first else await self._recorded_summary(claim_id)
        for _ in range(MOST_REPAIRS):
            if known and known.summary.revision > summary.revision:
                return
            if not (is_first or known or await self._holds_session(claim_id)):
                return
            await self._requests.put(
                self._requests.index(entry), b"", overwrite=True, metadata=index.pack(summary)
            )
            if known and (old := index.entry_of(known.summary)) != entry:
                await delete(self._requests.index(old))
            try:
                answer = await self._requests.put(
                    blob, data, metadata=index.pack(summary), **if_still(known and known.tag)
                )
            except HttpResponseError as error:
                if error.status_code not in CONDITIONS_FAILED:
                    raise
                # Another writer came, or the answer to this very request was lost, or the claim was deleted.
                self._recorded.pop(claim_id, None)
                known, is_first = await self._recorded_summary(claim_id), False
                if known is None or index.entry_of(known.summary) != entry:
                    await delete(self._requests.index(entry))
                continue
            self._remember(claim_id, _Recorded(summary, etag_of(answer["etag"])))
            return

    def learn(self, claim_id: str, metadata: dict[str, str] | None, tag: str) -> None:
        """What a list tells of session.json, and saves a look at it."""
        with suppress(ValidationError):
            if summary := index.unpack(metadata):
                self._remember(claim_id, _Recorded(summary, tag))

    async def forget(self, claim_id: str, summary: ClaimSummary | None) -> None:
        """session.json goes last, and only as the one whose entry is gone.

        A writer that has put another entry fails to replace it then, and takes that entry back.
        """
        blob = self._requests.blob(Place.SESSIONS, keys.summary(claim_id))
        for _ in range(MOST_REPAIRS):
            self._recorded.pop(claim_id, None)
            try:
                known = await self._recorded_summary(claim_id)
            except ValidationError:
                known = None
            self._recorded.pop(claim_id, None)
            entries = {index.entry_of(one) for one in (summary, known and known.summary) if one}
            for entry in entries:
                await delete(self._requests.index(entry))
            if known is None:
                return
            with suppress(ResourceModifiedError):
                await delete(blob, known.tag)
                return

    async def list(self, *, status: ClaimStatus | None, limit: int, continuation: str | None) -> Page:
        """Of one status from the index, of all from what session.json has for metadata."""
        start = None if continuation is None else _decode_continuation(continuation)
        found: list[tuple[str, ClaimSummary]] = []
        async for named in self._summaries(status, start, limit + 1):
            if len(found) == limit:
                return Page([summary for _, summary in found], _encode_continuation(found[-1][0]))
            found.append(named)
        return Page([summary for _, summary in found], None)

    async def find(
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
            container, prefix, page = self._requests.container(Place.SESSIONS), None, MOST_LISTED
        else:
            container, prefix, page = (
                self._requests.index_container(),
                index.prefix(status),
                min(page, MOST_LISTED),
            )
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

    async def _recorded_summary(self, claim_id: str) -> _Recorded | None:
        """What session.json says, as this process wrote it or else as it is stored."""
        if recorded := self._recorded.get(claim_id):
            return recorded
        found = await self._requests.read_with_tag(Place.SESSIONS, keys.summary(claim_id))
        if found is None:
            return None
        self._remember(claim_id, _Recorded(ClaimSummary.model_validate_json(found[0]), found[1]))
        return self._recorded[claim_id]

    async def known(self, claim_id: str) -> ClaimSummary | None:
        try:
            recorded = await self._recorded_summary(claim_id)
        except ValidationError:
            return None
        return recorded.summary if recorded else None

    def _remember(self, claim_id: str, recorded: _Recorded) -> None:
        self._recorded.pop(claim_id, None)
        self._recorded[claim_id] = recorded
        if len(self._recorded) > REMEMBERED:
            del self._recorded[next(iter(self._recorded))]

    async def _holds_session(self, claim_id: str) -> bool:
        return bool(await self._requests.read(Place.SESSIONS, keys.context(claim_id), 0, 1))

    async def _summary_of(self, name: str) -> ClaimSummary | None:
        """The summary of a claim for whose metadata it is too long."""
        claim_id = name.removesuffix("/session.json").rpartition("/")[2]
        recorded = await self._recorded_summary(claim_id)
        return recorded.summary if recorded else None


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
