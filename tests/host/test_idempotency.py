"""`Idempotency-Key`: what is sent again under its key is answered as it was, and done once."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.host.refusals import ids, nothing_left_at_rest, problem
from tests.host.running import Host, collision
from triggers.http.route_table import IDEMPOTENCY_KEY, IF_MATCH, ROUTES

_numbers = count(1)


def fresh(name: str) -> str:
    return f"{name}-{next(_numbers)}"


async def post(host: Host, path: str, key: str, **request: Any) -> httpx.Response:
    return await host.http.post(path, headers={IDEMPOTENCY_KEY.name: key}, **request)


async def submitted(host: Host) -> str:
    claim_id = await host.submit(collision(claim_id=fresh("IDEM")))
    await host.until(claim_id, {"paused"})
    return claim_id


async def decidable(host: Host) -> str:
    claim_id = await submitted(host)
    await host.bring(claim_id, "repair_estimate", "police_report")
    await host.until(claim_id, {"awaiting_decision"})
    return claim_id


def records(host: Host) -> list[Path]:
    return sorted((host.data / "sessions").glob("*/requests/*.json"))


def forget_answer(host: Host, claim_id: str) -> None:
    """Leave of the claim's keyed request what a crash leaves that cuts its answer off."""
    (record,) = (path for path in records(host) if path.parts[-3] == claim_id)
    record.write_text(json.dumps(json.loads(record.read_text()) | {"is_done": False}))


async def messages_with(host: Host, claim_id: str, text: str) -> int:
    """How many that no agent wrote say `text`."""
    return sum(
        text in message["content"]
        for message in await host.history(claim_id)
        if message["metadata"]["step"].partition(".")[0] in {"submission", "arrival"}
    )


NOTE = {"notes": [{"type": "incident_location", "content": "Cedar Hollow Road 9"}]}
WITHDRAWAL = {"reason": "settled otherwise"}
DECISION = {
    "decision": "deny",
    "officer_id": "jdoe",
    "rationale": "staged",
    "denial_reason": "It was staged.",
}
FILES = {"file": ("police_report.txt", b"Police report: nobody was hurt.")}

ON_A_CLAIM: dict[str, tuple[Callable[[Host], Any], str, dict[str, Any], dict[str, Any], str]] = {
    "continue": (submitted, "continue", {"json": NOTE}, {"json": {}}, "Cedar Hollow Road 9"),
    "a raw file": (
        submitted,
        "documents?filename=police_report.txt",
        {"content": b"Police report: nobody was hurt."},
        {"content": b"Police report: somebody was hurt."},
        "A document: police_report",
    ),
    "a form, whose boundary differs": (
        submitted,
        "documents",
        {"files": FILES},
        {"files": {"file": ("other.txt", b"Police report: nobody was hurt.")}},
        "A document: police_report",
    ),
    "withdraw": (submitted, "withdraw", {"json": WITHDRAWAL}, {"json": {"reason": "other"}}, "Withdrawn"),
    "decision": (
        decidable,
        "decision",
        {"json": DECISION},
        {"json": DECISION | {"rationale": "doubtful"}},
        "Decision: deny. staged",
    ),
}


def test_every_post_takes_a_key() -> None:
    posts = [route for route in ROUTES if route.method == "POST"]
    assert posts
    assert all(IDEMPOTENCY_KEY in route.headers for route in posts)


@pytest.mark.parametrize(("begin", "verb", "asked", "other", "told"), **ids(ON_A_CLAIM))
async def test_a_request_that_is_sent_again_is_answered_as_it_was_and_done_once(
    host: Host,
    begin: Callable[[Host], Any],
    verb: str,
    asked: dict[str, Any],
    other: dict[str, Any],
    told: str,
) -> None:
    claim_id = await begin(host)
    path, key = f"/claims/{claim_id}/{verb}", fresh("key")

    first, meanwhile = await asyncio.gather(*(post(host, path, key, **asked) for _ in range(2)))
    await host.until(claim_id)
    later = await post(host, path, key, **asked)

    assert first.status_code in {201, 202}, first.text
    for again in (meanwhile, later):
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert again.headers.get("Location") == first.headers.get("Location")
    await host.until(claim_id)
    assert await messages_with(host, claim_id, told) == 1

    async with nothing_left_at_rest(host):
        refused = await post(host, path, key, **other)
    assert [e["field"] for e in problem(refused, 422)["errors"]] == [IDEMPOTENCY_KEY.name]


@pytest.mark.parametrize("verb", ["continue", "withdraw", "decision"])
async def test_an_answer_that_a_crash_cut_off_is_given_again_though_the_claim_has_gone_on(
    host: Host, verb: str
) -> None:
    begin, _, asked, _, told = ON_A_CLAIM[verb]
    claim_id = await begin(host)
    path, key = f"/claims/{claim_id}/{verb}", fresh("key")
    first = await post(host, path, key, **asked)
    forget_answer(host, claim_id)
    await host.until(claim_id)
    if verb == "continue":
        await host.http.post(f"/claims/{claim_id}/withdraw", json=WITHDRAWAL)
    await host.until(claim_id, {"withdrawn", "completed"})

    again = await post(host, path, key, **asked)

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert await messages_with(host, claim_id, told) == 1


async def cut_off_decision(host: Host, claim_id: str) -> Callable[[], Awaitable[httpx.Response]]:
    """Decide on the claim as it is read now, with the answer cut off; gives what sends that again."""
    headers = {
        IDEMPOTENCY_KEY.name: fresh("key"),
        IF_MATCH.name: (await host.http.get(f"/claims/{claim_id}")).headers["ETag"],
    }

    async def send() -> httpx.Response:
        return await host.http.post(f"/claims/{claim_id}/decision", json=DECISION, headers=headers)

    assert (await send()).status_code == 202
    forget_answer(host, claim_id)
    return send


async def test_a_decision_that_was_taken_up_is_no_change_to_its_own_condition(host: Host) -> None:
    claim_id = await decidable(host)
    send = await cut_off_decision(host, claim_id)
    await host.until(claim_id, {"completed"})

    assert (await send()).status_code == 202


async def test_a_decision_that_waits_is_no_change_to_its_own_condition(host: Host) -> None:
    claim_id = await decidable(host)
    await host.suspend(claim_id)
    send = await cut_off_decision(host, claim_id)

    assert (await send()).status_code == 202

    await host.resume(claim_id)
    await host.until(claim_id, {"completed"})
    assert await messages_with(host, claim_id, "Decision: deny") == 1


async def test_a_decision_that_was_cut_off_before_it_came_is_none_on_what_has_changed_since(
    host: Host,
) -> None:
    claim_id = await decidable(host)
    await host.suspend(claim_id)
    send = await cut_off_decision(host, claim_id)
    (arrived,) = (host.data / "sessions" / claim_id / "inbox").iterdir()
    arrived.unlink()
    assert (await host.http.post(f"/claims/{claim_id}/continue", json=NOTE)).status_code == 202

    problem(await send(), 412)

    await host.resume(claim_id)
    await host.until(claim_id, {"awaiting_decision"})
    assert await messages_with(host, claim_id, "Decision: deny") == 0


async def test_submissions_of_one_key_make_one_claim(host: Host) -> None:
    key, body = fresh("key"), collision()
    answers = await asyncio.gather(*(post(host, "/claims", key, json=body) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {202}
    (claim_id,) = {answer.json()["claim_id"] for answer in answers}
    assert claim_id.startswith("CLM-")
    assert len({answer.text for answer in answers}) == 1
    await host.until(claim_id, {"paused"})
    assert await messages_with(host, claim_id, "Another car ran into mine") == 1
    async with nothing_left_at_rest(host):
        problem(await post(host, "/claims", key, json=collision(claim_amount=2500)), 422)


async def test_a_submissions_key_counts_whatever_the_claims_id(host: Host) -> None:
    key, first, second = fresh("key"), fresh("IDEM"), fresh("IDEM")
    assert (await post(host, "/claims", key, json=collision(claim_id=first))).status_code == 202
    await host.until(first, {"paused"})
    async with nothing_left_at_rest(host):
        problem(await post(host, "/claims", key, json=collision(claim_id=second)), 422)
        problem(await post(host, "/claims", key, json=collision()), 422)
        assert (await post(host, "/claims", key, json=collision(claim_id=first))).status_code == 202


@pytest.mark.parametrize("given", [True, False], ids=["with an id", "without an id"])
async def test_a_key_is_erased_with_its_claim(host: Host, given: bool) -> None:
    key = fresh("key")
    body = collision(claim_id=fresh("IDEM")) if given else collision()
    before = records(host)
    claim_id = (await post(host, "/claims", key, json=body)).json()["claim_id"]
    await host.until(claim_id, {"paused"})
    await post(host, f"/claims/{claim_id}/continue", fresh("key"), json=NOTE)
    await host.until(claim_id, {"paused"})
    assert len(records(host)) - len(before) == 2 + given

    assert (await host.http.delete(f"/claims/{claim_id}")).status_code == 202

    assert records(host) == before
    answer = await post(host, "/claims", key, json=body | {"claim_amount": 2500})
    assert answer.status_code == 202
    await host.until(answer.json()["claim_id"], {"paused"})


async def test_a_refusal_is_not_remembered(host: Host) -> None:
    claim_id, key = await submitted(host), fresh("key")
    path = f"/claims/{claim_id}/withdraw"
    async with nothing_left_at_rest(host):
        problem(await post(host, path, key, json={}), 422)
        problem(await post(host, f"/claims/{fresh('NONE')}/withdraw", key, json=WITHDRAWAL), 404)
        problem(await post(host, f"/claims/{claim_id}/decision", key, json=DECISION), 409)
    assert (await post(host, path, key, json=WITHDRAWAL)).status_code == 202
    await host.until(claim_id, {"withdrawn"})


@pytest.mark.parametrize("key", ["", "two words", "k" * 256])
async def test_a_key_that_is_none_is_refused(host: Host, key: str) -> None:
    async with nothing_left_at_rest(host):
        refused = problem(await post(host, "/claims", key, json=collision()), 422)
    assert [e["field"] for e in refused["errors"]] == [IDEMPOTENCY_KEY.name]
