"""The check of a deployed app, run against the embedded host."""

import asyncio
import subprocess
import sys
from pathlib import Path

from tests.host.running import ALONE, REPOSITORY, Host, collision, host_on


async def smoke(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(REPOSITORY / "scripts/smoke.py"), "--url", url, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )


async def claims_of(host: Host) -> int:
    return len((await host.http.get("/claims")).json()["claims"])


async def test_a_sound_app_passes_and_nothing_is_left_of_the_test(tmp_path: Path) -> None:
    async with host_on(tmp_path / "data", *ALONE) as host:
        ran = await smoke(host.url)
        assert ran.returncode == 0, ran.stderr
        steps = [" ".join(line.split()[1:-2]) for line in ran.stdout.splitlines()]
        assert steps == ["health", "submit", "pause", "upload and resume", "decide", "erase"]
        assert await claims_of(host) == 0


async def test_an_app_that_does_not_pause_fails_and_the_claim_is_erased(tmp_path: Path) -> None:
    async with host_on(tmp_path / "data", *ALONE, HUMAN_IN_LOOP="false") as host:
        kept = await host.submit(collision())
        await host.until(kept, {"awaiting_decision"})  # the agents are loaded from now on
        ran = await smoke(host.url, "--patience", "2")
        assert ran.returncode == 1
        assert "is awaiting_decision after 2 s" in ran.stderr
        assert [claim["claim_id"] for claim in (await host.http.get("/claims")).json()["claims"]] == [kept]


async def test_an_app_that_is_not_there_is_one_line() -> None:
    ran = await smoke("http://127.0.0.1:9")
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1


async def test_without_an_address_it_says_what_is_missing() -> None:
    ran = await smoke("")
    assert ran.returncode == 2
    assert "CLAIMS_URL" in ran.stderr
