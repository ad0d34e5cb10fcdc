"""`revive`: a task hub is lost with all orchestrations, and the sessions bring them back."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from tests.host.chaos import engine_of_its_own
from tests.host.running import REPOSITORY, Host, collision, host_on, turns_of

NEVER = {"SESSION_SWEEP_SCHEDULE": "0 0 0 29 2 *"}
"""A sweep would take up stuck claims by itself; on an engine of its own the host makes none at its start."""


async def is_orchestrated(host: Host, claim_id: str) -> bool:
    root = host.url.removesuffix("/api")
    answer = await host.http.get(f"{root}/runtime/webhooks/durabletask/instances/{claim_id}")
    return answer.status_code in {200, 202} and answer.json()["runtimeStatus"] in {"Running", "Pending"}


async def revive(host: Host, *options: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "client", "revive", "--url", host.url, "--json", *options),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return await process.wait(), out.decode()


def history_on_disk(data: Path, claim_id: str) -> list[dict[str, Any]]:
    lines = (data / "sessions" / claim_id / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


async def test_a_lost_task_hub_is_restored_from_the_sessions(tmp_path: Path) -> None:
    data, paused, awaiting, cut_off = tmp_path / "data", "C-paused", "C-awaiting", "C-cut-off"
    async with engine_of_its_own() as engine, host_on(data, "--engine", engine, **NEVER) as host:
        for claim_id in (paused, awaiting):
            await host.submit(collision(claim_id=claim_id))
            await host.until(claim_id, {"paused"})
        await host.bring(awaiting, "repair_estimate", "police_report")
        await host.until(awaiting, {"awaiting_decision"})
        await host.submit(collision(claim_id=cut_off))
        await host.stop(signal.SIGKILL)
    turns = turns_of(history_on_disk(data, awaiting))

    async with engine_of_its_own() as engine, host_on(data, "--engine", engine, **NEVER) as host:
        claims = (paused, awaiting, cut_off)
        assert [await is_orchestrated(host, claim_id) for claim_id in claims] == [False] * 3

        code, out = await revive(host, "--dry-run")
        assert (code, '"revived": 0' in out) == (0, True)
        assert [await is_orchestrated(host, claim_id) for claim_id in claims] == [False] * 3

        code, out = await revive(host)
        assert (code, '"revived": 3' in out) == (0, True)
        assert [await is_orchestrated(host, claim_id) for claim_id in claims] == [True] * 3

        await host.until(cut_off, {"paused"})
        await host.bring(paused, "repair_estimate", "police_report")
        await host.until(paused, {"awaiting_decision"})
        await host.decide(awaiting)
        await host.until(awaiting, {"completed"})
        again = turns_of(await host.history(awaiting))
        assert again[: len(turns)] == turns
        assert len(again) == len(set(again))
