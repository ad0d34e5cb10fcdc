"""Instants as people write them."""

import datetime as dt

import pytest

from shared.clock import parse_instant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-22T14:00:00Z", dt.datetime(2026, 11, 22, 14, tzinfo=dt.UTC)),
        ("2026-11-22t14:00:00.5z", dt.datetime(2026, 11, 22, 14, 0, 0, 500_000, tzinfo=dt.UTC)),
        ("2026-11-22T14:00+01:00", dt.datetime(2026, 11, 22, 13, tzinfo=dt.UTC)),
        ("2026-11-22", dt.datetime(2026, 11, 22, tzinfo=dt.UTC)),
    ],
)
def test_an_instant_has_a_zone_and_a_date_begins_in_utc(text: str, meant: dt.datetime) -> None:
    assert parse_instant(text) == meant
    assert parse_instant(text).tzinfo is dt.UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2026-11-22T14:00:00",
        "2026-11-22 14:00:00Z",
        "2026-02-30",
        "20261122",
        "2026-W47-7",
        "2026-11-22T24:30:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:00:00-02:00",
        "２０２６-11-22",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="with a zone"):
        parse_instant(text)
