"""Summaries in a directory: session.json, and the lists, which are read from the commits themselves.

So no summary is missing from a list, or stale in it. What was read of a context.json is remembered as long
as that file is the same, so that a list costs a look at each claim, and reading those that changed.
"""

import asyncio
import heapq
import logging
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from threading import Lock

from cachetools import FIFOCache
from pydantic import AliasChoices, AliasGenerator, AliasPath, ConfigDict, Field, ValidationError

from shared.models.claim import ClaimStatus, ClaimSummary
from shared.session_store import codec, index
from shared.session_store.backend import Area
from shared.session_store.envelope import MARK
from shared.session_store.legacy import upgrades
from shared.session_store.legacy.session_files import SessionFiles
from shared.session_store.listing import MOST_EXAMINED, Order, Page, PageRequest, Period, by_id
from shared.session_store.local import files
from shared.session_store.local.directory import Directory
from shared.session_store.object_names import CONTEXT, HISTORY, SUMMARY

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LocalLimits:
    """How far the lists of a directory go."""

    examined: int = MOST_EXAMINED
    """Claims that one page may examine."""
    remembered: int = 20_000
    """Claims of which it is remembered what their context.json says."""
    settled_after: int = 2_000_000_000
    """Nanoseconds after which a change of a file must show in its times, however coarse their steps are."""


@dataclass(frozen=True)
class _Known:
    """What a context.json says, and the marks by which it is still the same file."""

    marks: tuple[int, ...]
    summary: ClaimSummary


class LocalSummaries:
    """The `Summaries` of a directory."""

    def __init__(self, directory: Directory, limits: LocalLimits) -> None:
        self._directory = directory
        self._list = SessionList(directory.folder(Area.SESSIONS), limits)

    async def write(self, claim_id: str, summary: ClaimSummary, *, is_first: bool = False) -> None:
        """Put session.json, of which only the last one of a claim has to outlive a power failure."""
        folder = self._directory.path(Area.SESSIONS, claim_id)

        def write() -> None:
            stored = _recorded(folder)
            is_outrun = stored is not None and stored.revision > summary.revision
            if os.path.exists(f"{folder}/{CONTEXT}") and not is_outrun:
                data = summary.model_dump_json(indent=2).encode()
                files.write_whole(f"{folder}/{SUMMARY}", data, durable=summary.status.is_over)

        await self._directory.change(claim_id, write)

    async def recorded(self, claim_id: str) -> ClaimSummary | None:
        """The summary in session.json; None where there is none, or it is damaged."""
        return _recorded(self._directory.path(Area.SESSIONS, claim_id))

    async def remove(self, claim_id: str, summary: ClaimSummary | None) -> None:
        """Leave everything as it is: the lists are read from the contexts."""

    async def page(self, asked: PageRequest) -> Page:
        """A page of summaries, made in a thread."""
        return await asyncio.to_thread(self._list.page, asked)

    async def find(self, periods: Sequence[Period]) -> list[list[ClaimSummary]]:
        """The summaries of each period, found in a thread."""
        return await asyncio.to_thread(self._list.find, periods)


class SessionList:
    """The claims of a folder, as their contexts describe them; for any number of threads."""

    def __init__(self, folder: str, limits: LocalLimits) -> None:
        self._folder = folder
        self._limits = limits
        self._known: FIFOCache[str, _Known] = FIFOCache(limits.remembered)
        self._remembering = Lock()

    def page(self, asked: PageRequest) -> Page:
        """A page; by moment it examines all claims, since nothing on the disk has that order."""
        after = asked.position(_is_position_in(asked)) or ""
        return (self._by_moment if asked.order is Order.MOMENT else self._by_claim_id)(asked, after)

    def _by_claim_id(self, asked: PageRequest, after: str) -> Page:
        found: list[ClaimSummary] = []
        claim_ids = sorted((one for one in self._claim_ids() if by_id(one) > after), key=by_id)
        for number, claim_id in enumerate(claim_ids):
            if len(found) == asked.limit or number == self._limits.examined:
                return Page.up_to(by_id(claim_ids[number - 1]), found)
            summary = self._committed(claim_id)
            if summary and asked.asks_for(summary):
                found.append(summary)
        return Page(found, None)

    def _by_moment(self, asked: PageRequest, after: str) -> Page:
        limit = asked.limit
        listed = ((index.entry_of(one), one) for one in self._all() if asked.asks_for(one))
        following = (named for named in listed if named[0] > after)
        found = heapq.nsmallest(limit + 1, following, key=itemgetter(0))
        summaries = [summary for _, summary in found[:limit]]
        return Page.up_to(found[limit - 1][0], summaries) if len(found) > limit else Page(summaries, None)

    def find(self, periods: Sequence[Period]) -> list[list[ClaimSummary]]:
        """The summaries of each period."""
        found: list[list[ClaimSummary]] = [[] for _ in periods]
        of_status: dict[ClaimStatus, list[tuple[Period, list[ClaimSummary]]]] = defaultdict(list)
        for period, those in zip(periods, found, strict=True):
            of_status[period.status].append((period, those))
        for summary in self._all():
            for period, those in of_status.get(summary.status, ()):
                if period.holds(summary):
                    those.append(summary)
        return found

    def _all(self) -> Iterator[ClaimSummary]:
        return (summary for one in self._claim_ids() if (summary := self._committed(one)))

    def _claim_ids(self) -> list[str]:
        try:
            return [name for name in os.listdir(self._folder) if not name.startswith(".")]
        except FileNotFoundError:
            return []

    def _committed(self, claim_id: str) -> ClaimSummary | None:
        path, now = f"{self._folder}/{claim_id}/{CONTEXT}", time.time_ns()
        try:
            file = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        marks = (file.st_ino, file.st_size, file.st_ctime_ns)  # nobody can set back the time of a change
        with self._remembering:
            known = self._known.get(claim_id)
        if known and known.marks == marks:
            return known.summary
        folder = f"{self._folder}/{claim_id}"
        context = files.read(path)
        if context is None:
            return None  # erased since
        committed = _summary_in(folder, context)
        if committed is None:
            _log.error("%s/context.json cannot be read; listing it as session.json has it", claim_id)
        summary = committed or _recorded(folder)
        if summary is None or summary.claim_id != claim_id:
            _log.error("%s is not listed: what it holds is no session of that claim", claim_id)
            return None
        if committed and now - file.st_ctime_ns > self._limits.settled_after:
            # What was read may be newer than the marks. It has others then, and is read again.
            with self._remembering:
                self._known[claim_id] = _Known(marks, committed)
        return summary


_CLAIM_TYPE = AliasChoices(
    AliasPath("evidence", "claim_type", "value"),
    AliasPath("facts", "claim_type"),  # version 1
)


class _Committed(ClaimSummary):
    """The summary as context.json holds it."""

    claim_type: str | None = Field(default=None, validation_alias=_CLAIM_TYPE)


class _Sealed(ClaimSummary):
    """The summary as it stands in the clear in a context.json that is compressed or encrypted."""

    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=lambda name: AliasPath("summary", name))
    )


def _recorded(folder: str) -> ClaimSummary | None:
    """The summary in a claim's session.json."""
    data = files.read(f"{folder}/{SUMMARY}")
    return None if data is None else codec.decode_summary(data)


def _summary_in(folder: str, context: bytes) -> ClaimSummary | None:
    """The summary that a context.json states; None where it is damaged."""
    sealed = context.startswith(MARK)
    try:
        read = (_Sealed if sealed else _Committed).model_validate_json(context)
    except ValidationError:
        if sealed:
            return None
        summary, history = (files.read(f"{folder}/{name}") or b"" for name in (SUMMARY, HISTORY))
        return upgrades.summary_of(SessionFiles(summary, context, history))
    return ClaimSummary.model_construct(**dict(read))


def _is_position_in(asked: PageRequest) -> Callable[[str], object]:
    """Whether a text can be a position in that list: an index entry's name, or what ids are sorted by."""
    status = asked.status
    if asked.order is Order.MOMENT and status:
        return lambda position: position.startswith(index.prefix(status))
    return lambda position: position.find("/") == len(position) - 1
