"""MAX_CLAIM_DOCUMENTS and MAX_REQUEST_BYTES on the running app: what is too much leaves nothing behind."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.host.refusals import MARK, nothing_left_at_rest, problem
from tests.host.running import ALONE, Host, collision, eventually, host_on
from triggers.http.route_table import IDEMPOTENCY_KEY

MOST = 3


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Host]:
    data = tmp_path_factory.mktemp("size-limits") / "data"
    async with host_on(data, *ALONE, MAX_CLAIM_DOCUMENTS=str(MOST), MAX_REQUEST_BYTES="3000") as running:
        yield running


def papers(*names: str) -> list[dict[str, Any]]:
    return [{"type": "other", "filename": f"{name}.txt", "text": f"{MARK} {name}"} for name in names]


async def full(host: Host) -> str:
    """A claim that holds as many documents as it may."""
    claim_id = await host.submit(collision(documents=papers("a", "b", "c")))
    await host.until(claim_id, lambda claim: claim["status"] == "paused" and len(claim["documents"]) == MOST)
    return claim_id


async def test_a_full_claim_takes_no_further_document_but_notes_and_what_it_has(host: Host) -> None:
    claim_id = await full(host)
    async with nothing_left_at_rest(host):
        said = await host.http.post(f"/claims/{claim_id}/continue", json={"documents": papers("d")})
        assert f"at most {MOST} documents" in problem(said, 409)["detail"]
        said = await host.http.post(
            f"/claims/{claim_id}/documents", params={"filename": "d.txt", "type": "other"}, content=MARK
        )
        problem(said, 409)
    answer = await host.http.post(
        f"/claims/{claim_id}/continue",
        json={
            "documents": papers("a"),
            "notes": [{"type": "contact_information", "content": "jo@example.com"}],
        },
    )
    assert answer.status_code == 202, answer.text


async def test_what_would_be_too_much_with_what_waits_is_told_to_come_back(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    await host.suspend(claim_id)
    keyed: dict[str, Any] = {
        "headers": {IDEMPOTENCY_KEY.name: "three-papers"},
        "json": {"documents": papers("a", "b", "c")},
    }
    first = await host.http.post(f"/claims/{claim_id}/continue", **keyed)
    assert first.status_code == 202
    async with nothing_left_at_rest(host):
        said = await host.http.post(f"/claims/{claim_id}/continue", json={"documents": papers("d")})
        assert "3 wait to be taken up" in problem(said, 429)["detail"]
        assert int(said.headers["Retry-After"]) > 0

    (record,) = (host.data / "sessions" / claim_id / "requests").glob("*.json")
    record.write_text(json.dumps(json.loads(record.read_text()) | {"is_done": False}))
    again = await host.http.post(f"/claims/{claim_id}/continue", **keyed)
    assert (again.status_code, again.json()) == (first.status_code, first.json())

    await host.resume(claim_id)
    await host.until(claim_id, lambda claim: len(claim["documents"]) == MOST)


async def test_a_submission_with_too_many_documents_makes_no_claim(host: Host) -> None:
    async with nothing_left_at_rest(host):
        said = await host.http.post("/claims", json=collision(documents=papers(*"abcd")))
        assert f"at most {MOST} documents" in problem(said, 409)["detail"]


async def test_an_upload_to_a_full_claim_is_put_aside_with_the_reason(host: Host) -> None:
    claim_id = await full(host)
    folder = host.data / "uploads" / claim_id / "other"
    folder.mkdir(parents=True)
    (folder / "d.txt").write_text("one more", encoding="utf-8")
    await eventually(lambda: not (folder / "d.txt").exists())
    (kept,) = (host.data / "uploads-rejected" / claim_id).rglob("d.txt")
    assert kept.read_text(encoding="utf-8") == "one more"
    reason = kept.with_name("d.txt.metadata.json").read_text(encoding="utf-8")
    assert f"at most {MOST} documents" in reason
    assert len((await host.until(claim_id))["documents"]) == MOST


async def test_a_body_over_max_request_bytes_is_refused(host: Host) -> None:
    async with nothing_left_at_rest(host):
        said = await host.http.post("/claims", json=collision(narrative="x" * 3000))
        assert "at most 3000 bytes" in problem(said, 413)["detail"]
