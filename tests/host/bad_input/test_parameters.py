"""Query parameters that are none of theirs."""

import base64

import pytest

from tests.host.refusals import (
    MARK,
    PAUSED,
    refused,
)
from tests.host.running import Host


@pytest.mark.parametrize(
    "limit", ["", "0", "-1", "1001", "1.5", "1e2", "ten", "１", "٣", "9" * 5000, " 1", "1,2"]
)
async def test_a_limit_that_is_none_is_refused_by_field(host: Host, limit: str) -> None:
    for path in ("/claims", f"/claims/{PAUSED}/history"):
        await refused(host, 422, path, method="GET", params={"limit": limit}, field="limit")


@pytest.mark.parametrize("after", ["", "-1", "x", "0x10", "9" * 12, "1_000"])
async def test_a_position_that_is_none_is_refused_by_field(host: Host, after: str) -> None:
    await refused(
        host, 422, f"/claims/{PAUSED}/history", method="GET", params={"after": after}, field="after"
    )


async def test_a_position_behind_the_end_gives_nothing(host: Host) -> None:
    answer = await host.http.get(f"/claims/{PAUSED}/history", params={"after": 10**9})
    assert answer.json() == {"messages": [], "next": None}


@pytest.mark.parametrize("status", ["", "open", "PAUSED", "paused,failed", MARK])
async def test_a_status_that_is_none_is_refused_by_field(host: Host, status: str) -> None:
    said = await refused(host, 422, "/claims", method="GET", params={"status": status}, field="status")
    assert "awaiting_decision" in said["errors"][0]["message"]


@pytest.mark.parametrize(
    "continuation",
    ["", "x", MARK, "../..", base64.urlsafe_b64encode(b"../x").decode(), "====", "\0", "A" * 5000],
)
async def test_a_continuation_that_no_list_gave_is_refused_by_field(host: Host, continuation: str) -> None:
    query = {"continuation": continuation}
    await refused(host, 422, "/claims", method="GET", params=query, field="continuation")
