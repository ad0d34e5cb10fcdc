"""Conditional requests: what is known is not sent again, and nothing is decided on what has changed."""

import pytest

from tests.host.refusals import nothing_left_at_rest, problem
from tests.host.running import Host, collision
from triggers.http.route_table import IF_MATCH, IF_NONE_MATCH


async def etag(host: Host, claim_id: str) -> str:
    return (await host.http.get(f"/claims/{claim_id}")).headers["ETag"]


async def decide(host: Host, claim_id: str, condition: str) -> int:
    body = {
        "decision": "deny",
        "officer_id": "jdoe",
        "rationale": "staged",
        "denial_reason": "It was staged.",
    }
    answer = await host.http.post(
        f"/claims/{claim_id}/decision", json=body, headers={IF_MATCH.name: condition}
    )
    if answer.status_code != 202:
        problem(answer, answer.status_code)
    return answer.status_code


async def test_a_claim_that_is_as_it_was_is_not_sent_again(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    read = await host.http.get(f"/claims/{claim_id}")
    for condition in (read.headers["ETag"], f'"other", W/{read.headers["ETag"]}', "*"):
        again = await host.http.get(f"/claims/{claim_id}", headers={IF_NONE_MATCH.name: condition})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == read.headers["ETag"]

    await host.bring(claim_id, "police_report")
    changed = await host.http.get(f"/claims/{claim_id}", headers={IF_NONE_MATCH.name: read.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != read.headers["ETag"]
    await host.until(claim_id, {"paused"})
    assert await etag(host, claim_id) not in {read.headers["ETag"], changed.headers["ETag"]}


@pytest.mark.parametrize("condition", ['"other"', "W/{etag}", "{etag}x", "{etag}"])
async def test_a_decision_on_what_has_changed_since_is_refused(host: Host, condition: str) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    await host.bring(claim_id, "repair_estimate", "police_report")
    await host.until(claim_id, {"awaiting_decision"})
    read = await etag(host, claim_id)
    if condition == "{etag}":
        note = {"notes": [{"type": "incident_location", "content": "Cedar Hollow Road 9"}]}
        await host.http.post(f"/claims/{claim_id}/continue", json=note)
        await host.until(claim_id, {"awaiting_decision"})

    async with nothing_left_at_rest(host):
        assert await decide(host, claim_id, condition.format(etag=read)) == 412

    assert await decide(host, claim_id, await etag(host, claim_id)) == 202
    await host.until(claim_id, {"completed"})


async def test_a_condition_does_not_say_more_of_a_claim_than_that_there_is_none(host: Host) -> None:
    assert await decide(host, "NOWHERE", '"other"') == 404
