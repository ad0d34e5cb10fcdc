"""Files in the upload folder that no claim takes."""

import asyncio
import json
import os
from pathlib import Path

from tests.host.refusals import DECIDABLE, DOCUMENT_LIMIT, MARK, OVER, PAUSED, log_of
from tests.host.running import ALONE, Host, collision, host_on

REJECTED_UPLOADS: dict[str, tuple[bytes, str]] = {
    "bad id/a.txt": (b"x", "a claim id is"),
    "CON/a.txt": (b"x", "not usable as a name"),
    f"{'C' * 65}/a.txt": (b"x", "a claim id is"),
    f"{PAUSED}/{DECIDABLE}/police_report.txt": (b"x", "type: no such document type"),
    f"{PAUSED}/spaceship/a.txt": (b"x", "type: no such document type"),
    f"{PAUSED}/police_report/deeper/a.txt": (b"x", "an upload lies at"),
    f"{PAUSED}/empty.txt": (b"", "the document is empty"),
    f"{PAUSED}/run.exe": (b"x", "files ending in '.exe' are not taken"),
    f"{PAUSED}/script.txt": (b"#!/bin/sh", "the file is a script"),
    f"{PAUSED}/large.txt": (b"x" * (DOCUMENT_LIMIT + 1), f"at most {DOCUMENT_LIMIT} bytes"),
    f"{PAUSED}/trailing dot.": (b"x", "not usable as a name"),
    f"{PAUSED}/{'r' * 240}.txt": (b"x", "at most 200 bytes"),
    f"{PAUSED}/con.txt": (b"x", "not usable as a name"),
    f"{PAUSED}/{MARK}∕a.txt": (b"x", "nothing that looks like one"),
    f"{OVER}/police_report.txt": (b"x", "the claim is withdrawn"),
    "stray.txt": (b"x", "an upload lies at"),
}


async def test_an_upload_that_is_bad_is_rejected_with_the_reason(host: Host) -> None:
    before = {claim_id: await host.claim(claim_id) for claim_id in (PAUSED, DECIDABLE, OVER)}
    for key, (content, _) in REJECTED_UPLOADS.items():
        drop(host.data / "uploads" / key, content)
    await until_emptied(host.data / "uploads")

    kept = rejections(host)
    assert len(kept) == len(REJECTED_UPLOADS)
    for key, (content, reason) in REJECTED_UPLOADS.items():
        assert any(content == kept_content and reason in said for kept_content, said in kept.values()), key
    assert kept[f"{PAUSED}/run.exe"][0] == b"x"

    due = [key for key in REJECTED_UPLOADS if key.startswith(f"{PAUSED}/")]
    known = before[PAUSED]["message_count"]
    await host.until(PAUSED, lambda claim: claim["message_count"] == known + len(due))
    lines = [message["content"] for message in (await host.history(PAUSED))[known:]]
    for key in due:
        name, reason = key.rpartition("/")[2], REJECTED_UPLOADS[key][1]
        assert [line for line in lines if line.startswith(f"Refused the upload {name}: ") and reason in line]

    after = {claim_id: await host.claim(claim_id) for claim_id in (PAUSED, DECIDABLE, OVER)}
    assert (after[DECIDABLE], after[OVER]) == (before[DECIDABLE], before[OVER])
    assert after[PAUSED]["documents"] == []
    assert {path.name for path in (host.data / "sessions").iterdir()}.isdisjoint({"bad id", "CON", "C" * 65})
    assert MARK not in log_of(host)


async def test_an_upload_whose_name_is_no_text_is_rejected(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "uploads" / "CLM-1"
    drop(Path(os.fsdecode(os.fsencode(folder) + b"/report \xff.txt")), b"x")
    async with host_on(tmp_path / "data", *ALONE) as host:
        await until_emptied(folder)
        ((content, reason),) = rejections(host).values()
        assert (content, reason) == (b"x", "filename: a file name has no control or invisible characters")


async def test_the_same_content_under_two_types_is_two_documents(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    for kind in ("repair_estimate", "police_report"):
        drop(host.data / "uploads" / claim_id / kind / "scan.txt", MARK.encode())
    claim = await host.until(claim_id, {"awaiting_decision"})
    assert {d["type"] for d in claim["documents"]} == {"repair_estimate", "police_report"}


def drop(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def rejections(host: Host) -> dict[str, tuple[bytes, str]]:
    """Content and reason of each rejected upload, by where it lies now."""
    folder, suffix = host.data / "uploads-rejected", ".metadata.json"
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(suffix)]
    return {
        str(path.relative_to(folder)): (
            path.read_bytes(),
            json.loads(path.with_name(path.name + suffix).read_text(encoding="utf-8"))["reason"],
        )
        for path in files
    }


async def until_emptied(folder: Path) -> None:
    for _ in range(1500):
        if not any(path.is_file() for path in folder.rglob("*")):
            return
        await asyncio.sleep(0.02)
    raise AssertionError([str(path) for path in folder.rglob("*") if path.is_file()])
