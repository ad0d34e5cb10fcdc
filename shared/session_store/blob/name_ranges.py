"""The two ranges of blob names that claims are listed by: all session.json, or a part of the index."""

import re
from dataclasses import dataclass
from typing import Protocol

from shared.models.claim import ClaimStatus
from shared.session_store import index, object_names
from shared.session_store.listing import SummaryFilter

_AFTER = "!"
"""Comes before all that claim ids and names of entries are made of: the next name is the first behind it."""
_SUMMARY = re.compile(rf"[^/]+/{re.escape(object_names.SUMMARY)}!?")


class NameRange(Protocol):
    @property
    def prefix(self) -> str | None:
        """What all names begin with."""
        ...

    def start(self, position: str | None) -> str | None:
        """The first name there may be, where a page goes on at `position`."""
        ...

    def is_over(self, name: str) -> bool:
        """Whether this name and all that follow lie behind the range."""
        ...

    def has_summary(self, name: str) -> bool:
        """Whether the blob of that name has a summary for metadata; a claim has other files too."""
        ...

    def position_after(self, name: str) -> str:
        """Where a page goes on that ended with this name."""
        ...

    def is_position(self, text: str) -> bool:
        """Whether a page can go on there."""
        ...


@dataclass(frozen=True)
class AllSessions:
    """The container of sessions, in the order of claim ids."""

    prefix: str | None = None

    def start(self, position: str | None) -> str | None:
        return position

    def is_over(self, name: str) -> bool:
        return False

    def has_summary(self, name: str) -> bool:
        return name == _summary_beside(name)

    def position_after(self, name: str) -> str:
        summary = _summary_beside(name)
        return summary if name < summary else summary + _AFTER

    def is_position(self, text: str) -> bool:
        return _SUMMARY.fullmatch(text) is not None


@dataclass(frozen=True)
class IndexRange:
    """The entries of a status, by moment; of the paused only those whose expiry may be wanted."""

    status: ClaimStatus
    wanted: SummaryFilter

    @property
    def prefix(self) -> str:
        return index.prefix(self.status)

    def start(self, position: str | None) -> str | None:
        after = self.wanted.expires_after
        first = index.bound(self.status, after) if after and self._is_by_expiry else None
        return max(filter(None, (first, position)), default=None)

    def is_over(self, name: str) -> bool:
        before = self.wanted.expires_before
        return before is not None and self._is_by_expiry and name >= index.bound(self.status, before)

    def has_summary(self, name: str) -> bool:
        return True

    def position_after(self, name: str) -> str:
        return name + _AFTER

    def is_position(self, text: str) -> bool:
        return text.startswith(self.prefix) and text.endswith(_AFTER)

    @property
    def _is_by_expiry(self) -> bool:
        return self.status is ClaimStatus.PAUSED


def _summary_beside(name: str) -> str:
    return f"{name.partition('/')[0]}/{object_names.SUMMARY}"
