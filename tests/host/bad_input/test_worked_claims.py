"""Of a claim that is worked, nothing is said."""

from tests.host.refusals import MARK, log_of
from tests.host.running import Host, collision


async def test_nothing_of_a_claim_that_is_worked_stands_in_the_log(host: Host) -> None:
    mentions = {
        "claimant": {"name": MARK, "email": "dana@example.com", "phone": "+1 614 555 0100"},
        "narrative": f"{MARK} hit my car. The police came.",
        "metadata": {MARK: MARK},
    }
    claim_id = await host.submit(collision(**mentions))
    await host.until(claim_id, {"paused"})
    await host.bring(claim_id, "repair_estimate", "police_report", text=MARK)
    note = {"type": "contact_information", "content": f"{MARK}@example.com"}
    await host.http.post(f"/claims/{claim_id}/continue", json={"notes": [note]})
    await host.until(claim_id, {"awaiting_decision"})
    await host.decide(claim_id, rationale=MARK, officer_id=MARK)
    await host.until(claim_id, {"completed"})
    assert claim_id in log_of(host)
    for personal in (MARK, "dana@example.com", "555 0100"):
        assert personal not in log_of(host)
    assert "Traceback" not in log_of(host)
    assert " ERROR " not in log_of(host)
