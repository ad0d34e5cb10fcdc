"""What a claim says stays in its session: not in logs, not with the orchestration, not in refusals.

Everything that is told about a claim here carries a mark. The app logs at its most talkative.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from tests.host.running import ALONE, REPOSITORY, Host, collision, eventually, host_on

MARK = "zyxmark"
PRINCIPAL = f"{MARK}-officer"
MARKED = {
    "claimant": {"name": f"Dana {MARK}", "email": f"{MARK}@example.com", "phone": f"+1 614 555 0134 {MARK}"},
    "incident": {
        "date": "2026-11-10",
        "location": f"{MARK} Road, Columbus",
        "description": f"{MARK} ran into mine at a red light. The police came. Nobody was hurt.",
    },
    "narrative": f"{MARK}: another car ran into mine. The police came.",
    "metadata": {"told by": MARK},
}


@pytest.fixture(scope="module")
def talkative_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app, with a host.json that asks for all that its modules can log."""
    folder = tmp_path_factory.mktemp("app")
    for path in REPOSITORY.iterdir():
        if path.name != "host.json" and not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
    host = json.loads((REPOSITORY / "host.json").read_text(encoding="utf-8"))
    host["logging"]["logLevel"]["default"] = "Debug"
    (folder / "host.json").write_text(json.dumps(host), encoding="utf-8")
    return folder


@asynccontextmanager
async def silent_host(app: Path, data: Path, **settings: str) -> AsyncGenerator[Host]:
    """A host of which nothing that it logs, and nothing that it refuses, may carry the mark."""
    refusals: list[str] = []

    async def note_refusal(answer: httpx.Response) -> None:
        if answer.is_error:
            refusals.append((await answer.aread()).decode())

    async with host_on(data, *ALONE, "--app", str(app), **settings) as host:
        host.http.event_hooks["response"].append(note_refusal)
        yield host
    log = host.log.read_text(encoding="utf-8")
    assert MARK not in log.lower(), [line for line in log.splitlines() if MARK in line.lower()]
    assert MARK not in "".join(refusals).lower()


async def orchestration(host: Host, claim_id: str) -> str:
    """Name, input, output and custom status of a claim's orchestration."""
    root = host.url.removesuffix("/api")
    path = f"{root}/runtime/webhooks/durabletask/instances/{claim_id}"
    return (await host.http.get(path, params={"showInput": "true"})).text


async def told_nothing(host: Host, claim_id: str) -> None:
    status = await orchestration(host, claim_id)
    assert claim_id in status
    assert MARK not in status.lower()


async def logged(host: Host, *one_of: str) -> None:
    await eventually(lambda: any(text in host.log.read_text(encoding="utf-8") for text in one_of), one_of)


async def submitted(host: Host) -> str:
    claim_id = await host.submit(collision(**MARKED))
    await host.until(claim_id, {"paused"})
    await told_nothing(host, claim_id)
    return claim_id


async def bring(host: Host, claim_id: str) -> None:
    documents = [
        {"type": kind, "filename": f"{MARK} {kind}.txt", "text": f"{kind} of {MARK}"}
        for kind in ("repair_estimate", "police_report")
    ]
    notes = [{"type": "incident_location", "content": f"{MARK} Road"}]
    body = {"documents": documents, "notes": notes}
    assert (await host.http.post(f"/claims/{claim_id}/continue", json=body)).status_code == 202


async def test_a_claim_that_is_handed_off_tells_nothing(talkative_app: Path, tmp_path: Path) -> None:
    async with silent_host(talkative_app, tmp_path / "data") as host:
        claim_id = await submitted(host)
        folder = host.data / "uploads" / claim_id
        folder.mkdir(parents=True)
        (folder / f"{MARK}.exe").write_bytes(b"MZ\x90\x00" + bytes(200))
        (folder / f"{MARK}_statement.txt").write_text(f"I, {MARK}, saw it.", encoding="utf-8")
        said = f"Refused the upload {MARK}.exe"
        history = host.data / "sessions" / claim_id / "history.jsonl"
        await eventually(lambda: said in history.read_text(encoding="utf-8"))
        await bring(host, claim_id)
        await host.until(claim_id, {"awaiting_decision"})
        await told_nothing(host, claim_id)
        decision = {"officer_id": PRINCIPAL, "rationale": f"{MARK} is plausible"}
        too_much = await host.decide(claim_id, **decision, payout_amount=10**6)
        assert too_much.status_code == 422
        assert (await host.decide(claim_id, **decision)).status_code == 202
        await host.until(claim_id, lambda claim: claim["archived_at"] is not None)
        await told_nothing(host, claim_id)
        assert (await host.http.get(f"/claims/{claim_id}/export")).status_code == 200
        assert (await host.http.delete(f"/claims/{claim_id}")).status_code == 202
        assert MARK not in (await orchestration(host, claim_id)).lower()
        await host.admin("sweep")


async def test_a_claim_that_is_withdrawn_tells_nothing(talkative_app: Path, tmp_path: Path) -> None:
    async with silent_host(talkative_app, tmp_path / "data") as host:
        claim_id = await submitted(host)
        body = {"reason": f"{MARK} paid"}
        assert (await host.http.post(f"/claims/{claim_id}/withdraw", json=body)).status_code == 202
        await host.until(claim_id, {"withdrawn"})
        await told_nothing(host, claim_id)
        assert (await host.http.post(f"/claims/{claim_id}/withdraw", json=body)).status_code == 409


async def test_a_claim_that_expires_tells_nothing(talkative_app: Path, tmp_path: Path) -> None:
    async with silent_host(talkative_app, tmp_path / "data", SESSION_TTL="PT1S") as host:
        claim_id = await host.submit(collision(**MARKED))
        await host.until(claim_id, {"paused"})
        await asyncio.sleep(1)
        await host.admin("sweep")
        await host.until(claim_id, {"expired"})
        await told_nothing(host, claim_id)


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("/claims", {"json": {"claimant": {"email": f"{MARK} at example"}}}),
    ("/claims", {"json": {"claim_amount": MARK}}),
    ("/claims", {"json": {"incident": {"date": MARK}}}),
    ("/claims", {"json": {"documents": [{"filename": f"{MARK}/../x", "text": MARK}]}}),
    ("/claims", {"json": {"documents": [{"filename": "a.txt", "content_base64": f"{MARK}!"}]}}),
    ("/claims", {"content": f'{{"narrative": "{MARK}', "headers": {"Content-Type": "application/json"}}),
    ("/claims", {"content": MARK.encode("utf-16"), "headers": {"Content-Type": "text/plain"}}),
    ("/claims/NONE-1/withdraw", {"json": {"reason": MARK}}),
]


async def test_a_refusal_does_not_repeat_what_was_said(talkative_app: Path, tmp_path: Path) -> None:
    async with silent_host(talkative_app, tmp_path / "data") as host:
        for path, request in REFUSED:
            answer = await host.http.post(path, **request)
            assert 400 <= answer.status_code < 500, (request, answer.text)


async def test_a_storage_that_fails_tells_nothing(talkative_app: Path, tmp_path: Path) -> None:
    async with silent_host(talkative_app, tmp_path / "data") as host:
        unfiled, damaged = await submitted(host), await submitted(host)
        sessions = host.data / "sessions"
        (sessions / unfiled / "documents").write_text("no folder", encoding="utf-8")
        await bring(host, unfiled)
        (sessions / damaged / "context.json").write_text(f'{{"claim_id": "{MARK}"', encoding="utf-8")
        assert (await host.http.get(f"/claims/{damaged}")).status_code == 500
        assert (await host.http.get("/claims")).status_code == 200
        await host.admin("sweep")
        await logged(host, "FileExistsError", "NotADirectoryError")
        await told_nothing(host, unfiled)
        assert (await host.http.delete(f"/claims/{damaged}")).status_code == 202


class _Refusing(BaseHTTPRequestHandler):
    """A model service that answers every call with an error that quotes what it was sent."""

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        body = json.dumps({"error": {"message": f"cannot answer {sent}", "code": "bad"}}).encode()
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def refusing_model() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Refusing)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


async def test_agents_that_fail_tell_nothing(
    talkative_app: Path, tmp_path: Path, refusing_model: str
) -> None:
    settings = {
        "AGENT_MODEL": "openai",
        "OPENAI_API_KEY": "key",
        "OPENAI_CHAT_MODEL_ID": "model",
        "OPENAI_BASE_URL": refusing_model,
    }
    async with silent_host(talkative_app, tmp_path / "data", **settings) as host:
        claim_id = await host.submit(collision(**MARKED))
        failed = await host.until(claim_id, {"failed"})
        assert MARK not in failed["termination_reason"]
        await told_nothing(host, claim_id)
