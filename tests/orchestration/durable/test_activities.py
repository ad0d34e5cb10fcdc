"""What a phase that fails tells, and to whom."""

import base64
from pathlib import Path

import pytest

from orchestration.durable.activities import PhaseFailed, fail
from orchestration.rules.routing import NextStep
from tests.orchestration.conftest import Use
from tests.orchestration.life import Life


async def test_a_damaged_document_is_told_without_the_file_name_that_a_claimant_gave(
    life: Life, use: Use, tmp_path: Path
) -> None:
    key = base64.b64encode(bytes(32)).decode()
    use("offline", SessionStorage__path=str(tmp_path), SESSION_ENCRYPTION_KEY=f"k1:{key}")
    claim_id = await life.submit("Somebody hit my car in Columbus, Ohio.", "text/plain")
    await life.send(claim_id, {"Dana_Whitfield.txt": ("medical_records", "A sprained wrist.")})
    await life.advance(claim_id)
    [document] = tmp_path.rglob("Dana_Whitfield.txt")
    document.write_bytes(document.read_bytes()[:-1])

    with pytest.raises(PhaseFailed, match=f"{claim_id}/documents/medical_records: ") as failure:
        await life.advance(claim_id, NextStep.INTAKE)
    await fail(life.store, life.phases.settings, claim_id, failure.value.reason)

    assert (await life.look(claim_id)).termination_reason == failure.value.reason
    assert "Dana_Whitfield" not in next(tmp_path.rglob("session.json")).read_text()
