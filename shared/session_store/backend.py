"""The small protocols that a storage backend implements, on which the session store keeps every promise.

Keys are relative paths with `/`, made of validated names (shared/names.py).
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.errors import AppError
from shared.models.claim import ClaimSummary
from shared.session_store.listing import Page, PageRequest, Period
from shared.session_store.object_names import LogName


class Area(StrEnum):
    """A part of the storage with keys of its own."""

    SESSIONS = "sessions"
    UPLOADS = "uploads"
    REJECTED = "rejected"
    """Uploads that were refused."""
    ERASED = "erased"
    """What is kept of erased claims."""
    LEDGER = "ledger"
    """The books of policies."""


@dataclass(frozen=True)
class Containers:
    """The names of the containers, or folders, in which the areas lie."""

    sessions: str = "sessions"
    uploads: str = "uploads"

    def of(self, area: Area) -> str:
        """The container of an area."""
        base = self.uploads if area in {Area.UPLOADS, Area.REJECTED} else self.sessions
        return base if area in {Area.SESSIONS, Area.UPLOADS} else f"{base}-{area}"


CLAIM_AREAS = (Area.SESSIONS, Area.UPLOADS, Area.REJECTED)
"""The areas in which a claim's objects lie under `<claim_id>/`."""


@dataclass(frozen=True)
class Entry:
    """An object as a list shows it."""

    key: str
    size: int
    """Bytes that are stored."""
    modified_at: datetime
    content: bytes | None = None
    """The content of an object that was written as `listed`, where the backend can list it."""


@dataclass(frozen=True)
class Snapshot:
    """The tag of a claim's context and the objects in its inbox."""

    tag: str | None
    """The tag of context.json; None where there is no such object."""
    inbox: list[Entry]
    """Everything that was in the inbox when the context had that tag, and perhaps what came later."""


@dataclass(frozen=True)
class Append:
    """Lines that become the end of one of a session's logs, from byte `at` on."""

    name: LogName
    at: int
    lines: bytes


class PreconditionFailed(AppError):
    """The stored context is not the one that the writer has read."""


class Objects(Protocol):
    """Objects by area and key; each write of one is atomic to its readers."""

    async def read(self, area: Area, key: str) -> bytes | None:
        """The content of an object; None where there is no such object."""
        ...

    async def read_with_tag(self, area: Area, key: str) -> tuple[bytes, str] | None:
        """The content of an object with a tag for `write_if`; None where there is no such object."""
        ...

    async def exists(self, area: Area, key: str) -> bool:
        """Whether there is such an object."""
        ...

    async def write_if(self, area: Area, key: str, data: bytes, *, expected: str | None) -> str:
        """Put an object that still has the expected tag, or for None is not there; returns its new tag.

        Raises:
            PreconditionFailed: it is another one by now. Nothing was written.
        """
        ...

    async def write(
        self, area: Area, key: str, data: bytes, *, reason: str | None = None, listed: bool = False
    ) -> None:
        """Put an object as a whole: a reader sees the old one or the new one.

        `reason` states why an upload is rejected, and is kept beside the object. `listed` asks that a
        snapshot of the claim brings the content along, where that saves a request.
        """
        ...

    async def write_stream(self, area: Area, key: str, content: AsyncIterator[bytes]) -> None:
        """Put an object as `write` does, without ever holding the whole of a large one in memory."""
        ...

    async def open_stream(self, area: Area, key: str) -> AsyncGenerator[bytes] | None:
        """The content of an object piece by piece; None where there is no such object.

        Content that replaces the object meanwhile is not mixed in.
        """
        ...

    async def move(self, area: Area, source: str, target: str) -> bool:
        """Move an object and replace the target; False where there is no source (any more).

        The source may stay until it is replaced or deleted.
        """
        ...

    async def delete(self, area: Area, *keys: str) -> None:
        """Remove objects; nothing happens for those that are not there."""
        ...

    async def delete_tree(self, area: Area, prefix: str) -> None:
        """Remove every object under `prefix/`; safe to repeat."""
        ...

    async def cool(self, area: Area, *keys: str) -> None:
        """Move objects that are hardly read any more to cheaper storage; a failure is never raised."""
        ...

    async def list(self, area: Area, prefix: str) -> list[Entry]:
        """All objects under `prefix/`, ordered by key; all of the area for an empty prefix."""
        ...


class CommitLog(Protocol):
    """The contexts of claims and the logs whose length each context states."""

    async def exists(self, claim_id: str) -> bool:
        """Whether the claim has a context."""
        ...

    async def read_context(self, claim_id: str) -> tuple[bytes, str] | None:
        """The stored context with a tag that changes at every write of it; None where there is none."""
        ...

    async def read_log(self, claim_id: str, name: LogName, end: int) -> bytes:
        """The first `end` bytes of a log, or as many as there are."""
        ...

    async def snapshot(self, claim_id: str) -> Snapshot:
        """The tag of the claim's context, and what lies in its inbox."""
        ...

    async def commit(
        self, claim_id: str, *, expected: str | None, appends: Sequence[Append], context: bytes
    ) -> str:
        """Append the lines, then replace the context, and return its new tag.

        The context is the commit: until it is replaced, the appended lines do not count, and the next
        commit overwrites them. `expected` is the tag of the context that was read; None means that there
        must be none.

        Raises:
            PreconditionFailed: the stored context is not the expected one. Nothing that counts has changed.
            SessionCorrupt: a log is shorter than what was committed of it.
        """
        ...


class Summaries(Protocol):
    """The summaries of claims, in whatever form makes lists cheap."""

    async def write(self, claim_id: str, summary: ClaimSummary, *, is_first: bool = False) -> None:
        """Put the summary of a claim, unless that of a later revision is there or the session is gone.

        `is_first` states that there is none yet.
        """
        ...

    async def recorded(self, claim_id: str) -> ClaimSummary | None:
        """The summary in session.json, as this process has written or read it last."""
        ...

    async def remove(self, claim_id: str, summary: ClaimSummary | None) -> None:
        """Take a claim off the lists, both as session.json describes it and as `summary` does."""
        ...

    async def page(self, asked: PageRequest) -> Page:
        """A page of summaries, which examines a bounded number of claims and so may be short or empty.

        Raises:
            ValueError: the continuation was not given by a page of this list.
        """
        ...

    async def find(self, periods: Sequence[Period]) -> list[list[ClaimSummary]]:
        """The summaries of each period, in the order of the periods.

        It costs what is found, not what is stored, or else one examination of all claims for all periods.
        After a crash a summary may be behind its session.
        """
        ...


class UploadLinks(Protocol):
    """URLs by which people without an account of the app upload."""

    async def link(self, key: str, until: datetime) -> str:
        """A URL by which anybody may PUT one new upload under `key` until that instant, and nothing else."""
        ...


class Backend(Protocol):
    """The parts of one storage."""

    objects: Objects
    commits: CommitLog
    summaries: Summaries
    upload_links: UploadLinks | None
    """None where the storage offers none."""

    async def close(self) -> None:
        """Release connections and locks."""
        ...
