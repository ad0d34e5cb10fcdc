"""How claims are listed: which of them, in what order, and where the next page goes on."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.models.claim import ClaimStatus, ClaimSummary, Outcome

MOST_EXAMINED = 5_000
"""Summaries that one page may look at, however few of them are wanted."""
_LONGEST_PLACE = 1024


class Order(StrEnum):
    """`claim_id` is the order of texts in which an id that begins another one counts as ended by `/`.

    `moment` is that of `ClaimSummary.moment`, for the claims of one status: the paused by when they expire,
    the others by when they were last saved, ended or archived.
    """

    CLAIM_ID = "claim_id"
    MOMENT = "moment"


@dataclass(frozen=True)
class SummaryFilter:
    """What is wanted of a list; None wants all. `after` includes its instant, `before` does not.

    A claim that was never saved, or that has no expiry, lies in no range of them.
    """

    claim_type: str | None = None
    outcome: Outcome | None = None
    missing_document: str | None = None
    saved_after: datetime | None = None
    saved_before: datetime | None = None
    expires_after: datetime | None = None
    expires_before: datetime | None = None

    def accepts(self, summary: ClaimSummary) -> bool:
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
    """A page of at most `limit` summaries: of which list, and behind which `continuation`.

    Ordered by moment only with a status.
    """

    status: ClaimStatus | None
    wanted: SummaryFilter
    order: Order
    limit: int
    continuation: str | None

    def asks_for(self, summary: ClaimSummary) -> bool:
        return self.status in {None, summary.status} and self.wanted.accepts(summary)

    def place(self, is_one: Callable[[str], object]) -> str | None:
        """Where the page begins, None for the first one.

        Raises:
            ValueError: the continuation is none of this list, as `is_one` says.
        """
        return None if self.continuation is None else decode_place(self.continuation, is_one)


@dataclass(frozen=True)
class Period:
    """The claims of a status whose `moment` is not before `after`, and is before `before`."""

    status: ClaimStatus
    after: datetime | None = None
    before: datetime | None = None

    def holds(self, summary: ClaimSummary) -> bool:
        return (
            summary.status is self.status
            and (self.after is None or summary.moment >= self.after)
            and (self.before is None or summary.moment < self.before)
        )


def by_id(claim_id: str) -> str:
    """What claims are sorted by for the order of claim ids."""
    return f"{claim_id}/"


def encode_place(place: str) -> str:
    """A continuation: where in a backend's order the next page begins."""
    return base64.urlsafe_b64encode(place.encode()).decode()


def decode_place(continuation: str, is_one: Callable[[str], object]) -> str:
    """The place that a continuation names.

    Raises:
        ValueError: it names none, or one of another list, as `is_one` says.
    """
    try:
        place = base64.b64decode(continuation, altchars=b"-_", validate=True).decode()
    except ValueError:
        place = ""
    if not (0 < len(place) <= _LONGEST_PLACE and place.isprintable() and is_one(place)):
        raise ValueError("not a continuation that a list has given")
    return place


def _lies_within(moment: datetime | None, after: datetime | None, before: datetime | None) -> bool:
    if after is None and before is None:
        return True
    return moment is not None and (after is None or after <= moment) and (before is None or moment < before)
