"""What the local directory looks like, and what only it promises."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Generator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from shared.errors import RevisionConflict
from shared.models.claim import ClaimStatus
from shared.session_store import Period, SessionStore, open_local_store
from shared.session_store.backend import Area, Containers
from shared.session_store.local.backend import LocalBackend, TemporaryBackend
from shared.session_store.local.claim_locks import LOCKS
from shared.session_store.local.summaries import LocalLimits
from tests.shared.session_store.samples import (
    add_until_saved,
    begin,
    changed,
    document_item,
    load,
    message,
    new_context,
    record,
    step,
    texts,
)


def files_in(root: Path) -> list[str]:
    paths = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in paths if path.parts[0] != ".locks")


async def test_a_claim_lies_where_people_look_for_it(tmp_path: Path) -> None:
    store = open_local_store(tmp_path)
    content = b"pdf"
    document = record("estimate.pdf", sha256=sha256(content).hexdigest())
    await begin(store, new_context(), [message("one")])
    entry = await store.inbox.put("CLM-1", document_item(document), content)
    assert files_in(tmp_path / "sessions/CLM-1/inbox") == [f"{entry}.content", f"{entry}.json"]

    await store.documents.file("CLM-1", entry, document, None)
    await store.inbox.clear("CLM-1", [entry])
    await store.handoffs.put("CLM-1", {})
    await store.uploads.reject("CLM-1/virus.exe", b"mz", "not a document")

    assert files_in(tmp_path) == [
        "sessions/CLM-1/audit.jsonl",
        "sessions/CLM-1/context.json",
        "sessions/CLM-1/documents/repair_estimate/estimate.pdf",
        "sessions/CLM-1/handoff.json",
        "sessions/CLM-1/history.jsonl",
        "sessions/CLM-1/session.json",
        "uploads-rejected/CLM-1/virus.exe",
        "uploads-rejected/CLM-1/virus.exe.metadata.json",
    ]


async def test_the_folders_have_the_names_that_the_settings_give(tmp_path: Path) -> None:
    store = open_local_store(tmp_path, Containers("claims", "drop"))
    await begin(store, new_context())
    await store.uploads.reject("CLM-1/virus.exe", b"mz", "not a document")

    assert {name.split("/")[0] for name in files_in(tmp_path)} == {"claims", "drop-rejected"}


@pytest.mark.parametrize("key", ["/x", "a//b", "a/"])
async def test_a_key_with_an_empty_part_is_refused(tmp_path: Path, key: str) -> None:
    backend = LocalBackend(tmp_path)
    for call in (backend.objects.read(Area.UPLOADS, key), backend.objects.write(Area.UPLOADS, key, b"x")):
        with pytest.raises(ValueError, match="key"):
            await call


async def test_a_rejected_upload_has_its_reason_beside_it(tmp_path: Path) -> None:
    store = open_local_store(tmp_path)

    await store.uploads.reject("CLM-1/virus.exe", b"mz", "kein Dokument: größer als erlaubt")

    described = (tmp_path / "uploads-rejected/CLM-1/virus.exe.metadata.json").read_bytes()
    assert json.loads(described) == {"reason": "kein Dokument: größer als erlaubt"}


async def test_a_list_is_right_where_the_summary_is_missing_stale_or_damaged(tmp_path: Path) -> None:
    store = open_local_store(tmp_path)
    for claim_id in ("missing", "stale", "damaged"):
        session = await begin(store, new_context(claim_id))
        await store.save_session(changed(session, status=ClaimStatus.PAUSED), summarize=False)
    (tmp_path / "sessions/missing/session.json").unlink()
    (tmp_path / "sessions/damaged/session.json").write_bytes(b"{")

    summaries = (await store.list_sessions(ClaimStatus.PAUSED)).summaries

    assert [(s.claim_id, s.revision) for s in summaries] == [("missing", 2), ("stale", 2), ("damaged", 2)]


async def test_a_list_shows_a_claim_whose_context_is_damaged_as_it_was(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_local_store(tmp_path)
    await begin(store, new_context(status=ClaimStatus.PAUSED))
    (tmp_path / "sessions/CLM-1/context.json").write_bytes(b"{")

    (summary,) = (await store.list_sessions()).summaries

    assert (summary.claim_id, summary.status) == ("CLM-1", ClaimStatus.PAUSED)
    assert "CLM-1/context.json" in caplog.text


@pytest.fixture
def reads(tmp_path: Path) -> Generator[list[str]]:
    """The files that are read from now on."""
    paths: list[str] = []
    is_over = False

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and not is_over and str(arguments[0]).startswith(str(tmp_path)):
            path, mode, _ = arguments
            if mode and mode.startswith("r"):
                paths.append(path)

    sys.addaudithook(note)
    yield paths
    is_over = True


def quick_to_remember(path: Path, **limits: int) -> SessionStore:
    """A store that remembers at once what it has read, however lately the file was changed."""
    return SessionStore(LocalBackend(path, limits=LocalLimits(settled_after=-1, **limits)))


async def test_a_list_reads_what_has_changed_since_the_last_one(tmp_path: Path, reads: list[str]) -> None:
    store = quick_to_remember(tmp_path)
    sessions = [await begin(store, new_context(claim_id)) for claim_id in ("CLM-1", "CLM-2")]
    await store.list_sessions()
    await step(store, sessions[1], status=ClaimStatus.PAUSED)
    reads.clear()

    summaries = (await store.list_sessions()).summaries
    (paused,) = await store.find_sessions(Period(ClaimStatus.PAUSED))

    assert [summary.status for summary in summaries] == [ClaimStatus.PROCESSING, ClaimStatus.PAUSED]
    assert [summary.claim_id for summary in paused] == ["CLM-2"]
    assert reads == [f"{tmp_path}/sessions/CLM-2/context.json"]


async def test_a_context_that_has_just_changed_is_read_at_every_list(
    tmp_path: Path, reads: list[str]
) -> None:
    # Two changes within the grain of the file system's clock may leave the same size, times and number.
    store = open_local_store(tmp_path)
    await begin(store, new_context())
    reads.clear()

    for _ in range(3):
        await store.list_sessions()

    assert reads == 3 * [f"{tmp_path}/sessions/CLM-1/context.json"]


async def test_a_context_that_was_put_back_with_its_old_time_is_seen(tmp_path: Path) -> None:
    store = quick_to_remember(tmp_path)
    context = tmp_path / "sessions/CLM-1/context.json"
    session = await begin(store, new_context())
    before, times = context.read_bytes(), context.stat()
    await step(store, session, status=ClaimStatus.PAUSED)
    await store.list_sessions()

    context.write_bytes(before)
    os.utime(context, ns=(times.st_atime_ns, times.st_mtime_ns))

    (summary,) = (await store.list_sessions()).summaries
    assert summary.status is ClaimStatus.PROCESSING


async def test_a_list_is_whole_where_there_are_more_claims_than_are_remembered(tmp_path: Path) -> None:
    store = quick_to_remember(tmp_path, remembered=2)
    for claim_id in ("CLM-1", "CLM-2", "CLM-3"):
        await begin(store, new_context(claim_id))

    listed = [(await store.list_sessions()).summaries for _ in range(2)]

    assert listed[0] == listed[1]
    assert len(listed[1]) == 3


async def test_a_folder_that_was_copied_is_not_listed_as_its_original(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = quick_to_remember(tmp_path)
    await begin(store, new_context())
    shutil.copytree(tmp_path / "sessions/CLM-1", tmp_path / "sessions/CLM-2")

    for _ in range(2):
        assert [summary.claim_id for summary in (await store.list_sessions()).summaries] == ["CLM-1"]
    assert "CLM-2 is not listed" in caplog.text


async def test_two_stores_on_one_directory_lose_no_save(tmp_path: Path) -> None:
    stores = [open_local_store(tmp_path) for _ in range(4)]
    await begin(stores[0], new_context())
    written = [str(number) for number in range(16)]

    await asyncio.gather(*(add_until_saved(stores[n % 4], text) for n, text in enumerate(written)))

    assert sorted(await texts(stores[0], await load(stores[0]))) == sorted(written)


async def test_of_two_that_create_a_session_at_once_one_does(tmp_path: Path) -> None:
    stores = [open_local_store(tmp_path) for _ in range(8)]

    results = await asyncio.gather(
        *(begin(store, new_context(), [message(str(n))]) for n, store in enumerate(stores)),
        return_exceptions=True,
    )

    (winner,) = [result for result in results if not isinstance(result, BaseException)]
    assert [type(result) for result in results].count(RevisionConflict) == 7
    assert await load(stores[0]) == winner


async def test_lock_files_do_not_grow_with_the_claims(tmp_path: Path) -> None:
    store = open_local_store(tmp_path)
    for number in range(LOCKS * 2):
        await store.uploads.delete(f"CLM-{number}/report.pdf")

    assert 1 < sum(1 for _ in (tmp_path / ".locks").iterdir()) <= LOCKS


async def test_an_emptied_upload_folder_stays_for_the_next_file(tmp_path: Path) -> None:
    folder = tmp_path / "uploads/CLM-1"
    folder.mkdir(parents=True)
    (folder / "report.pdf").write_bytes(b"pdf")

    await open_local_store(tmp_path).uploads.delete("CLM-1/report.pdf")

    assert list(folder.iterdir()) == []


async def test_a_store_in_memory_keeps_nothing() -> None:
    backend = TemporaryBackend()
    store = SessionStore(backend)
    await begin(store, new_context())
    assert backend.root.is_dir()

    await store.close()

    assert not backend.root.exists()


async def test_stores_in_memory_do_not_see_each_other() -> None:
    one, other = open_local_store(":memory:"), open_local_store(":memory:")
    await begin(one, new_context())

    assert not await other.session_exists("CLM-1")

    await one.close()
    await other.close()
