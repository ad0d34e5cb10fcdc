"""The real app on the embedded host, as a process of its own, and a claim's life over HTTP."""

import asyncio
import base64
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx

REPOSITORY = Path(__file__).parents[2]
SAMPLES = REPOSITORY / "samples"
AT_REST = {"paused", "awaiting_decision", "completed", "expired", "withdrawn", "failed"}
ALONE = ("--workers", "0")
"""For a host that a test has for itself: what is durable runs in its own process, and it is up sooner."""
PATIENCE = 100.0
"""Seconds until a claim that does not come to rest fails the test; no promise, only an end."""
RESTED = dt.timedelta(seconds=2)
"""An orchestration whose last change is older than this, as far as its time in whole seconds says, rests."""


@dataclass
class Host:
    """A running host. `log` is what it said on standard error."""

    data: Path
    process: subprocess.Popen[bytes]
    url: str
    log: Path
    http: httpx.AsyncClient = field(repr=False)

    @classmethod
    async def start(cls, data: Path, *arguments: str, **settings: str) -> Self:
        """Start a host on `data`.

        Raises:
            AssertionError: it did not start; holds what it said.
        """
        data.mkdir(parents=True, exist_ok=True)
        log = data.parent / f"{data.name}-host.log"
        with log.open("ab") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "devhost", "--port", "0", "--data", str(data), *arguments],
                cwd=REPOSITORY,
                env={**os.environ, **settings},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        assert process.stdout
        line = (await asyncio.to_thread(process.stdout.readline)).decode()
        assert "http://127.0.0.1:" in line, log.read_text(encoding="utf-8")[-2000:]
        url = line[line.index("http://") :].split()[0]
        return cls(data, process, url, log, httpx.AsyncClient(base_url=url, timeout=PATIENCE))

    async def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; returns the exit code."""
        await self.http.aclose()
        if self.process.poll() is None:
            self.process.send_signal(sign)
        code = await asyncio.to_thread(self.process.wait, PATIENCE)
        if self.process.stdout:
            self.process.stdout.close()
        return code

    async def admin(self, function: str) -> None:
        """Run a function that no HTTP request triggers, now."""
        root = self.url.removesuffix("/api")
        answer = await self.http.post(f"{root}/admin/functions/{function}", json={"input": ""})
        assert answer.status_code == 202, answer.text

    # --- a claim over HTTP -----------------------------------------------------------------------

    async def submit(self, submission: dict[str, Any]) -> str:
        answer = await self.http.post("/claims", json=submission)
        assert answer.status_code == 202, answer.text
        return answer.json()["claim_id"]

    async def submit_text(self, text: str | bytes, content_type: str = "text/markdown", **query: str) -> str:
        answer = await self.http.post(
            "/claims", content=text, headers={"Content-Type": content_type}, params=query
        )
        assert answer.status_code == 202, answer.text
        return answer.json()["claim_id"]

    async def claim(self, claim_id: str) -> dict[str, Any]:
        answer = await self.http.get(f"/claims/{claim_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def until(
        self, claim_id: str, wanted: Collection[str] | Callable[[dict[str, Any]], bool] = AT_REST
    ) -> dict[str, Any]:
        """The claim, once its status is one of `wanted` or `wanted` says yes."""

        def holds(claim: dict[str, Any]) -> bool:
            return wanted(claim) if callable(wanted) else claim["status"] in wanted

        deadline = time.monotonic() + PATIENCE
        while not holds(claim := await self.claim(claim_id)):
            assert time.monotonic() < deadline, claim
            await asyncio.sleep(0.02)
        return claim

    async def suspend(self, claim_id: str) -> None:
        """Have the claim's orchestration take nothing up any more, until `resume`."""
        await self._order(claim_id, "suspend", "Suspended")

    async def resume(self, claim_id: str) -> None:
        await self._order(claim_id, "resume", "Running")

    async def _order(self, claim_id: str, verb: str, status: str) -> None:
        """Give the order once the orchestration rests, and wait until it is obeyed.

        A suspension that comes while an activity runs is lost where the orchestration goes on afresh
        behind it, and that activity still takes up the inbox.
        """
        root = self.url.removesuffix("/api")
        instance = f"{root}/runtime/webhooks/durabletask/instances/{claim_id}"
        deadline = time.monotonic() + PATIENCE
        while dt.datetime.now(dt.UTC) - await self._updated_at(instance) < RESTED:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
        assert (await self.http.post(f"{instance}/{verb}")).status_code == 202
        while (found := (await self.http.get(instance)).json()["runtimeStatus"]) != status:
            assert time.monotonic() < deadline, found
            await asyncio.sleep(0.02)

    async def _updated_at(self, instance: str) -> dt.datetime:
        return dt.datetime.fromisoformat((await self.http.get(instance)).json()["lastUpdatedTime"])

    async def bring(self, claim_id: str, *types: str, text: str = "Enclosed as asked for.") -> None:
        """Bring one document for each of `types`."""
        documents = [
            {"type": t, "filename": f"{t}.txt", "text": f"{t.replace('_', ' ')}: {text}"} for t in types
        ]
        answer = await self.http.post(f"/claims/{claim_id}/continue", json={"documents": documents})
        assert answer.status_code == 202, answer.text

    async def decide(self, claim_id: str, decision: str = "approve", **more: Any) -> httpx.Response:
        reason = {"denial_reason": "Your policy does not cover it."} if decision == "deny" else {}
        body = {"decision": decision, "officer_id": "jdoe", "rationale": "plausible", **reason, **more}
        return await self.http.post(f"/claims/{claim_id}/decision", json=body)

    async def history(self, claim_id: str) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            answer = await self.http.get(f"/claims/{claim_id}/history", params={"after": after})
            assert answer.status_code == 200, answer.text
            messages += answer.json()["messages"]
            after = answer.json()["next"]
        return messages

    def holding(self, text: str) -> list[Path]:
        """Every stored file with `text` in its path."""
        return [path for path in self.data.rglob("*") if path.is_file() and text in str(path)]

    def session_files(self, claim_id: str) -> list[str]:
        folder = self.data / "sessions" / claim_id
        return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def eventually(holds: Callable[[], bool], told: object = "it never came") -> None:
    """Wait until `holds` says yes; `told` is what the failure says."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, told
        await asyncio.sleep(0.02)


@asynccontextmanager
async def host_on(data: Path, *arguments: str, **settings: str) -> AsyncGenerator[Host]:
    host = await Host.start(data, *arguments, **settings)
    try:
        yield host
    finally:
        if host.process.poll() is None:
            await host.stop()


def turns_of(messages: list[dict[str, Any]]) -> list[str]:
    """The steps whose final report stands in a history, one entry for each report."""
    return [
        message["metadata"]["step"]
        for message in messages
        if message["role"] == "assistant" and not message.get("items")
    ]


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def collision(**more: Any) -> dict[str, Any]:
    """A collision that waits for a repair estimate and a police report, then for an officer."""
    return {
        "policy_number": "AUT-204518",
        "claim_type": "auto_collision",
        "claimant": {"name": "Dana Whitfield", "email": "dana.whitfield@example.com"},
        "incident": {
            "date": "2026-11-10",
            "location": "Cedar Hollow Road, Columbus",
            "description": "Another car ran into mine at a red light. The police came. Nobody was hurt.",
        },
        "claim_amount": 2400,
        **more,
    }
