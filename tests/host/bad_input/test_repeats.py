"""The same again, and at the same moment."""

import asyncio
from typing import Any

from tests.host.bad_input.requests import ROUTES_OF_A_CLAIM, request_to
from tests.host.refusals import DECIDABLE, MARK, OVER, PAUSED, nothing_left_at_rest, refused
from tests.host.running import Host, collision, turns_of


async def test_the_same_submission_many_times_at_the_same_moment_is_one_claim(host: Host) -> None:
    documents = [
        {"filename": f"{kind}.txt", "text": f"{kind} {MARK}"} for kind in ("repair_estimate", "police_report")
    ]
    body = collision(claim_id="TWINS-1", documents=documents)
    answers = await asyncio.gather(*(host.http.post("/claims", json=body) for _ in range(20)))
    assert [answer.status_code for answer in answers] == [202] * 20
    assert {answer.json()["claim_id"] for answer in answers} == {"TWINS-1"}
    claim = await host.until("TWINS-1")
    assert claim["status"] == "awaiting_decision"
    assert [d["filename"] for d in claim["documents"]] == ["repair_estimate.txt", "police_report.txt"]
    messages = await host.history("TWINS-1")
    steps = [message["metadata"]["step"] for message in messages]
    assert steps.count("submission") == 1
    assert len([step for step in steps if step.startswith("arrival.")]) == 2
    assert len(turns_of(messages)) == len(set(turns_of(messages)))
    listed = (await host.http.get("/claims", params={"limit": 1000})).json()["claims"]
    assert [found["claim_id"] for found in listed].count("TWINS-1") == 1


async def test_of_two_submissions_with_one_id_at_the_same_moment_one_is_taken(host: Host) -> None:
    bodies = [collision(claim_id="RIVALS-1", claim_amount=amount) for amount in (2400, 2500)] * 8
    answers = await asyncio.gather(*(host.http.post("/claims", json=body) for body in bodies))
    taken = {
        body["claim_amount"]
        for body, answer in zip(bodies, answers, strict=True)
        if answer.status_code == 202
    }
    assert {answer.status_code for answer in answers} == {202, 409}
    assert len(taken) == 1
    claim = await host.until("RIVALS-1")
    assert {claim["facts"]["claim_amount"]} == taken


async def test_another_submission_with_an_id_in_use_is_a_conflict(host: Host) -> None:
    said = await refused(host, 409, "/claims", json=collision(claim_id=PAUSED, narrative=MARK))
    assert said["detail"] == f"{PAUSED} is taken by another submission"
    await refused(host, 409, "/claims", json=collision(claim_id=OVER, claim_amount=1))


async def test_the_same_submission_again_changes_nothing_whatever_became_of_the_claim(host: Host) -> None:
    small = collision(claim_id="DONE-1")
    await host.submit(small)
    await host.until("DONE-1", {"paused"})
    await host.bring("DONE-1", "repair_estimate", "police_report")
    await host.until("DONE-1", {"awaiting_decision"})
    await host.decide("DONE-1")
    await host.until("DONE-1", lambda claim: claim["archived_at"] is not None)
    async with nothing_left_at_rest(host):
        for claim_id, status in (
            ("DONE-1", "completed"),
            (OVER, "withdrawn"),
            (PAUSED, "paused"),
            (DECIDABLE, "awaiting_decision"),
        ):
            answer = await host.http.post("/claims", json=collision(claim_id=claim_id))
            assert (answer.status_code, answer.json()["status"]) == (202, status)
    for route in (r for r in ROUTES_OF_A_CLAIM if r[0] == "POST"):
        await refused(host, 409, **request_to("DONE-1", route))


async def test_the_same_document_many_times_at_the_same_moment_counts_once(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    text = f"Estimate, parts and labor {MARK}"
    given = {"filename": "repair_estimate.txt", "text": text}
    upload: dict[str, Any] = {"params": {"filename": "repair_estimate.txt"}, "content": text}
    answers = await asyncio.gather(
        *(host.http.post(f"/claims/{claim_id}/documents", **upload) for _ in range(5)),
        *(host.http.post(f"/claims/{claim_id}/continue", json={"documents": [given]}) for _ in range(5)),
    )
    assert {answer.status_code for answer in answers} == {201, 202}
    claim = await host.until(
        claim_id, lambda c: c["missing_documents"] == ["police_report"] and c["status"] == "paused"
    )
    assert [d["filename"] for d in claim["documents"]] == ["repair_estimate.txt"]
    said = [m["content"] for m in await host.history(claim_id) if "repair_estimate.txt" in m["content"]]
    assert said.count("A document: repair_estimate, repair_estimate.txt") == 1
    assert not [line for line in said if line.startswith("A new version")]


async def test_a_second_decision_at_the_same_moment_decides_nothing(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    await host.bring(claim_id, "repair_estimate", "police_report")
    await host.until(claim_id, {"awaiting_decision"})
    answers = await asyncio.gather(
        *(host.decide(claim_id, "approve", rationale=MARK) for _ in range(4)),
        *(host.decide(claim_id, "deny", denial_reason=MARK) for _ in range(4)),
    )
    assert {answer.status_code for answer in answers} <= {202, 409}
    done = await host.until(claim_id, {"completed"})
    decided = [m for m in await host.history(claim_id) if m["content"].startswith("Decision: ")]
    assert len(decided) == 1
    assert done["outcome"] == {"approve": "approved", "deny": "denied"}[done["decision"]["decision"]]
