"""Query parameters that are none of theirs."""

import base64

import pytest

from tests.host.refusals import MARK, PAUSED, refused
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


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("claim_type", "auto_colision", "auto_collision"),
        ("claim_type", "", "auto_collision"),
        ("outcome", "APPROVED", "approved"),
        ("missing_document", "Police report", "lower-case"),
        ("missing_document", "", "lower-case"),
        ("sort", "saved_at", "claim_id"),
        ("sort", "moment", "with a status"),
    ],
)
async def test_a_word_that_is_none_of_a_search_is_refused_by_field(
    host: Host, name: str, value: str, told: str
) -> None:
    said = await refused(host, 422, "/claims", method="GET", params={name: value}, field=name)
    assert told in said["errors"][0]["message"]


@pytest.mark.parametrize("name", ["saved_after", "saved_before", "expires_after", "expires_before"])
@pytest.mark.parametrize(
    "instant",
    ["", MARK, "2026", "2026-13-01", "2026-11-22T14:00:00", "2026-11-22T14:00:00 01:00", "1795000000"],
)
async def test_an_instant_that_is_none_is_refused_by_field(host: Host, name: str, instant: str) -> None:
    said = await refused(host, 422, "/claims", method="GET", params={name: instant}, field=name)
    assert "2026-11-22T14:00:00Z" in said["errors"][0]["message"]


@pytest.mark.parametrize("name", ["state", "Status", "saved", "", MARK])
async def test_a_search_for_what_cannot_be_searched_for_is_refused_by_name(host: Host, name: str) -> None:
    said = await refused(host, 422, "/claims", method="GET", params={name: "x", "status": "paused"})
    assert [error["field"] for error in said["errors"]] == [name or "query"]


async def test_a_function_key_in_the_query_is_no_search(host: Host) -> None:
    assert (await host.http.get("/claims", params={"code": "key", "clientId": "default"})).status_code == 200


async def test_a_continuation_goes_on_in_its_own_order_only(host: Host) -> None:
    by_id = (await host.http.get("/claims", params={"limit": 1})).json()["continuation"]
    query = {"continuation": by_id, "status": "paused"}
    await refused(host, 422, "/claims", method="GET", params=query, field="continuation")
    assert (await host.http.get("/claims", params=query | {"sort": "claim_id"})).status_code == 200
