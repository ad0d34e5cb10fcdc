"""What officers corrected becomes labelled claims, which the evaluation measures like others."""

import datetime as dt
from pathlib import Path

import pytest

from evaluation.__main__ import main, read_part
from evaluation.corrections import as_yaml, corrected_claims
from evaluation.labelled import Letter, claims_in
from evaluation.running import submitted_to
from orchestration.durable.activities import advance
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from orchestration.rules.facts import merged
from orchestration.rules.routing import NextStep
from shared.models.claim import Correction
from shared.models.facts import Alternative, Evidence, EvidenceSource
from tests.orchestration.app import app_with

NOW = dt.datetime(2026, 11, 28, 20, tzinfo=dt.UTC)
LETTER = Letter(
    "text/plain",
    b"On November 20, 2026 I backed into a post in Columbus, Ohio. The repair costs $820. AUT-204518.\r\n\r\n"
    b"Dana Whitfield\r\ndana.whitfield@example.com\r\n",
)


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """A data folder with a claim whose amount an officer corrected, and with one that nobody did."""
    app = app_with(SessionStorage__path=str(tmp_path))
    try:
        for claim_id in ("CLM-1", "CLM-2"):
            await submitted_to(app.services, claim_id, LETTER)
            await advance(app.store, app.phases(), claim_id, NextStep.INTAKE)
        claim = await ClaimUnitOfWork.open(app.store, "CLM-1")
        assert claim is not None
        set_by = Evidence(source=EvidenceSource.OFFICER, read_by="officer-7", at=NOW)
        amount = Alternative[object](value=900, confidence=1, evidence=(set_by,))
        correction = Correction(
            fact="claim_amount", value=900, previous=820.0, reason="tow", officer_id="officer-7", at=NOW
        )
        claim.stage(
            evidence=merged(claim.context.evidence, {"claim_amount": [amount]}), corrections=[correction]
        )
        await claim.commit([])
    finally:
        await app.store.close()
    return tmp_path


async def test_a_corrected_claim_is_exported_with_its_letter_and_what_it_goes_by_now(data: Path) -> None:
    app = app_with(SessionStorage__path=str(data))
    try:
        [claim] = await corrected_claims(app.store)
    finally:
        await app.store.close()
    assert (claim.id, claim.corrected) == ("CLM-1", {"claim_amount": 820.0})
    assert (claim.facts.claim_amount, claim.facts.policy_number) == (900, "AUT-204518")
    assert claim.submission is not None
    assert "backed into a post" in (claim.submission.narrative or "")


async def test_what_was_exported_is_measured_by_the_corrected_facts_alone(data: Path, tmp_path: Path) -> None:
    app = app_with(SessionStorage__path=str(data))
    try:
        file = tmp_path / "corrected.yaml"
        file.write_text(as_yaml(await corrected_claims(app.store)), encoding="utf-8")
        result = await read_part(app, claims_in(file))
    finally:
        await app.store.close()
    wrong = {name: score.wrong for name, score in result.facts().items() if score != type(score)()}
    assert wrong == {"claim_amount": 1}


def test_a_folder_that_is_none_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--from-corrections", str(tmp_path / "nowhere")])
    assert end.value.code == 2
    assert "is no data folder" in capsys.readouterr().err
