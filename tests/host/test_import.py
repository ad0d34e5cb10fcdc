"""Sessions of the original project on the real app: imported or found in place, and worked to their end."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.host.running import ALONE, REPOSITORY, Host, host_on
from tests.shared.session_store.legacy.originals import COMPLETED, WAITED_FOR, write_original

CLAIM = "CLM-1120105522"
OWN = ["police_report", "vehicle_damage_photos"]


def imported(folder: Path, data: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "client", "import-sessions", folder, "--data", data],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )


async def see_to_the_end(host: Host, claim_id: str) -> dict[str, Any]:
    """Bring whatever the claim asks for until an officer must decide, then two approve it over the bounds."""
    claim = await host.until(claim_id)
    for _ in range(5):
        if claim["status"] != "paused":
            break
        notes = {"claim_amount": "2400 USD", "incident_location": "Cedar Hollow Road, Columbus"}
        body = {
            "documents": [
                {"type": t, "filename": f"{t}.txt", "text": "Enclosed as asked for."}
                for t in claim["missing_documents"]
            ],
            "notes": [{"type": t, "content": notes[t]} for t in claim["missing_information"]],
        }
        assert (await host.http.post(f"/claims/{claim_id}/continue", json=body)).status_code == 202
        claim = await host.until(claim_id)
    assert claim["status"] == "awaiting_decision", claim
    over_the_bounds: dict[str, Any] = {"payout_amount": 100, "override_reason": "agreed long ago"}
    assert (await host.decide(claim_id, **over_the_bounds)).status_code == 202
    await host.until(claim_id, lambda claim: bool(claim["approvals"]))
    assert (await host.decide(claim_id, officer_id="asmith", **over_the_bounds)).status_code == 202
    return await host.until(claim_id, {"completed"})


async def test_an_imported_claim_waits_for_what_it_waited_for_and_goes_on_to_the_handoff(
    tmp_path: Path,
) -> None:
    async with host_on(tmp_path / "data", *ALONE) as host:
        write_original(tmp_path / "originals")
        write_original(tmp_path / "originals", "CLM-2", session=COMPLETED, missing=[])
        write_original(tmp_path / "originals", "CLM-3", session={"status": "error"}, missing=[])
        imported(tmp_path / "originals", host.data)

        paused = await host.claim(CLAIM)
        assert (paused["status"], paused["missing_documents"]) == ("paused", OWN)
        asked = (await host.http.get(f"/claims/{CLAIM}/missing-documents")).json()["missing_documents"]
        assert [item["description"] for item in asked] == WAITED_FOR
        refused = await host.http.post(
            f"/claims/{CLAIM}/documents", params={"filename": "x.txt", "type": "spaceship"}, content=b"x"
        )
        assert refused.status_code == 422
        assert "vehicle_damage_photos" in refused.json()["detail"]

        photos = await host.http.post(
            f"/claims/{CLAIM}/documents", params={"filename": "vehicle-damage-photos.txt"}, content=b"a dent"
        )
        assert photos.json()["type"] == "vehicle_damage_photos"
        waiting = await host.until(CLAIM, lambda claim: claim["missing_documents"] == OWN[:1])
        assert waiting["status"] == "paused"
        assert waiting["expires_at"] > waiting["saved_at"]
        await host.bring(CLAIM, "police_report")
        resumed = await host.until(CLAIM, lambda claim: claim["state"] != "validation_complete")
        assert resumed["paused_at"] != "2025-11-20T15:30:45.250000Z"

        done = await see_to_the_end(host, CLAIM)
        assert (done["state"], done["outcome"]) == ("handed_off", "approved")
        steps = [report["step"] for report in done["reports"]]
        assert steps[0] == "gathering.1.intake_coordinator"
        assert not any(step.startswith("intake.") for step in steps)
        assert (await host.history(CLAIM))[1]["content"] == "Acknowledged."

        await host.admin("sweep")  # would purge what was over a year ago, were it not archived just now
        finished = await host.claim("CLM-2")
        assert (finished["status"], finished["outcome"]) == ("completed", "approved")
        assert finished["archived_at"] > "2026"
        assert (await host.http.post("/claims/CLM-2/continue", json={})).status_code == 409

        failed = await host.claim("CLM-3")
        assert (failed["status"], failed["termination_reason"]) == ("failed", "failed before the import")
        assert (await host.http.post("/claims/CLM-3/continue", json={})).status_code == 202
        assert (await see_to_the_end(host, "CLM-3"))["outcome"] == "approved"


async def test_a_session_that_the_original_left_in_place_is_listed_and_resumed(tmp_path: Path) -> None:
    write_original(tmp_path / "data" / "sessions")
    async with host_on(tmp_path / "data", *ALONE) as host:
        listed = (await host.http.get("/claims", params={"status": "paused"})).json()["claims"]
        assert [(c["claim_id"], c["missing_documents"]) for c in listed] == [(CLAIM, OWN)]
        await host.bring(CLAIM, *OWN)
        done = await see_to_the_end(host, CLAIM)
        assert done["outcome"] == "approved"
        history = await host.history(CLAIM)
        assert [m["content"] for m in history[1:3]] == ["Acknowledged.", "Missing documents: Police report"]
        assert done["message_count"] == len(history)
