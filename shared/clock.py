"""The wall clock, and instants as people write them.

Orchestrators never read this clock, since a replay has to see the same time again; they have their context's.
"""

import datetime as dt
import re

_WRITTEN = re.compile(
    r"\d{4}-\d\d-\d\d(?P<time>T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?", re.ASCII | re.IGNORECASE
)
INSTANT_RULE = "an instant with a zone, as 2026-11-22T14:00:00Z, or a date, which begins in UTC"


def utc_now() -> dt.datetime:
    """The present time, in UTC."""
    return dt.datetime.now(dt.UTC)


def parse_instant(text: str) -> dt.datetime:
    """The instant that `text` names, in UTC: one of RFC 3339, or a date, which stands for its first moment.

    Raises:
        ValueError: `text` is neither; the message is `INSTANT_RULE`.
    """
    if (written := _WRITTEN.fullmatch(text)) is None:
        raise ValueError(INSTANT_RULE)
    try:
        given = dt.datetime.fromisoformat(text.upper())
        return given.astimezone(dt.UTC) if written["time"] else given.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        raise ValueError(INSTANT_RULE) from None
