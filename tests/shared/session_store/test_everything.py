"""All that is kept of a claim, in the clear, on every backend."""

import json
from hashlib import sha256

from shared.models.inbox import NoteItem
from shared.models.requests import Note
from shared.session_store import SessionStore
from shared.session_store.backend import Area, Backend
from tests.shared.session_store.samples import begin, document_item, message, new_context, record

PAPER = b"what the police wrote"


async def everything(store: SessionStore, claim_id: str = "CLM-1") -> dict[str, bytes]:
    return {name: content async for name, content in store.exports.everything(claim_id)}


async def test_it_is_each_object_once_and_readable(backend: Backend, store: SessionStore) -> None:
    session = await begin(store, new_context(), [message("one")])
    document = record("paper.txt", sha256=sha256(PAPER).hexdigest())
    entry = await store.inbox.put("CLM-1", document_item(document), PAPER, "a1")
    await store.documents.file("CLM-1", entry, document, None)
    await store.inbox.clear("CLM-1", [entry])
    await store.inbox.put("CLM-1", NoteItem(note=Note(type="other", content="Main Street 5")), entry_id="a2")
    await store.handoffs.put("CLM-1", {"payout": 1})
    await store.requests.put("CLM-1", "key", b"answered")
    await backend.objects.write(Area.UPLOADS, "CLM-1/photo.png", b"png")
    await store.uploads.reject("CLM-1/virus.exe", b"mz", "not a document")
    await begin(store, new_context("CLM-10"), [message("of another claim")])

    found = await everything(store)

    assert found.keys() == {
        "sessions/CLM-1/audit.jsonl",
        "sessions/CLM-1/context.json",
        "sessions/CLM-1/documents/repair_estimate/paper.txt",
        "sessions/CLM-1/handoff.json",
        "sessions/CLM-1/history.jsonl",
        "sessions/CLM-1/inbox/a2.json",
        "sessions/CLM-1/requests/key.json",
        "sessions/CLM-1/session.json",
        "uploads/CLM-1/photo.png",
        "rejected/CLM-1/virus.exe",
    }
    assert found["sessions/CLM-1/history.jsonl"] == await store.history.read_lines(session)
    assert found["sessions/CLM-1/documents/repair_estimate/paper.txt"] == PAPER
    assert b"Main Street 5" in found["sessions/CLM-1/inbox/a2.json"]
    assert session.context.model_dump_json().encode() == found["sessions/CLM-1/context.json"]
    assert json.loads(found["sessions/CLM-1/audit.jsonl"])["act"] == "submitted"
    assert b"payout" in found["sessions/CLM-1/handoff.json"]
    assert found["sessions/CLM-1/requests/key.json"] == b"answered"


async def test_what_is_damaged_comes_as_it_is_stored(backend: Backend, store: SessionStore) -> None:
    await begin(store, new_context(), [message("one")])
    torn = b'{"v":1,"data":"torn'
    await backend.objects.write(Area.SESSIONS, "CLM-1/handoff.json", torn)

    assert (await everything(store))["sessions/CLM-1/handoff.json"] == torn


async def test_of_no_claim_there_is_nothing(store: SessionStore) -> None:
    assert await everything(store) == {}
