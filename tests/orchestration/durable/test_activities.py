"""What a phase that fails tells, and to whom."""

import base64
from pathlib import Path

import pytest

from orchestration.durable.activities import advance, fail
from orchestration.durable.phase_failure import PhaseFailed
from orchestration.rules.routing import NextStep
from shared.session_store.opening import session_store
from tests.orchestration.conftest import Use
from tests.orchestration.life import send, submit


async def test_a_damaged_document_is_told_without_the_file_name_that_a_claimant_gave(
    use: Use, tmp_path: Path
) -> None:
    key = base64.b64encode(bytes(32)).decode()
    use("offline", SessionStorage__path=str(tmp_path), SESSION_ENCRYPTION_KEY=f"k1:{key}")
    claim_id = await submit("Somebody hit my car in Columbus, Ohio.", "text/plain")
    await send(claim_id, {"Dana_Whitfield.txt": ("medical_records", "A sprained wrist.")})
    await advance(claim_id)
    [document] = tmp_path.rglob("Dana_Whitfield.txt")
    document.write_bytes(document.read_bytes()[:-1])

    with pytest.raises(PhaseFailed, match=f"{claim_id}/documents/medical_records: ") as failure:
        await advance(claim_id, NextStep.INTAKE)
    await fail(claim_id, failure.value.reason)

    session = await session_store().load_session(claim_id)
    assert session
    assert session.context.termination_reason == failure.value.reason
    assert "Dana_Whitfield" not in next(tmp_path.rglob("session.json")).read_text()
