"""The small interface that a storage backend implements; store.py builds every promise on it.

Keys are relative paths with `/`, made of validated names (shared/names.py). A backend serves two
places: sessions (with what is kept of erased ones beside them) and uploads (with the rejected ones).
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from shared.errors import AppError
from shared.models.claim import ClaimSummary
from shared.session_store.listing import PageRequest, Period


class Area(StrEnum):
    SESSIONS = "sessions"
    UPLOADS = "uploads"
    REJECTED = "rejected"
    ERASED = "erased"


@dataclass(frozen=True)
class Entry:
    key: str
    size: int
    modified_at: datetime
    content: bytes | None = None
    """Of an object that was written to be listed whole, where the backend can do that."""


@dataclass(frozen=True)
class Look:
    """What a claim's folder shows."""

    tag: str | None
    """Of context.json; None where there is none."""
    inbox: list[Entry]
    """Everything that was there when the context had that tag, and perhaps what came since."""


@dataclass(frozen=True)
class Append:
    """Lines that become the end of a file of the session, from byte `at` on."""

    name: Literal["history.jsonl", "audit.jsonl"]
    at: int
    lines: bytes


@dataclass(frozen=True)
class Page:
    """A page of summaries, maybe a short one; `continuation` asks for the next, None where there is none."""

    summaries: list[ClaimSummary]
    continuation: str | None


class PreconditionFailed(AppError):
    """What is stored is not what the writer has read."""


class Backend(Protocol):
    async def read(self, place: Area, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        """The bytes [start, end) of an object; None where there is no such object."""
        ...

    async def read_with_tag(self, place: Area, key: str) -> tuple[bytes, str] | None:
        """An object with a tag that changes at every write of it."""
        ...

    async def write(
        self,
        place: Area,
        key: str,
        data: bytes,
        *,
        metadata: dict[str, str] | None = None,
        listed: bool = False,
    ) -> None:
        """Put an object, whole: a reader sees the old one or the new one.

        `listed` asks that a look gives its content, where that saves a request.
        """
        ...

    async def write_stream(self, place: Area, key: str, content: AsyncIterator[bytes]) -> None:
        """As `write`, without ever holding the whole of a large object."""
        ...

    async def open_stream(self, place: Area, key: str) -> AsyncGenerator[bytes] | None:
        """An object piece by piece, None where there is none. What replaces it meanwhile is not mixed in."""
        ...

    async def look(self, claim_id: str) -> Look:
        """The tag of the claim's context, and what lies in its inbox."""
        ...

    async def commit(
        self, claim_id: str, *, expected: str | None, appends: Sequence[Append], context: bytes
    ) -> str:
        """Append what there is to append, then replace context.json; return its new tag.

        The context is the commit: until it is replaced, what was appended does not count, and the next
        commit overwrites it. `expected` is the tag of the context that was read; None where none may exist.

        Raises:
            PreconditionFailed: context.json is not the expected one. Nothing that counts has changed.
        """
        ...

    async def write_summary(self, claim_id: str, summary: ClaimSummary, *, is_first: bool = False) -> None:
        """Put session.json, in whatever form lets `list_summaries` be cheap.

        Nothing happens where a later revision's is there, or the session is gone. `is_first` says that
        there is none yet.
        """
        ...

    async def known_summary(self, claim_id: str) -> ClaimSummary | None:
        """What session.json says, as this process has written or read it."""
        ...

    async def forget_summary(self, claim_id: str, summary: ClaimSummary | None) -> None:
        """Take a claim out of what is listed, under what session.json says of it and under `summary`."""
        ...

    async def list_summaries(self, asked: PageRequest) -> Page:
        """Summaries; `continuation` stays valid while others write.

        A page that has looked at a bounded number of claims is given as it is, be it short or empty.

        Raises:
            ValueError: the continuation is none of ours.
        """
        ...

    async def find_summaries(self, periods: Sequence[Period]) -> list[list[ClaimSummary]]:
        """Those of each period; costs what is found, not what is stored, or one look at all for all periods.

        After a crash a summary may be behind its session: whoever acts on one looks at the session first.
        """
        ...

    async def move(self, place: Area, source: str, target: str) -> bool:
        """Move an object, replacing the target; False where the source is not there (any more).

        The source may stay until it is replaced or deleted.
        """
        ...

    async def delete(self, place: Area, key: str) -> None:
        """Remove an object; nothing happens where there is none."""
        ...

    async def delete_all(self, place: Area, names: list[str]) -> None:
        """Remove objects; nothing happens for those that are not there."""
        ...

    async def cool(self, place: Area, names: list[str]) -> None:
        """Move objects that are hardly read any more to where keeping them is cheaper; never an error."""
        ...

    async def delete_tree(self, place: Area, prefix: str) -> None:
        """Remove every object under `prefix/`; safe to repeat."""
        ...

    async def list(self, place: Area, prefix: str) -> list[Entry]:
        """All objects under `prefix/`, ordered by key; all of the place where prefix is empty."""
        ...

    async def upload_link(self, key: str, until: datetime) -> str | None:
        """A URL by which anybody may put one new upload with a PUT, until then, and do nothing else.

        None where there is no such way in.
        """
        ...

    async def close(self) -> None: ...
