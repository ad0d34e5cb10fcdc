"""The one way to change a claim: what is no change of a claim is refused before it is staged or stored."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from shared.models.claim import Message
from shared.models.vocabulary import ClaimStatus
from shared.session_store import SessionStore, open_local_store
from tests.shared.session_store.samples import load, new_context, texts

REPOSITORY = Path(__file__).parents[3]
CHANGES = """
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from shared.models.vocabulary import ClaimStatus


async def change(claim: ClaimUnitOfWork) -> None:
    await claim.commit(status=ClaimStatus.PAUSED, risk_score=0.5)
    await claim.commit(staus=ClaimStatus.PAUSED)
    await claim.commit(risk_score="not a number")
    claim.stage(revision=7)
"""
"""Of its four changes the first is well-formed, and the others are each wrong in a way of their own."""


@pytest.fixture
async def store() -> AsyncIterator[SessionStore]:
    store = open_local_store(":memory:")
    yield store
    await store.close()


async def a_claim(store: SessionStore, *messages: Message) -> ClaimUnitOfWork:
    return await ClaimUnitOfWork.create(store, new_context(), messages, records_events=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"staus": ClaimStatus.PAUSED},
        {"status": "paused"},
        {"risk_score": "not a number"},
        {"documents": [{"type": "police_report"}]},
        {"revision": 7},
        {"status": ClaimStatus.PAUSED, "risk_score": "not a number"},
    ],
)
async def test_what_is_no_change_of_a_claim_is_refused_and_nothing_is_staged_or_stored(
    store: SessionStore, changes: dict[str, Any]
) -> None:
    claim = await a_claim(store, note_to_file("submission", "one"))
    before = await load(store)
    with pytest.raises(ValidationError):
        claim.stage([note_to_file("pause", "two")], **changes)
    with pytest.raises(ValidationError):
        await claim.commit([note_to_file("pause", "two")], **changes)

    assert not claim.has_changes
    assert claim.context == before.context
    await claim.flush()
    assert await load(store) == before
    assert await texts(store, before) == ["one"]


async def test_what_is_staged_is_committed_with_what_comes_next_and_only_once(store: SessionStore) -> None:
    claim = await a_claim(store)
    claim.stage([note_to_file("pause", "one")], missing_documents=["police_report"])
    assert (await load(store)).context.missing_documents == []
    await claim.commit([note_to_file("pause", "two")], status=ClaimStatus.PAUSED)
    await claim.commit(status=ClaimStatus.PAUSED)

    stored = await load(store)
    assert (stored.context.revision, stored.context.missing_documents) == (2, ["police_report"])
    assert await texts(store, stored) == ["one", "two"]


def test_a_misspelt_and_an_ill_typed_change_are_errors_of_the_type_checker(tmp_path: Path) -> None:
    snippet = tmp_path / "changes.py"
    snippet.write_text(CHANGES)
    pyright = Path(sys.executable).with_name("pyright")

    checked = subprocess.run(
        [pyright, "--outputjson", snippet], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )

    lines = [line.strip() for line in CHANGES.splitlines()]
    found = json.loads(checked.stdout)["generalDiagnostics"]
    assert {lines[problem["range"]["start"]["line"]]: problem["rule"] for problem in found} == {
        "await claim.commit(staus=ClaimStatus.PAUSED)": "reportCallIssue",
        'await claim.commit(risk_score="not a number")': "reportArgumentType",
        "claim.stage(revision=7)": "reportCallIssue",
    }
