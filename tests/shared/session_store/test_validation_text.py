"""What is damaged is named, and never quoted, on every backend."""

import pytest

from shared.errors import SessionCorrupt
from shared.session_store import SessionStore
from shared.session_store.backend import Area, Backend
from tests.shared.session_store.conftest import KINDS
from tests.shared.session_store.samples import message, new_context


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.sealer != "sealed"], ids="-".join)
@pytest.mark.parametrize(
    ("context", "complaint"),
    [
        (b"", "CLM-1/context.json: content: Invalid JSON"),
        (b"{}", "CLM-1/context.json: claim_id: Field required"),
        (new_context(schema_version=99).model_dump_json().encode(), "schema version 99 is newer"),
        (new_context("CLM-2").model_dump_json().encode(), "CLM-1/context.json: belongs to CLM-2"),
        (b'{"claim_id": "CLM-1", "status": "Ms Secret"}', "CLM-1/context.json: status: "),
    ],
)
async def test_a_damaged_context_is_named_without_its_content(
    backend: Backend, store: SessionStore, context: bytes, complaint: str
) -> None:
    await backend.objects.write(Area.SESSIONS, "CLM-1/context.json", context)

    with pytest.raises(SessionCorrupt, match=complaint) as caught:
        await store.load_session("CLM-1")

    assert "Secret" not in str(caught.value)


@pytest.mark.parametrize("history", [b"", b'{"role": "user"', b"{" * 500])
async def test_a_damaged_history_is_named(backend: Backend, store: SessionStore, history: bytes) -> None:
    session = await store.save_session(new_context(), [message("one")])
    await backend.objects.write(Area.SESSIONS, "CLM-1/history.jsonl", history)

    with pytest.raises(SessionCorrupt, match=r"CLM-1/history\.jsonl: "):
        await store.history.read(session)
