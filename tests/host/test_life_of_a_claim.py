"""A claim from submission to handoff on the real app: every way it can wait, go on and end."""

import asyncio
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.session_store import open_local_store
from tests.host.running import ALONE, SAMPLES, Host, collision, eventually, host_on, turns_of

DOCUMENTS = SAMPLES / "documents" / "rear_end_collision"


async def test_a_letter_pauses_for_its_papers_and_goes_on_to_the_handoff(host: Host) -> None:
    claim_id = await host.submit_text((SAMPLES / "claims" / "rear_end_collision.md").read_bytes())
    paused = await host.until(claim_id)
    assert paused["status"] == "paused"
    assert paused["missing_documents"] == ["repair_estimate", "police_report", "medical_records"]
    assert paused["missing_information"] == []
    assert paused["expires_at"] > paused["paused_at"]

    for path in (SAMPLES / "claims" / "repair_estimate.txt", *sorted(DOCUMENTS.glob("*.txt"))):
        answer = await host.http.post(
            f"/claims/{claim_id}/documents", params={"filename": path.name}, content=path.read_bytes()
        )
        assert answer.status_code == 201, answer.text
        assert answer.json()["size"] == path.stat().st_size
    waiting = await host.until(claim_id, {"awaiting_decision"})
    assert waiting["outcome"] is None
    assert waiting["assessment"]["route"] == "officer"
    assert waiting["assessment"]["recommended_payout"] == 4350

    assert (await host.decide(claim_id)).status_code == 202
    done = await host.until(claim_id, {"completed"})
    assert (done["outcome"], done["state"]) == ("approved", "handed_off")
    await host.until(claim_id, lambda claim: claim["archived_at"] is not None)

    handoff = json.loads((host.data / "sessions" / claim_id / "handoff.json").read_text(encoding="utf-8"))
    assert handoff["payout"] == {"amount": 4350, "currency": "USD"}
    assert handoff["decision"]["officer_id"] == "jdoe"
    assert {d["type"] for d in handoff["documents"]} >= {
        "repair_estimate",
        "police_report",
        "medical_records",
    }
    inbox = host.data / "sessions" / claim_id / "inbox"
    await eventually(lambda: not any(path.is_file() for path in inbox.rglob("*")))


async def test_every_agent_named_for_a_phase_takes_its_turn_once_and_in_order(host: Host) -> None:
    claim_id = await host.submit_text((SAMPLES / "claims" / "rear_end_collision.md").read_bytes())
    await host.until(claim_id, {"paused"})
    await host.bring(claim_id, "repair_estimate", "police_report", "medical_records")
    await host.until(claim_id, {"awaiting_decision"})
    await host.decide(claim_id)
    done = await host.until(claim_id, {"completed"})
    assert [report["step"] for report in done["reports"]] == [
        "intake.intake_coordinator",
        "intake.policy_specialist",
        "intake.document_validator",
        "gathering.1.policy_specialist",
        "gathering.1.claims_history_analyst",
        "gathering.1.fraud_analyst",
        "gathering.1.medical_specialist",
        "gathering.1.vendor_specialist",
        "assessment.assessment_agent",
        "assessment.claims_officer",
        "handoff.handoff_agent",
    ]
    assert done["usage"]["turns"] == 11
    steps = Counter(turns_of(await host.history(claim_id)))
    assert steps == Counter({report["step"]: 1 for report in done["reports"]})


async def test_specialists_that_a_claim_does_not_need_are_not_heard(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    await host.bring(claim_id, "repair_estimate", "police_report")
    waiting = await host.until(claim_id, {"awaiting_decision"})
    heard = {report["role"] for report in waiting["reports"]}
    assert "medical_specialist" not in heard


async def test_a_claim_pauses_as_often_as_something_is_missing(host: Host) -> None:
    claim_id = await host.submit(collision())
    first = await host.until(claim_id, {"paused"})
    assert first["missing_documents"] == ["repair_estimate", "police_report"]
    await host.bring(claim_id, "repair_estimate")
    second = await host.until(claim_id, lambda c: c["missing_documents"] == ["police_report"])
    assert second["status"] == "paused"
    assert second["paused_at"] == first["paused_at"]
    assert second["expires_at"] == first["expires_at"]
    await host.bring(claim_id, "police_report")
    await host.until(claim_id, {"awaiting_decision"})


async def test_what_a_document_reveals_pauses_the_claim_again_after_phase_two(host: Host) -> None:
    quiet = collision()
    quiet["incident"]["description"] = "Another car ran into mine at a red light."
    claim_id = await host.submit(quiet)
    first = await host.until(claim_id, {"paused"})
    assert (first["state"], first["missing_documents"]) == ("validation_complete", ["repair_estimate"])
    estimate = {
        "type": "repair_estimate",
        "filename": "repair_estimate.txt",
        "text": "Estimate 2,400.00. Two passengers were injured and taken to hospital by ambulance.",
    }
    statement = {
        "type": "witness_statement",
        "filename": "witness_statement.txt",
        "text": "I saw it. The police came and took a report. The driver was injured.",
    }
    answer = await host.http.post(f"/claims/{claim_id}/continue", json={"documents": [estimate, statement]})
    assert answer.status_code == 202
    again = await host.until(claim_id, lambda c: c["state"] == "data_gathering_complete")
    assert again["status"] == "paused"
    assert "police_report" in again["missing_documents"]
    await host.bring(claim_id, *again["missing_documents"])
    waiting = await host.until(claim_id, {"awaiting_decision"})
    rounds = {report["step"].split(".")[1] for report in waiting["reports"] if "gathering" in report["step"]}
    assert rounds >= {"1", "2"}


async def test_a_note_answers_an_open_question(host: Host) -> None:
    claim = collision()
    claim["incident"]["description"] = "Another car ran into mine at a red light."
    claim_id = await host.submit(claim)
    paused = await host.until(claim_id, {"paused"})
    assert {question["fact"] for question in paused["open_questions"]} == {"injuries", "police_involved"}
    asked = (await host.http.get(f"/claims/{claim_id}/missing-documents")).json()
    assert asked["open_questions"] == paused["open_questions"]

    notes = [{"type": "injuries", "content": "no"}, {"type": "police_involved", "content": "Yes, they came"}]
    answer = await host.http.post(f"/claims/{claim_id}/continue", json={"notes": notes})
    assert answer.status_code == 202, answer.text

    answered = await host.until(claim_id, lambda c: c["status"] == "paused" and not c["open_questions"])
    assert (answered["facts"]["injuries"], answered["facts"]["police_involved"]) == (False, True)
    assert "police_report" in answered["missing_documents"]
    assert answered["evidence"]["injuries"]["evidence"][0]["source"] == "answer"


async def test_a_note_answers_missing_information(host: Host) -> None:
    unknown = collision()
    del unknown["policy_number"], unknown["claimant"]
    claim_id = await host.submit(unknown)
    paused = await host.until(claim_id, {"paused"})
    assert paused["missing_information"] == ["policy_number", "contact_information"]
    missing = (await host.http.get(f"/claims/{claim_id}/missing-documents")).json()
    assert missing["missing_information"] == ["policy_number", "contact_information"]
    assert [d["type"] for d in missing["missing_documents"]] == ["repair_estimate", "police_report"]
    assert all(d["description"] and d["how_to_ask"] for d in missing["missing_documents"])

    notes = [
        {"type": "policy_number", "content": "It is aut 204518"},
        {"type": "contact_information", "content": "dana.whitfield@example.com"},
        {"type": "police_report", "content": "They said it is all fine."},
    ]
    await host.http.post(f"/claims/{claim_id}/continue", json={"notes": notes})
    answered = await host.until(claim_id, lambda c: not c["missing_information"])
    assert answered["facts"]["policy_number"] == "AUT-204518"
    assert answered["missing_documents"] == ["repair_estimate", "police_report"]


async def test_a_file_dropped_into_the_upload_folder_resumes_the_claim(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    folder = host.data / "uploads" / claim_id
    (folder / "repair_estimate").mkdir(parents=True)
    (folder / "repair_estimate" / "Kostenvoranschlag März.txt").write_text("2.400 €", encoding="utf-8")
    (folder / "police_report.txt").write_text("Police department, reporting officer Lee.", encoding="utf-8")
    waiting = await host.until(claim_id, {"awaiting_decision"})
    assert {d["type"] for d in waiting["documents"]} == {"repair_estimate", "police_report"}
    assert not [path for path in folder.rglob("*") if path.is_file()]


async def test_an_upload_that_is_no_document_is_rejected_with_the_reason(host: Host) -> None:
    claim_id = await host.submit(collision())
    paused = await host.until(claim_id, {"paused"})
    folder = host.data / "uploads" / claim_id
    folder.mkdir(parents=True)
    (folder / "police_report.exe").write_bytes(b"MZ\x90\x00" + bytes(200))
    await host.until(claim_id, lambda claim: claim["message_count"] > paused["message_count"])
    assert "police_report.exe" in (await host.history(claim_id))[-1]["content"]
    rejected = host.data / "uploads-rejected" / claim_id / "police_report.exe"
    assert rejected.is_file()
    assert (await host.claim(claim_id))["missing_documents"] == ["repair_estimate", "police_report"]


async def test_documents_that_come_before_their_claim_count(host: Host) -> None:
    folder = host.data / "uploads" / "EARLY-1"
    folder.mkdir(parents=True)
    for kind in ("repair_estimate", "police_report"):
        (folder / f"{kind}.txt").write_text(f"{kind} in good time", encoding="utf-8")
    await eventually(lambda: not any(folder.iterdir()))
    assert (await host.http.get("/claims/EARLY-1")).status_code == 404
    await host.submit(collision(claim_id="EARLY-1"))
    waiting = await host.until("EARLY-1")
    assert waiting["status"] == "awaiting_decision"


async def test_documents_that_come_with_the_claim_are_never_asked_for(host: Host) -> None:
    documents = [
        {"filename": "police_report.txt", "text": "Police department. Nothing more to say."},
        {"filename": "estimate.txt", "type": "repair_estimate", "reference": "dms://4711"},
    ]
    claim_id = await host.submit(collision(documents=documents))
    waiting = await host.until(claim_id)
    assert waiting["status"] == "awaiting_decision"
    assert {(d["type"], d["reference"]) for d in waiting["documents"]} == {
        ("police_report", None),
        ("repair_estimate", "dms://4711"),
    }


async def test_a_document_that_is_only_named_is_missing_until_its_content_is_there(host: Host) -> None:
    claim_id = await host.submit(collision(documents=["police_report.pdf", "repair_estimate.pdf"]))
    paused = await host.until(claim_id)
    assert paused["missing_documents"] == ["repair_estimate", "police_report"]


async def test_a_document_that_fits_nothing_is_kept_and_named(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    answer = await host.http.post(
        f"/claims/{claim_id}/documents", params={"filename": "holiday.txt"}, content=b"We were at the sea."
    )
    assert answer.json()["type"] == "other"
    claim = await host.until(claim_id, lambda c: c["unclassified_documents"] == ["holiday.txt"])
    assert claim["missing_documents"] == ["repair_estimate", "police_report"]


async def test_the_same_document_twice_counts_once(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    for _ in range(2):
        await host.bring(claim_id, "repair_estimate")
    await host.bring(claim_id, "police_report")
    waiting = await host.until(claim_id, {"awaiting_decision"})
    assert sorted(d["type"] for d in waiting["documents"]) == ["police_report", "repair_estimate"]


async def test_a_new_version_of_a_document_replaces_the_old_one_and_keeps_it(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    claim: dict[str, Any] = {}
    for text in ("first", "second"):
        await host.bring(claim_id, "repair_estimate", text=text)
        claim = await host.until(claim_id, {"paused"})
    assert [d["filename"] for d in claim["documents"]] == ["repair_estimate.txt"]
    files = [f for f in host.session_files(claim_id) if f.startswith("documents/repair_estimate/")]
    assert len(files) == 2
    assert len(claim["documents"][0]["earlier_versions"]) == 1
    assert "documents/repair_estimate/repair_estimate.txt" in files


async def test_a_small_clear_claim_is_approved_by_rule_where_rules_may(tmp_path: Path) -> None:
    body = json.loads((SAMPLES / "claims" / "hail_damage.json").read_text(encoding="utf-8"))
    photo = SAMPLES / "documents" / "hail_damage" / "incident_photos_gutter.png"
    async with host_on(tmp_path / "data", *ALONE, DECISION_MODE="assisted") as host:
        claim_id = await host.submit(body)
        assert (await host.until(claim_id))["missing_documents"] == ["incident_photos"]
        added = await host.http.post(
            f"/claims/{claim_id}/documents",
            params={"filename": photo.name, "type": "incident_photos"},
            content=photo.read_bytes(),
        )
        assert added.status_code == 201
        done = await host.until(claim_id, {"completed", "awaiting_decision"})
    assert done["assessment"]["route_reasons"] == []
    assert (done["outcome"], done["decision"]["decided_by"]) == ("approved", "rule")
    assert done["decision"]["payout_amount"] == done["assessment"]["recommended_payout"] == 690


async def test_a_denial_is_an_officers_and_says_why(host: Host) -> None:
    claim_id = await waiting_for_an_officer(host)
    answer = await host.decide(claim_id, "deny", denial_reason="not plausible")
    assert answer.status_code == 202
    done = await host.until(claim_id, {"completed"})
    assert (done["outcome"], done["decision"]["denial_reason"]) == ("denied", "not plausible")


async def test_an_officer_may_name_the_payout(host: Host) -> None:
    claim_id = await waiting_for_an_officer(host)
    await host.decide(claim_id, payout_amount=1234.5)
    done = await host.until(claim_id, {"completed"})
    assert done["decision"]["payout_amount"] == 1234.5


@pytest.mark.parametrize("status", ["paused", "awaiting_decision"])
async def test_a_waiting_claim_can_be_withdrawn(host: Host, status: str) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    if status == "awaiting_decision":
        await host.bring(claim_id, "repair_estimate", "police_report")
        await host.until(claim_id, {"awaiting_decision"})
    answer = await host.http.post(f"/claims/{claim_id}/withdraw", json={"reason": "settled privately"})
    assert answer.status_code == 202
    withdrawn = await host.until(claim_id, {"withdrawn"})
    assert withdrawn["termination_reason"] == "withdrawn"
    assert "settled privately" in (await host.history(claim_id))[-1]["content"]
    assert withdrawn["outcome"] is None


async def test_erasing_a_claim_leaves_nothing_of_it(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    await host.bring(claim_id, "repair_estimate")
    assert (await host.http.delete(f"/claims/{claim_id}")).status_code == 202
    assert (await host.http.get(f"/claims/{claim_id}")).status_code == 404
    assert not (host.data / "sessions" / claim_id).exists()
    root = host.url.removesuffix("/api")
    durable = await host.http.get(f"{root}/runtime/webhooks/durabletask/instances/{claim_id}")
    assert durable.status_code == 404


async def test_an_overdue_claim_is_expired_by_the_sweep(tmp_path: Path) -> None:
    async with host_on(tmp_path / "data", *ALONE, SESSION_TTL="PT0.2S") as host:
        claim_id = await host.submit(collision())
        await host.until(claim_id, {"paused"})
        await asyncio.sleep(0.3)
        await host.admin("sweep")
        expired = await host.until(claim_id, {"expired"})
        assert expired["termination_reason"] == "expired waiting for: repair_estimate, police_report"
        assert (await host.http.post(f"/claims/{claim_id}/continue", json={})).status_code == 409


async def test_what_is_past_retention_is_purged(tmp_path: Path) -> None:
    async with host_on(tmp_path / "data", *ALONE, SESSION_RETENTION="PT0.2S") as host:
        claim_id = await host.submit(collision())
        await host.until(claim_id, {"paused"})
        await host.http.post(f"/claims/{claim_id}/withdraw", json={"reason": "enough"})
        await host.until(claim_id, {"withdrawn"})
        await asyncio.sleep(0.3)
        await host.admin("sweep")
        await eventually(lambda: not (host.data / "sessions" / claim_id).exists())
        assert (await host.http.get(f"/claims/{claim_id}")).status_code == 404


async def test_without_a_human_in_the_loop_the_claim_goes_on_and_the_brief_says_what_was_missing(
    tmp_path: Path,
) -> None:
    async with host_on(tmp_path / "data", *ALONE, HUMAN_IN_LOOP="false") as host:
        claim_id = await host.submit(collision())
        waiting = await host.until(claim_id)
        assert waiting["status"] == "awaiting_decision"
        assert waiting["assessment"]["missing_at_assessment"] == ["repair_estimate", "police_report"]
        brief = next(r for r in waiting["reports"] if r["role"] == "assessment_agent")["report"]["brief"]
        assert "police_report" in brief.replace(" ", "_").lower()


async def test_the_history_is_paged_and_comes_as_raw_lines_too(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    everything = await host.history(claim_id)
    first = (await host.http.get(f"/claims/{claim_id}/history", params={"limit": 2})).json()
    second = (await host.http.get(f"/claims/{claim_id}/history", params={"after": 2, "limit": 1})).json()
    assert first["next"] == 2
    assert first["messages"] + second["messages"] == everything[:3]
    raw = await host.http.get(f"/claims/{claim_id}/history", headers={"Accept": "application/x-ndjson"})
    assert raw.headers["Content-Type"].startswith("application/x-ndjson")
    assert len(raw.text.splitlines()) == len(everything)
    assert {"role", "content", "name", "metadata"} <= json.loads(raw.text.splitlines()[0]).keys()


async def test_claims_are_listed_by_status_in_stable_pages(host: Host) -> None:
    made = {await host.submit(collision(claim_id=f"LIST-{n}")) for n in range(5)}
    for claim_id in made:
        await host.until(claim_id, {"paused"})
    seen: list[str] = []
    continuation = None
    while True:
        query = {"status": "paused", "limit": "2"} | ({"continuation": continuation} if continuation else {})
        page = (await host.http.get("/claims", params=query)).json()
        assert len(page["claims"]) <= 2
        assert {claim["status"] for claim in page["claims"]} <= {"paused"}
        seen += [claim["claim_id"] for claim in page["claims"]]
        continuation = page["continuation"]
        if continuation is None:
            break
    assert made <= set(seen)
    assert len(seen) == len(set(seen))


async def test_claims_are_searched_for_by_what_they_are_and_wait_for(host: Host) -> None:
    claim_id = await host.submit(collision())
    claim = await host.until(claim_id, {"paused"})
    expires_at = claim["expires_at"]

    async def is_found(**query: str) -> bool:
        answer = await host.http.get("/claims", params={"limit": 1000, **query})
        assert answer.status_code == 200
        return claim_id in {found["claim_id"] for found in answer.json()["claims"]}

    assert await is_found(claim_type="auto_collision", status="paused", sort="claim_id")
    assert not await is_found(claim_type="home_fire")
    assert await is_found(missing_document=claim["missing_documents"][0])
    assert not await is_found(missing_document="fire_report")
    assert not await is_found(outcome="approved")
    assert await is_found(expires_after=expires_at, status="paused")
    assert not await is_found(expires_before=expires_at, status="paused")
    assert await is_found(saved_after=claim["created_at"][:10], saved_before="2999-01-01")


async def test_an_email_with_attachments_is_a_claim_with_documents(host: Host) -> None:
    claim_id = await host.submit_text((SAMPLES / "claims" / "stolen_car.eml").read_bytes(), "message/rfc822")
    paused = await host.until(claim_id)
    assert paused["claim_type"] == "auto_comprehensive"
    assert paused["missing_documents"] == ["police_report"]
    assert paused["facts"]["email"]


async def waiting_for_an_officer(host: Host) -> str:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    await host.bring(claim_id, "repair_estimate", "police_report")
    await host.until(claim_id, {"awaiting_decision"})
    return claim_id


async def test_a_submission_sent_again_brings_what_a_crash_kept_the_first_one_from_leaving(
    host: Host,
) -> None:
    body = collision(
        claim_id="AGAIN-1",
        documents=[{"filename": "police_report.txt", "text": "Police department. Nothing more to say."}],
    )
    await host.submit(body)
    paused = await host.until("AGAIN-1", {"paused"})
    assert paused["missing_documents"] == ["repair_estimate"]
    await host.submit(body)
    assert await host.claim("AGAIN-1") == paused

    # What is left where the process died before the documents were in the inbox.
    store = open_local_store(host.data)
    session = await store.load_session("AGAIN-1")
    assert session
    await store.save_session(
        replace(session, context=session.context.model_copy(update={"documents": [], "taken": []})), []
    )
    await host.submit(body)
    again = await host.until("AGAIN-1", lambda claim: len(claim["documents"]) == 1)
    assert again["missing_documents"] == ["repair_estimate"]


async def test_a_long_poll_answers_as_soon_as_the_claim_comes_to_rest(host: Host) -> None:
    claim_id = await host.submit(collision())
    answer = await host.http.get(f"/claims/{claim_id}", params={"wait": 30, "until": "paused"})
    assert answer.json()["status"] == "paused"
    early = await host.http.get(f"/claims/{claim_id}", params={"wait": 1, "until": "completed"})
    assert early.json()["status"] == "paused"
