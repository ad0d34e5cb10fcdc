"""What is kept of a claim: who did what with it, and all of it at once, to be had and to be erased."""

import asyncio
import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from tests.host.refusals import problem
from tests.host.running import REPOSITORY, Host, collision, eventually

PERSONAL = b"Whitfield"


async def decided(host: Host) -> str:
    """A claim that has all there can be of one, but for what still waits to be taken up."""
    claim_id = await host.submit(collision())
    paused = await host.until(claim_id, {"paused"})
    folder = host.data / "uploads" / claim_id
    folder.mkdir(parents=True)
    (folder / "police_report.exe").write_bytes(b"MZ\x90\x00" + bytes(200))
    await host.until(claim_id, lambda claim: claim["message_count"] > paused["message_count"])
    await host.bring(claim_id, "repair_estimate", "police_report")
    await host.until(claim_id, {"awaiting_decision"})
    await host.decide(claim_id)
    await host.until(claim_id, lambda claim: claim["archived_at"] is not None)
    await gone(folder / "police_report.exe")
    return claim_id


async def gone(path: Path) -> None:
    """Wait until a file is not there any more."""
    await eventually(lambda: not path.exists(), f"{path.name} stays")


async def claims(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "client", *arguments]
    return await asyncio.to_thread(
        subprocess.run, command, cwd=REPOSITORY, capture_output=True, text=True, check=False
    )


async def test_the_export_holds_all_files_of_the_claim(host: Host) -> None:
    claim_id = await decided(host)

    answer = await host.http.get(f"/claims/{claim_id}/export")

    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{claim_id}.zip"'
    with ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = {name.removeprefix(f"sessions/{claim_id}/") for name in archive.namelist()}
        objects = [name for name in host.session_files(claim_id) if not name.startswith(".")]
        assert names == {*objects, f"rejected/{claim_id}/police_report.exe"}
        lines = archive.read(f"sessions/{claim_id}/history.jsonl").splitlines()
        assert [json.loads(line)["content"] for line in lines] == [
            m["content"] for m in await host.history(claim_id)
        ]
        assert PERSONAL in archive.read(f"sessions/{claim_id}/context.json")


async def test_the_audit_trail_says_who_did_what_from_the_submission_to_the_handoff(host: Host) -> None:
    claim_id = await decided(host)
    trail = (await host.http.get(f"/claims/{claim_id}/audit")).json()
    assert trail["broken_line"] is None
    assert [(line["who"], line["act"]) for line in trail["lines"]] == [
        ("claimant", "submitted"),
        ("system", "paused"),
        ("claimant", "document"),
        ("claimant", "document"),
        ("system", "resumed"),
        ("system", "awaiting_decision"),
        ("jdoe", "decided"),
        ("system", "handed_off"),
    ]
    assert "Whitfield" not in json.dumps(trail)


async def test_verify_names_the_first_broken_line(host: Host) -> None:
    claim_id = await decided(host)
    file = host.data / "sessions" / claim_id / "audit.jsonl"
    assert (await claims("verify", claim_id, "--url", host.url)).returncode == 0
    file.write_bytes(file.read_bytes().replace(b'"jdoe"', b'"mary"'))

    ran = await claims("verify", claim_id, "--url", host.url)

    assert ran.returncode == 1
    assert ran.stderr == f"claims: line 7 of the audit trail of {claim_id} was changed\n"


async def test_the_command_writes_the_export(host: Host, tmp_path: Path) -> None:
    claim_id = await host.submit(collision())
    file = tmp_path / "claim.zip"
    ran = await claims("export", claim_id, "-o", str(file), "--url", host.url)
    assert ran.returncode == 0, ran.stderr
    with ZipFile(file) as archive:
        assert f"sessions/{claim_id}/context.json" in archive.namelist()


async def test_an_export_that_is_too_large_for_one_answer_is_refused_and_written_from_the_storage(
    host: Host, tmp_path: Path
) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    folder = host.data / "uploads-rejected" / claim_id
    folder.mkdir(parents=True)
    incompressible = os.urandom(25 * 2**20)
    for number in range(4):
        (folder / f"{number}.bin").write_bytes(incompressible)
    before = most_memory(host)

    answers = await asyncio.gather(*(host.http.get(f"/claims/{claim_id}/export") for _ in range(2)))

    for answer in answers:
        assert "67108864 bytes" in problem(answer, 413)["detail"]
    assert most_memory(host) - before < 300 * 2**20
    assert (await host.http.get("/health")).status_code == 200

    file = tmp_path / "claim.zip"
    ran = await claims("export", claim_id, "-o", str(file), "--data", str(host.data))
    assert ran.returncode == 0, ran.stderr
    with ZipFile(file) as archive:
        sizes = [entry.file_size for entry in archive.infolist() if entry.filename.startswith("rejected/")]
        assert sizes == [25 * 2**20] * 4
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [file.name]


def most_memory(host: Host) -> int:
    """Bytes that the host has held at most so far."""
    status = Path(f"/proc/{host.process.pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 2**10


async def test_what_no_storage_holds_is_not_exported_and_no_file_is_touched(
    host: Host, tmp_path: Path
) -> None:
    file = tmp_path / "claim.zip"
    file.write_text("of yesterday")
    ran = await claims("export", "NONE-1", "-o", str(file), "--data", str(host.data))
    assert (ran.returncode, "there is no claim NONE-1" in ran.stderr) == (1, True)
    assert file.read_text() == "of yesterday"


async def test_of_no_claim_there_is_no_export(host: Host) -> None:
    assert (await host.http.get("/claims/NONE-1/export")).status_code == 404


async def test_an_erased_claim_leaves_a_tombstone_and_nothing_else_however_often_it_is_erased(
    host: Host,
) -> None:
    claim_id = await decided(host)

    answers = [await host.http.delete(f"/claims/{claim_id}") for _ in range(3)]

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert (await host.http.get(f"/claims/{claim_id}")).status_code == 404
    assert (await host.http.get(f"/claims/{claim_id}/export")).status_code == 404
    left = host.holding(claim_id)
    assert {path.parent.name for path in left} == {"tombstones", "erasures"}
    assert not any(PERSONAL in path.read_bytes() for path in left)


async def test_what_came_while_a_claim_was_erased_is_erased_by_the_sweep(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    await host.http.delete(f"/claims/{claim_id}")
    late = host.data / "sessions" / claim_id / "inbox" / "late.json"
    late.parent.mkdir(parents=True)
    late.write_text('{"kind": "nudge"}')

    await host.admin("sweep")
    await gone(late)

    assert (await host.http.delete(f"/claims/{claim_id}")).status_code == 202
