"""Sessions that schema version 1 left, as it wrote them, taken up and brought to their end."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestration.durable.in_process import NoEngine
from orchestration.services import claims
from shared.models.facts import EvidenceSource, FactStatus
from shared.models.requests import Note
from shared.models.vocabulary import ClaimStatus, Outcome
from tests.orchestration.app import app_with
from tests.orchestration.life import Life

RECORDED = Path(__file__).parent / "version_1"


@pytest.fixture
async def old(tmp_path: Path) -> AsyncIterator[Life]:
    """An app on a folder with the sessions of version 1."""
    shutil.copytree(RECORDED, tmp_path / "sessions")
    app = app_with(SessionStorage__path=str(tmp_path))
    life = Life()
    life.go_on_in(app, app.phases())
    yield life
    await life.close()


async def decided(life: Life, claim_id: str) -> None:
    await life.decide(claim_id)
    done = await life.live(claim_id)
    assert (done.status, done.outcome, done.schema_version) == (ClaimStatus.COMPLETED, Outcome.APPROVED, 2)
    assert await life.store.handoffs.read(claim_id)


async def test_a_claim_that_waits_for_papers_takes_them_and_goes_to_its_end(old: Life) -> None:
    before = await old.look("V1-PAUSED")
    assert before.status is ClaimStatus.PAUSED
    assert before.evidence.policy_number.status is FactStatus.READ
    assert not before.evidence.policy_number.is_sure

    await old.send("V1-PAUSED", {f"{t}.txt": (t, f"A {t}.") for t in before.missing_documents})
    ready = await old.live("V1-PAUSED")

    assert ready.status is ClaimStatus.AWAITING_DECISION
    assert ready.facts.policy_number == before.facts.policy_number == "AUT-204518"
    assert ready.turns.keys() > before.turns.keys(), "no turn that was on record is run again"
    await decided(old, "V1-PAUSED")


async def test_what_a_note_answered_stays_the_claimants_answer(old: Life) -> None:
    answered = (await old.look("V1-ANSWERED")).evidence.policy_number
    assert (answered.value, answered.status, answered.is_sure) == ("AUT-204518", FactStatus.STATED, True)
    assert answered.evidence[0].source is EvidenceSource.ANSWER


async def test_what_a_field_gave_stays_the_claimants_own(old: Life) -> None:
    amount = (await old.look("V1-ANSWERED")).evidence.claim_amount
    assert amount.is_sure
    assert amount.evidence[0].source is EvidenceSource.CLAIMANT_FIELD


async def test_a_claim_that_an_officer_has_is_decided_on_the_assessment_that_it_had(old: Life) -> None:
    before = await old.look("V1-WITH-AN-OFFICER")
    assert before.status is ClaimStatus.AWAITING_DECISION
    await decided(old, "V1-WITH-AN-OFFICER")
    assert (await old.look("V1-WITH-AN-OFFICER")).turns.keys() > before.turns.keys()


async def test_a_note_to_a_claim_of_version_1_is_read_like_any_other(old: Life) -> None:
    note = Note(type="contact_information", content="Call me on +1 614 555 0199")
    await claims.continue_claim(old.services, NoEngine(), "V1-PAUSED", [], [note])
    assert (await old.live("V1-PAUSED")).facts.phone == "+16145550199"
