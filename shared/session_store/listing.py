"""How claims are listed: which of them, in what order, and at which position the next page goes on."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from shared.models.claim import ClaimStatus, ClaimSummary, Outcome

MOST_EXAMINED = 5_000
"""Summaries that one page may examine, however few of them are wanted."""
_LONGEST_POSITION = 1024


class Order(StrEnum):
    """The order of a list of claims."""

    CLAIM_ID = "claim_id"
    """The order of texts in which an id that begins another one counts as ended by `/`."""
    MOMENT = "moment"
    """The order of `ClaimSummary.moment`, for the claims of one status only: the paused by when they expire,
    the others by when they were last saved, ended or archived."""


@dataclass(frozen=True)
class SummaryFilter:
    """Which claims are wanted of a list; None wants all. `after` includes its instant, `before` does not.

    A claim that was never saved, or that has no expiry, lies in no range of those instants.
    """

    claim_type: str | None = None
    outcome: Outcome | None = None
    missing_document: str | None = None
    saved_after: datetime | None = None
    saved_before: datetime | None = None
    expires_after: datetime | None = None
    expires_before: datetime | None = None

    def accepts(self, summary: ClaimSummary) -> bool:
        """Whether the claim is wanted."""
        return (
            self.claim_type in {None, summary.claim_type}
            and self.outcome in {None, summary.outcome}
            and (self.missing_document is None or self.missing_document in summary.missing_documents)
            and _lies_within(summary.saved_at, self.saved_after, self.saved_before)
            and _lies_within(summary.expires_at, self.expires_after, self.expires_before)
        )


EVERYTHING = SummaryFilter()


@dataclass(frozen=True)
class PageRequest:
    """A page of at most `limit` summaries of one list, behind a `continuation`.

    The order is by moment only where there is a status.
    """

    status: ClaimStatus | None
    wanted: SummaryFilter
    order: Order
    limit: int
    continuation: str | None

    def asks_for(self, summary: ClaimSummary) -> bool:
        """Whether the claim belongs to the list."""
        return self.status in {None, summary.status} and self.wanted.accepts(summary)

    def position(self, is_position: Callable[[str], object]) -> str | None:
        """The position, in the order of a backend, at which the page begins; None for the first page.

        Raises:
            ValueError: the continuation names no position of this list, as `is_position` decides.
        """
        if self.continuation is None:
            return None
        try:
            position = base64.b64decode(self.continuation, altchars=b"-_", validate=True).decode()
        except ValueError:
            position = ""
        if not (0 < len(position) <= _LONGEST_POSITION and position.isprintable() and is_position(position)):
            raise ValueError("not a continuation that a list has given")
        return position


@dataclass(frozen=True)
class Page:
    """A page of summaries, which may be shorter than was asked for."""

    summaries: list[ClaimSummary]
    continuation: str | None
    """What asks for the next page; None where there is none."""

    @classmethod
    def up_to(cls, position: str, summaries: list[ClaimSummary]) -> Self:
        """A page behind which the next one begins at `position` of a backend's order."""
        return cls(summaries, base64.urlsafe_b64encode(position.encode()).decode())


@dataclass(frozen=True)
class Period:
    """The claims of a status whose `moment` is not before `after`, and is before `before`."""

    status: ClaimStatus
    after: datetime | None = None
    before: datetime | None = None

    def holds(self, summary: ClaimSummary) -> bool:
        """Whether the claim belongs to the period."""
        return (
            summary.status is self.status
            and (self.after is None or summary.moment >= self.after)
            and (self.before is None or summary.moment < self.before)
        )


def by_id(claim_id: str) -> str:
    """The key by which claims are sorted in the order of claim ids."""
    return f"{claim_id}/"


def _lies_within(moment: datetime | None, after: datetime | None, before: datetime | None) -> bool:
    if after is None and before is None:
        return True
    return moment is not None and (after is None or after <= moment) and (before is None or moment < before)
