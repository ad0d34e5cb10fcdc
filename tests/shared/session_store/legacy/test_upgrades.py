"""Older schema versions: what the original project wrote is read as today's, in place."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.errors import SessionCorrupt
from shared.models.claim import SCHEMA_VERSION, ClaimContext
from shared.models.requests import METADATA_BYTES
from shared.session_store import Session, open_local_store
from shared.session_store.legacy.upgrades import STEPS
from tests.shared.session_store.legacy.originals import (
    COMPLETED,
    LETTER,
    MESSAGES,
    WAITED_FOR,
    write_original,
)
from tests.shared.session_store.samples import message

CLAIM = "CLM-1120105522"


async def loaded(root: Path, claim_id: str = CLAIM) -> Session:
    session = await open_local_store(root).load_session(claim_id)
    assert session
    return session


async def context_of(root: Path, **given: Any) -> ClaimContext:
    write_original(root / "sessions", **given)
    return (await loaded(root)).context


def test_every_version_has_a_step_to_the_next() -> None:
    assert len(STEPS) == SCHEMA_VERSION


async def test_a_session_of_the_original_loads_with_its_chat(tmp_path: Path) -> None:
    write_original(tmp_path / "sessions")
    store = open_local_store(tmp_path)
    session = await loaded(tmp_path)
    context = session.context
    assert (context.schema_version, context.revision, context.message_count) == (SCHEMA_VERSION, 0, 3)
    assert (context.status, context.state) == ("paused", "validation_complete")
    history = [message.model_dump(exclude={"items"}) for message in await store.history.read(session)]
    assert history == MESSAGES
    assert [m.content for m in (await store.history.read_chat(session)).messages] == [
        m["content"] for m in MESSAGES
    ]


async def test_reading_rewrites_nothing_and_the_next_save_is_todays(tmp_path: Path) -> None:
    folder = write_original(tmp_path / "sessions")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    session = await loaded(tmp_path)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before

    store = open_local_store(tmp_path)
    saved = await store.save_session(session, [message("next")])
    assert await loaded(tmp_path) == saved
    assert [m.content for m in await store.history.read(saved)] == [m["content"] for m in MESSAGES] + ["next"]
    assert json.loads((folder / "session.json").read_text())["schema_version"] == SCHEMA_VERSION


async def test_blank_lines_in_the_chat_of_the_original_are_no_messages(tmp_path: Path) -> None:
    history = write_original(tmp_path / "sessions") / "history.jsonl"
    first, *others = history.read_bytes().splitlines(keepends=True)
    history.write_bytes(b"\n".join([first, b"  \r\n", *others]))

    store = open_local_store(tmp_path)
    session = await loaded(tmp_path)
    pages = [await store.history.read(session, after, 1) for after in range(4)]
    assert session.context.message_count == 3
    assert [[m.content for m in page] for page in pages] == [[m["content"]] for m in MESSAGES] + [[]]


async def test_facts_are_what_the_original_had_and_not_what_it_made_up(tmp_path: Path) -> None:
    context = await context_of(tmp_path, claim_amount=2400)
    facts = context.facts.model_dump(exclude_none=True)
    assert facts | {"incident_date": str(facts["incident_date"])} == {
        "policy_number": "AUT-204518",
        "incident_date": "2025-11-10",
        "incident_description": LETTER,
        "claim_amount": 2400,
        "claimant_name": "Dana Whitfield",
        "email": "dana.whitfield@example.com",
        "vendors": [],
    }
    assert context.submission.narrative == LETTER
    assert context.facts.phone is None
    assert context.facts.incident_location is None


@pytest.mark.parametrize("date", ["November 10", "11/10/2025", "Nov", "unknown", 20251110, None])
async def test_a_day_that_could_be_another_is_not_known(tmp_path: Path, date: object) -> None:
    context = await context_of(tmp_path, incident={"date": date})
    assert context.facts.incident_date is None


async def test_the_rest_of_the_context_is_kept_once(tmp_path: Path) -> None:
    context = await context_of(tmp_path, from_a_plugin={"deep": [1, None]})
    kept = context.submission.metadata["original"]
    assert isinstance(kept, dict)
    assert kept["from_a_plugin"] == {"deep": [1, None]}
    assert kept["submission_method"] == "email"
    assert LETTER not in json.dumps(context.submission.metadata)


@pytest.mark.parametrize(
    ("entry", "type_"),
    [
        ("Police report", "police_report"),
        ("shared/submission/documents/police_report.pdf", "police_report"),
        ("C:\\claims\\Repair-Estimate.docx", "repair_estimate"),
        ("Vehicle damage photos", "vehicle_damage_photos"),
        ("insurance_exchange_form", "insurance_exchange_form"),
        ("Bestätigung / Beleg", "bestatigung_beleg"),
        ({"type": "Tax form", "name": "x"}, "tax_form"),
        ("3 photos", "document_3_photos_bbb2c336"),
    ],
)
async def test_a_missing_document_is_required_under_a_name_made_of_its_words(
    tmp_path: Path, entry: object, type_: str
) -> None:
    context = await context_of(tmp_path, missing=[entry, entry])
    assert context.missing_documents == list(context.required_documents) == [type_]


@pytest.mark.parametrize("words", ["con", "Other", "警察报告 A", "x" * 300, "…"])
async def test_words_that_make_no_name_get_one_of_their_own(tmp_path: Path, words: str) -> None:
    context = await context_of(tmp_path, missing=[words, "…!"])
    first, second = context.required_documents
    assert first.startswith("document_")
    assert first != second
    assert context.required_documents[first] == words


async def test_documents_that_the_original_had_are_references_to_where_they_lay(tmp_path: Path) -> None:
    given = {"type": "Police report", "filename": "report.pdf", "path": "/home/me/report.pdf"}
    context = await context_of(
        tmp_path, documents=["repair_estimate.pdf", given], document_paths=["docs/repair_estimate.pdf"]
    )
    assert [(d.type, d.filename, d.reference) for d in context.documents] == [
        ("police_report", "report.pdf", "/home/me/report.pdf"),
        ("repair_estimate", "repair_estimate.pdf", "docs/repair_estimate.pdf"),
    ]
    assert context.submission.documents == ["repair_estimate.pdf", "report.pdf"]


@pytest.mark.parametrize(
    ("session", "context", "outcome"),
    [
        ({"final_status": "approved"}, {}, "approved"),
        ({"final_status": "unknown"}, {"agent_decision": "deny"}, "denied"),
        ({"final_status": "unknown"}, {}, None),
    ],
)
async def test_a_completed_session_is_over_with_the_outcome_that_is_known(
    tmp_path: Path, session: dict[str, Any], context: dict[str, Any], outcome: str | None
) -> None:
    done = await context_of(tmp_path, session=COMPLETED | session, **context)
    assert (done.status, done.state, done.outcome) == ("completed", "handed_off", outcome)
    assert str(done.completed_at) == "2025-11-21 08:00:00+00:00"
    assert (done.missing_documents, done.termination_reason) == ([], "approved_handoff_ready")


async def test_an_error_is_a_failure_whose_text_is_kept_where_personal_data_may_be(tmp_path: Path) -> None:
    context = await context_of(
        tmp_path, session={"status": "error", "termination_reason": "Ms Secret is unknown"}, error="Ms Secret"
    )
    assert (context.status, context.termination_reason) == ("failed", "failed before the import")
    assert "Secret" in context.model_dump_json(include={"submission"})


@pytest.mark.parametrize(("original", "today"), [(0, 0), (0.4, 0.4), (40, 0.4), (101, None), (True, None)])
async def test_the_risk_score_is_on_todays_scale(
    tmp_path: Path, original: float, today: float | None
) -> None:
    assert (await context_of(tmp_path, risk_score=original)).risk_score == today


async def test_a_session_of_today_that_lost_its_version_is_damaged(tmp_path: Path) -> None:
    folder = write_original(tmp_path / "sessions", session={"schema_version": 1, "status": "paused"})
    with pytest.raises(SessionCorrupt, match=r"context\.json: names no schema version"):
        await loaded(tmp_path, folder.name)


async def test_more_than_metadata_may_hold_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = write_original(tmp_path / "sessions", plugin_state="x" * METADATA_BYTES)
    before = (folder / "context.json").read_bytes()
    with pytest.raises(SessionCorrupt, match=r"submission\.metadata: .*at most 65536 bytes"):
        await loaded(tmp_path)
    assert (folder / "context.json").read_bytes() == before


async def test_sessions_in_place_are_listed_and_half_ones_are_not(tmp_path: Path) -> None:
    write_original(tmp_path / "sessions")
    half = write_original(tmp_path / "sessions", "CLM-2")
    (half / "session.json").unlink()
    page = await open_local_store(tmp_path).list_sessions()
    assert [(s.claim_id, s.missing_documents) for s in page.summaries] == [
        (CLAIM, ["police_report", "vehicle_damage_photos"])
    ]
    assert WAITED_FOR[0] not in page.summaries[0].model_dump_json()


async def test_a_letter_that_stands_in_the_chat_alone_is_the_narrative(tmp_path: Path) -> None:
    letter: dict[str, Any] = {
        "role": "user",
        "content": "My car \ud83d was hit.",
        "name": None,
        "metadata": {},
    }
    context = await context_of(tmp_path, messages=[letter], original_content="")
    assert context.submission.narrative == "My car ? was hit."


@pytest.mark.parametrize(
    ("session", "context", "state"),
    [
        ({"status": "paused_after_phase2"}, {"state": "data_gathering_complete"}, "validation_complete"),
        ({"status": "error"}, {"state": "intake"}, "intake"),
        ({"status": "error"}, {"state": "adaptive_gathering"}, "validation_complete"),
        ({"status": "error"}, {"state": ["?"]}, "validation_complete"),
    ],
)
async def test_a_claim_goes_on_behind_the_intake_if_that_was_over(
    tmp_path: Path, session: dict[str, Any], context: dict[str, Any], state: str
) -> None:
    assert (await context_of(tmp_path, session=session, **context)).state == state
