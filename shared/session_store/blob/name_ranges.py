"""The two ranges of blob names that claims are listed by: all session.json, or a part of the index."""

import re
from dataclasses import dataclass

from shared.models.claim import ClaimStatus
from shared.session_store import index, object_names
from shared.session_store.listing import SummaryFilter

_AFTER = "!"
"""Comes before all that claim ids and names of entries are made of: the next name is the first behind it."""
_SUMMARY = re.compile(rf"[^/]+/{re.escape(object_names.SUMMARY)}!?")


@dataclass(frozen=True)
class AllSessions:
    """The container of sessions, in the order of claim ids."""

    prefix: str | None = None
    """What all names begin with."""

    def start(self, position: str | None) -> str | None:
        """The first name that may be listed, where a page goes on at `position`."""
        return position

    def is_over(self, name: str) -> bool:
        """Whether this name and all that follow lie behind the range."""
        return False

    def has_summary(self, name: str) -> bool:
        """Whether the blob has a summary for metadata; a claim has other files too."""
        return name == _summary_beside(name)

    def position_after(self, name: str) -> str:
        """The position at which a page goes on that ended with this name."""
        summary = _summary_beside(name)
        return summary if name < summary else summary + _AFTER

    def is_position(self, text: str) -> bool:
        """Whether a page can go on there."""
        return _SUMMARY.fullmatch(text) is not None


@dataclass(frozen=True)
class IndexRange:
    """The entries of a status, by moment; of the paused only those whose expiry may be wanted."""

    status: ClaimStatus
    wanted: SummaryFilter

    @property
    def prefix(self) -> str:
        """What all names begin with."""
        return index.prefix(self.status)

    def start(self, position: str | None) -> str | None:
        """The first name that may be listed, where a page goes on at `position`."""
        after = self.wanted.expires_after
        first = index.bound(self.status, after) if after and self._is_by_expiry else None
        return max(filter(None, (first, position)), default=None)

    def is_over(self, name: str) -> bool:
        """Whether this name and all that follow lie behind the range."""
        before = self.wanted.expires_before
        return before is not None and self._is_by_expiry and name >= index.bound(self.status, before)

    def has_summary(self, name: str) -> bool:
        """Every entry has a summary for metadata."""
        return True

    def position_after(self, name: str) -> str:
        """The position at which a page goes on that ended with this name."""
        return name + _AFTER

    def is_position(self, text: str) -> bool:
        """Whether a page can go on there."""
        return text.startswith(self.prefix) and text.endswith(_AFTER)

    @property
    def _is_by_expiry(self) -> bool:
        return self.status is ClaimStatus.PAUSED


type NameRange = AllSessions | IndexRange


def _summary_beside(name: str) -> str:
    return f"{name.partition('/')[0]}/{object_names.SUMMARY}"
