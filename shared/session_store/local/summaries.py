"""Summaries on a disk: session.json, and the lists, which are read from the commits themselves.

So no summary is missing from a list, or stale in it. What was read of a context.json is remembered as long
as that file is the same, so that a list costs a look at each claim, and reading those that changed.
"""

import heapq
import logging
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from threading import Lock

from pydantic import AliasGenerator, AliasPath, ConfigDict, Field, ValidationError

from shared.models.claim import ClaimContext, ClaimStatus, ClaimSummary
from shared.session_store import codec, index
from shared.session_store.backend import Page
from shared.session_store.legacy import upgrades
from shared.session_store.legacy.session_files import CONTEXT, HISTORY, SUMMARY, SessionFiles
from shared.session_store.listing import MOST_EXAMINED, Order, PageRequest, Period, by_id, encode_place
from shared.session_store.local import files
from shared.session_store.sealing import MARK

REMEMBERED = 20_000
"""Claims of which it is known what their context.json says."""
SETTLED_AFTER = 2_000_000_000
"""Nanoseconds after which a change of a file must show in its times, whatever their grain."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Known:
    """What a context.json says, and the marks by which it is still the same file."""

    marks: tuple[int, ...]
    summary: ClaimSummary


def write_summary(folder: str, summary: ClaimSummary) -> None:
    """Put a claim's session.json, unless a later revision's is there or the session is gone.

    It is derived from the context, so only the last one of a claim has to outlive a power failure. Under the
    claim's lock.
    """
    stored = recorded_summary(folder)
    is_outrun = stored is not None and stored.revision > summary.revision
    if os.path.exists(f"{folder}/{CONTEXT}") and not is_outrun:
        data = summary.model_dump_json(indent=2).encode()
        files.write_whole(f"{folder}/{SUMMARY}", data, durable=summary.status.is_over)


def recorded_summary(folder: str) -> ClaimSummary | None:
    """What a claim's session.json says."""
    data = files.read(f"{folder}/{SUMMARY}")
    return None if data is None else codec.decode_summary(data)


class SessionList:
    """The claims of a folder, as their contexts are; for any number of threads."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._known: dict[str, _Known] = {}
        self._remembering = Lock()

    def page(self, asked: PageRequest) -> Page:
        """By moment all of them are looked at for each page, since nothing on the disk has that order."""
        after = asked.place(_place_in(asked)) or ""
        return (self._by_moment if asked.order is Order.MOMENT else self._by_claim_id)(asked, after)

    def _by_claim_id(self, asked: PageRequest, after: str) -> Page:
        found: list[ClaimSummary] = []
        claim_ids = sorted((one for one in self._claim_ids() if by_id(one) > after), key=by_id)
        for number, claim_id in enumerate(claim_ids):
            if len(found) == asked.limit or number == MOST_EXAMINED:
                return Page(found, encode_place(by_id(claim_ids[number - 1])))
            summary = self._committed(claim_id)
            if summary and asked.asks_for(summary):
                found.append(summary)
        return Page(found, None)

    def _by_moment(self, asked: PageRequest, after: str) -> Page:
        limit = asked.limit
        listed = ((index.entry_of(one), one) for one in self._all() if asked.asks_for(one))
        following = (named for named in listed if named[0] > after)
        found = heapq.nsmallest(limit + 1, following, key=itemgetter(0))
        continuation = encode_place(found[limit - 1][0]) if len(found) > limit else None
        return Page([summary for _, summary in found[:limit]], continuation)

    def find(self, periods: Sequence[Period]) -> list[list[ClaimSummary]]:
        """Those of each period."""
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
        known = self._known.get(claim_id)
        if known and known.marks == marks:
            return known.summary
        folder = f"{self._folder}/{claim_id}"
        context = files.read(path)
        if context is None:
            return None  # erased since
        told = _told_by_context(folder, context)
        if told is None:
            _log.error("%s/context.json cannot be read; listing it as session.json has it", claim_id)
        summary = told or recorded_summary(folder)
        if summary is None or summary.claim_id != claim_id:
            _log.error("%s is not listed: what it holds is no session of that claim", claim_id)
            return None
        if told and now - file.st_ctime_ns > SETTLED_AFTER:
            # What was read may be newer than the marks. It has others then, and is read again.
            self._remember(claim_id, _Known(marks, told))
        return summary

    def _remember(self, claim_id: str, known: _Known) -> None:
        with self._remembering:
            self._known.pop(claim_id, None)
            self._known[claim_id] = known
            if len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]


class _Committed(ClaimSummary):
    """The summary as context.json holds it."""

    claim_type: str | None = Field(default=None, validation_alias=AliasPath("facts", "claim_type"))


class _Sealed(ClaimSummary):
    """The summary as it stands in the clear in a context.json that is compressed or encrypted."""

    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=lambda name: AliasPath("summary", name))
    )


def _told_by_context(folder: str, context: bytes) -> ClaimSummary | None:
    sealed = context.startswith(MARK)
    try:
        read = (_Sealed if sealed else _Committed).model_validate_json(context)
    except ValidationError:
        return None if sealed else _upgraded(folder, context)
    return ClaimSummary.model_construct(**dict(read))


def _upgraded(folder: str, context: bytes) -> ClaimSummary | None:
    """The summary of a session that an older version wrote."""
    stored = SessionFiles(
        summary=files.read(f"{folder}/{SUMMARY}") or b"",
        context=context,
        history=files.read(f"{folder}/{HISTORY}") or b"",
    )
    try:
        return ClaimSummary.of(ClaimContext.model_validate_json(upgrades.upgraded(stored)))
    except ValueError:
        return None


def _place_in(asked: PageRequest) -> Callable[[str], object]:
    """Whether a text can be a place in that list: the name of an entry, or what ids are sorted by."""
    status = asked.status
    if asked.order is Order.MOMENT and status:
        return lambda place: place.startswith(index.prefix(status))
    return lambda place: place.find("/") == len(place) - 1
