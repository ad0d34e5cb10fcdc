"""Taking over a folder of sessions: what is whole comes in, what is damaged is named and left alone."""

import asyncio
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import utc_now
from shared.session_store import SessionStore, open_local_store
from shared.session_store.importing import import_sessions
from tests.shared.session_store.legacy.originals import COMPLETED, MESSAGES, write_original
from tests.shared.session_store.samples import message, new_context

FILES = ("session.json", "context.json", "history.jsonl")


async def test_sessions_are_taken_over_and_a_second_time_changes_nothing(
    store: SessionStore, tmp_path: Path
) -> None:
    originals = tmp_path / "originals"
    write_original(originals, "CLM-1")
    write_original(originals, "CLM-2", session=COMPLETED)
    first = await import_sessions(store, originals)
    assert (first.imported, first.unchanged, first.damaged) == (["CLM-1", "CLM-2"], [], [])

    paused = await store.load_session("CLM-1")
    assert paused
    assert (paused.context.status, paused.context.revision) == ("paused", 1)
    assert [m.content for m in await store.history.read(paused)] == [m["content"] for m in MESSAGES]

    again = await import_sessions(store, originals)
    assert (again.imported, again.unchanged, again.damaged) == ([], ["CLM-1", "CLM-2"], [])
    assert await store.load_session("CLM-1") == paused


async def test_one_that_has_gone_on_here_is_still_the_same(store: SessionStore, tmp_path: Path) -> None:
    write_original(tmp_path / "originals", "CLM-1")
    await import_sessions(store, tmp_path / "originals")
    session = await store.load_session("CLM-1")
    assert session
    gone_on = await store.save_session(session, [message("more")])
    assert (await import_sessions(store, tmp_path / "originals")).unchanged == ["CLM-1"]
    assert await store.load_session("CLM-1") == gone_on


async def test_completed_ones_are_archived_now_so_that_they_are_kept_as_long_as_any(
    store: SessionStore, tmp_path: Path
) -> None:
    before = utc_now()
    write_original(tmp_path / "originals", "CLM-1", session=COMPLETED)
    await import_sessions(store, tmp_path / "originals")
    session = await store.load_session("CLM-1")
    assert session
    assert session.context.completed_at
    assert session.context.archived_at
    assert session.context.completed_at < before <= session.context.archived_at


async def test_an_id_that_another_claim_has_is_reported_and_left_alone(
    store: SessionStore, tmp_path: Path
) -> None:
    ours = await store.save_session(new_context("CLM-1"))
    write_original(tmp_path / "originals", "CLM-1")
    result = await import_sessions(store, tmp_path / "originals")
    assert [(d.name, d.reason) for d in result.damaged] == [
        ("CLM-1", "the claim id CLM-1 is taken by another claim here")
    ]
    assert await store.load_session("CLM-1") == ours


def replace(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def change(name: str, **fields: object) -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        known = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps(known | fields))

    return write


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no JSON": (replace("session.json", b'{"claim_id": "Ms Sec'), "session.json: is no JSON"),
    "no UTF-8": (replace("context.json", b"\xff\xfe"), "context.json: content: Invalid JSON"),
    "no object": (replace("session.json", b'["Ms Secret"]'), "session.json: is no JSON object"),
    "no claim id": (change("session.json", claim_id=None), "session.json: names no claim"),
    "bad claim id": (
        change("session.json", claim_id="../Ms Secret"),
        "session.json: claim_id: a claim id is",
    ),
    "two claim ids": (change("context.json", claim_id="Ms-Secret"), "context.json: belongs to another claim"),
    "bad status": (change("session.json", status="Ms Secret"), "session.json: its status is none of"),
    "half": (lambda folder: (folder / "context.json").unlink(), "context.json: is not there"),
    "a folder": (
        lambda folder: ((folder / "history.jsonl").unlink(), (folder / "history.jsonl").mkdir()),
        "history.jsonl: is not there",
    ),
    "a pipe": (
        lambda folder: ((folder / "history.jsonl").unlink(), os.mkfifo(folder / "history.jsonl")),
        "history.jsonl: is not there",
    ),
    "cut off": (replace("history.jsonl", b'{"role": "user"}'), "history.jsonl: its last line is cut off"),
    "no message": (
        replace("history.jsonl", b'{"text": "Ms Secret"}\n'),
        "history.jsonl: line 1 is no message",
    ),
    "no line": (replace("history.jsonl", b"Ms Secret\n"), "history.jsonl: line 1 is no JSON"),
    "bad role": (replace("history.jsonl", b'{"role": "Ms Secret"}\n'), "history.jsonl: message 1 has a role"),
    "deep": (
        replace("history.jsonl", b'{"role":"user","metadata":' + b'{"a":' * 10**5 + b"\n"),
        "history.jsonl: ",
    ),
    "today's": (change("context.json", schema_version=1), "context.json: is not of the original project"),
    "too much": (change("context.json", extra="Ms Secret" * 10_000), "context.json: submission.metadata: "),
}


@pytest.mark.parametrize(("damage", "reason"), DAMAGES.values(), ids=DAMAGES)
async def test_a_damaged_one_is_named_without_its_content_and_the_others_come_in(
    damage: Callable[[Path], object], reason: str, tmp_path: Path
) -> None:
    originals = tmp_path / "originals"
    for claim_id in ("CLM-1", "CLM-2", "CLM-3"):
        write_original(originals, claim_id)
    damage(originals / "CLM-2")
    store = open_local_store(tmp_path / "data")
    result = await import_sessions(store, originals)
    assert result.imported == ["CLM-1", "CLM-3"]
    assert [damaged.name for damaged in result.damaged] == ["CLM-2"]
    assert result.damaged[0].reason.startswith(reason)
    assert "Secret" not in result.damaged[0].reason
    assert not (tmp_path / "data" / "sessions" / "CLM-2").exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "claim_id",
        "status",
        "saved_at",
        "created_at",
        "paused_at",
        "state",
        "missing_documents",
        "documents",
        "document_paths",
        "incident",
        "customer",
        "policy_number",
        "claim_amount",
        "original_content",
        "risk_score",
        "fraud_indicators",
        "agent_decision",
        "termination_reason",
        "schema_version",
    ]
)
OBJECTS = st.dictionaries(KEYS, JSON | st.lists(st.dictionaries(KEYS, JSON, max_size=2), max_size=2))
CONTENTS = st.binary(max_size=40) | OBJECTS.map(lambda fields: json.dumps(fields).encode())


@given(name=st.sampled_from(FILES), content=CONTENTS, fields=OBJECTS, summary=OBJECTS)
def test_whatever_the_files_hold_the_folder_is_imported_or_named(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    content: bytes,
    fields: dict[str, object],
    summary: dict[str, object],
) -> None:
    root = tmp_path_factory.mktemp("import")
    folder = write_original(root / "originals", "CLM-1")
    change("context.json", **fields | {"claim_id": "CLM-1"})(folder)
    change("session.json", **summary | {"claim_id": "CLM-1", "status": "paused"})(folder)
    broken = write_original(root / "originals", "CLM-2")
    (broken / name).write_bytes(content)
    write_original(root / "originals", "CLM-3")

    async def imported() -> None:
        store = open_local_store(root / "data")
        result = await import_sessions(store, root / "originals")
        assert "CLM-3" in result.imported
        assert len(result.imported) + len(result.damaged) == 3
        for claim_id in result.imported:
            session = await store.load_session(claim_id)
            assert session
            assert len(await store.history.read(session)) == session.context.message_count
        await store.close()

    asyncio.run(imported())
    shutil.rmtree(root)
