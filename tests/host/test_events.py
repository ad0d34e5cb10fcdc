"""Events of the real app, as a receiver gets them, and what the command line does about dead letters."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from orchestration.phases.events import erased
from shared.clock import utc_now
from shared.session_store import open_local_store
from tests.host.running import ALONE, PATIENCE, REPOSITORY, Host, collision, host_on
from tests.shared.receiver import SECRET, Receiver, ids, receiving


async def until(holds: Callable[[], bool], receiver: Receiver) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, receiver.types()
        await asyncio.sleep(0.02)


def of(receiver: Receiver, claim_id: str) -> list[str]:
    return [
        event["type"].removeprefix("claim.")
        for event in receiver.taken
        if event["data"]["claim_id"] == claim_id
    ]


async def through_its_life(host: Host) -> str:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    await host.bring(claim_id, "repair_estimate", "police_report")
    await host.until(claim_id, {"awaiting_decision"})
    await host.decide(claim_id)
    await host.until(claim_id, {"completed"})
    return claim_id


async def test_a_claims_events_arrive_in_order_and_its_erasure_last(tmp_path: Path) -> None:
    async with (
        receiving(500) as receiver,  # the first attempt of all fails
        host_on(tmp_path / "data", *ALONE, WEBHOOK_URL=receiver.url, WEBHOOK_SECRET=SECRET) as host,
    ):
        claim_id = await through_its_life(host)
        life = ["received", "paused", "resumed", "awaiting_decision", "decided"]
        await until(lambda: len(of(receiver, claim_id)) == len(life), receiver)
        assert of(receiver, claim_id) == life
        assert ids(receiver.attempts)[0] == ids(receiver.taken)[0]
        assert (await host.http.delete(f"/claims/{claim_id}")).status_code == 202
        await until(lambda: "erased" in of(receiver, claim_id), receiver)
        assert of(receiver, claim_id) == [*life, "erased"]
        assert len(set(ids(receiver.taken))) == len(receiver.taken)
        said = json.dumps(receiver.attempts)
        assert "Whitfield" not in said and "Cedar" not in said and "jdoe" not in said
        assert not host.session_files(claim_id)


async def test_an_erasure_that_is_asked_for_again_is_told_as_the_same_event(tmp_path: Path) -> None:
    async with (
        receiving() as receiver,
        host_on(tmp_path / "data", *ALONE, WEBHOOK_URL=receiver.url, WEBHOOK_SECRET=SECRET) as host,
    ):
        claim_id = await host.submit(collision())
        await host.until(claim_id, {"paused"})
        for times in (1, 2):
            assert (await host.http.delete(f"/claims/{claim_id}")).status_code == 202
            await until(lambda: of(receiver, claim_id).count("erased") == times, receiver)  # noqa: B023

        events = zip(receiver.types(), ids(receiver.taken), strict=True)
        assert len({event_id for kind, event_id in events if kind == "claim.erased"}) == 1


async def test_a_waiting_claim_reminds_then_escalates_without_being_touched(tmp_path: Path) -> None:
    waits = {"SESSION_REMINDERS": "PT0.3S,PT1S", "DECISION_SLA": "PT1S"}
    async with (
        receiving() as receiver,
        host_on(tmp_path / "data", *ALONE, WEBHOOK_URL=receiver.url, WEBHOOK_SECRET=SECRET, **waits) as host,
    ):
        claim_id = await host.submit(collision())
        await until(lambda: of(receiver, claim_id).count("reminder") == 2, receiver)
        await host.bring(claim_id, "repair_estimate", "police_report")
        await until(lambda: "escalated" in of(receiver, claim_id), receiver)
        assert of(receiver, claim_id) == [
            *("received", "paused", "reminder", "reminder", "resumed"),
            *("awaiting_decision", "reminder", "escalated"),
        ]
        history = [message["content"] for message in await host.history(claim_id)]
        assert "Escalated: no officer has decided in time" in history


async def test_events_that_a_stopped_host_left_are_delivered_by_the_next_one(tmp_path: Path) -> None:
    async with receiving(*[503] * 3) as receiver:
        hooks = {"WEBHOOK_URL": receiver.url, "WEBHOOK_SECRET": SECRET}
        async with host_on(tmp_path / "data", *ALONE, **hooks) as host:
            claim_id = await host.submit(collision())
            await host.until(claim_id, {"paused"})
            await until(lambda: bool(receiver.attempts), receiver)
        assert of(receiver, claim_id) == []
        receiver.answers_with()
        async with host_on(tmp_path / "data", *ALONE, **hooks) as host:
            await until(lambda: of(receiver, claim_id) == ["received", "paused"], receiver)


async def test_a_claim_past_its_retention_is_told_to_be_erased(tmp_path: Path) -> None:
    hooks = {"WEBHOOK_SECRET": SECRET, "SESSION_RETENTION": "PT0.1S"}
    async with (
        receiving() as receiver,
        host_on(tmp_path / "data", *ALONE, WEBHOOK_URL=receiver.url, **hooks) as host,
    ):
        claim_id = await host.submit(collision())
        await host.until(claim_id, {"paused"})
        await host.http.post(f"/claims/{claim_id}/withdraw", json={"reason": "settled"})
        await until(lambda: "withdrawn" in of(receiver, claim_id), receiver)
        await asyncio.sleep(0.3)  # longer than it is kept
        await host.admin("sweep")
        await until(lambda: "erased" in of(receiver, claim_id), receiver)
        assert of(receiver, claim_id) == ["received", "paused", "withdrawn", "erased"]
        assert (await host.http.get(f"/claims/{claim_id}")).status_code == 404


async def test_without_a_webhook_nothing_of_events_is_stored_or_run(host: Host) -> None:
    claim_id = await through_its_life(host)
    assert not any("events" in name for name in host.session_files(claim_id))
    context = json.loads((host.data / "sessions" / claim_id / "context.json").read_text(encoding="utf-8"))
    assert not {"outbox", "event_count"} & context.keys()
    root = host.url.removesuffix("/api")
    durable = await host.http.get(f"{root}/runtime/webhooks/durabletask/instances/{claim_id}:events")
    assert durable.status_code == 404


async def claims(*arguments: str, **settings: str) -> tuple[int, Any, str]:
    """The exit code of a command, the JSON that it prints, and what it says on standard error."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "client", *arguments, "--json"),
        cwd=REPOSITORY,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate()
    assert process.returncode is not None
    return process.returncode, json.loads(out) if out else None, error.decode()


async def test_dead_letters_are_listed_and_sent_again_in_order(tmp_path: Path) -> None:
    data = tmp_path / "data"
    letters = [erased("CLM-1", utc_now()), erased("CLM-1", utc_now()), erased("CLM-2", utc_now())]
    store = open_local_store(str(data))
    for letter in letters:
        await store.deliveries.put_dead_letter(letter)
    await store.close()
    first, second, other = (letter.id for letter in letters)
    where = ("--data", str(data))
    code, listed, _ = await claims("dead-letters", *where)
    assert (code, [letter["id"] for letter in listed["dead_letters"]]) == (0, [first, second, other])
    async with receiving(503) as receiver:
        hooks = {"WEBHOOK_URL": receiver.url, "WEBHOOK_SECRET": SECRET}
        code, answer, error = await claims("resend", *where, **hooks)
        assert (code, answer["sent"], list(answer["failed"])) == (1, [other], ["CLM-1"])
        assert "CLM-1: the receiver answered 503" in error
        code, answer, _ = await claims("resend", "CLM-1", *where, **hooks)
        assert (code, answer) == (0, {"sent": [first, second], "failed": {}})
        assert ids(receiver.taken) == [other, first, second]
    assert (await claims("dead-letters", *where))[1] == {"dead_letters": []}


async def test_sending_again_needs_to_know_the_webhook_and_the_storage(tmp_path: Path) -> None:
    where = ("--data", str(tmp_path / "data"))
    for arguments in (("resend", *where), ("dead-letters", "--url", "http://127.0.0.1:1")):
        code, _, error = await claims(*arguments)
        assert (code, error.count("\n")) == (2, 1)
