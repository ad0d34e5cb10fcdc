"""What a store compresses and encrypts: that it comes back, and that nobody changes it unnoticed."""

import base64
import gzip
import json
import random
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from shared.encryption.compression import LARGEST, Compression
from shared.encryption.keyring import ConfiguredKeys, DataKey
from shared.errors import KeyMissing, SessionCorrupt
from shared.models.claim import ClaimStatus
from shared.models.inbox import NoteItem
from shared.models.requests import Note
from shared.session_store import InboxEntry, Sealer, Session, SessionStore, open_local_store
from shared.session_store.envelope import MARK
from shared.session_store.sealing import CHUNK, Chain
from tests.shared.session_store.samples import (
    begin,
    document_item,
    load,
    message,
    new_context,
    record,
    step,
    texts,
)
from tests.shared.session_store.samples import opened as document_opened
from tests.shared.session_store.samples import sealed as document_sealed

KEY = DataKey("first", b"1" * 32)
OTHER = DataKey("second", b"2" * 32)
HISTORY, HANDOFF, DOCUMENT = "CLM-1/history.jsonl", "CLM-1/handoff.json", "CLM-1/inbox/a.content"
COMPRESSIONS: tuple[Compression, ...] = ("none", "gzip", "zstd")

Call = Callable[[SessionStore], Any]


def encrypting(*keys: DataKey, compression: Compression = "none") -> Sealer:
    return Sealer(ConfiguredKeys(keys or (KEY,)), compression)


ALL_SEALERS = [
    *[Sealer(compression=compression) for compression in COMPRESSIONS],
    *[encrypting(compression=compression) for compression in COMPRESSIONS],
]
any_sealer = st.sampled_from(ALL_SEALERS)
contents = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=50).map(lambda tail: MARK + tail),
    st.integers(0, 5000).map(lambda size: b"a" * size),
)
message_lines = st.lists(
    st.one_of(
        st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=50),
        st.just('{"v":1,"data":""}'),
        st.just("so " * 100),
    ),
    max_size=6,
).map(lambda lines: "".join(f"{line}\n" for line in lines if line).encode())


def store_of(root: Path, *keys: DataKey) -> SessionStore:
    return open_local_store(root, sealer=encrypting(*keys))


def folder(root: Path, claim_id: str = "CLM-1") -> Path:
    return root / "sessions" / claim_id


# --- what goes in comes out ----------------------------------------------------------------------------


@given(sealer=any_sealer, content=contents)
async def test_a_piece_comes_back(sealer: Sealer, content: bytes) -> None:
    assert await sealer.open(HANDOFF, await sealer.seal(HANDOFF, content)) == content


@given(sealer=any_sealer, content=contents)
async def test_a_document_comes_back(sealer: Sealer, content: bytes) -> None:
    sealed = await document_sealed(sealer, DOCUMENT, content)

    assert await document_opened(sealer, DOCUMENT, sealed, sha256(content).hexdigest()) == content


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
@pytest.mark.parametrize("sealer", ALL_SEALERS)
async def test_a_document_of_several_chunks_comes_back(sealer: Sealer, size: int) -> None:
    content = random.Random(size).randbytes(size // 2) + bytes(size - size // 2)  # noqa: S311 -- no secret

    sealed = await document_sealed(sealer, DOCUMENT, content)

    assert await document_opened(sealer, DOCUMENT, sealed, sha256(content).hexdigest()) == content


@given(sealer=any_sealer, lines=message_lines, more=message_lines)
async def test_a_history_comes_back_whole_and_from_any_line_on(
    sealer: Sealer, lines: bytes, more: bytes
) -> None:
    first, chain = sealer.seal_lines(HISTORY, None, 0, lines)
    then, chain = sealer.seal_lines(HISTORY, chain, len(first), more)
    stored, plain = (first + then).splitlines(keepends=True), (lines + more).split(b"\n")

    for start in range(len(stored) + 1):
        position = sum(map(len, stored[:start]))
        opened = sealer.open_lines(HISTORY, chain, position, b"".join(stored[start:]))
        assert opened == b"\n".join(plain[start:])


@pytest.mark.parametrize("sealer", ALL_SEALERS)
async def test_every_compression_reads_what_another_one_wrote(sealer: Sealer, tmp_path: Path) -> None:
    is_encrypted = sealer in ALL_SEALERS[3:]
    session: Session | None = None
    for compression in COMPRESSIONS:
        other = encrypting(compression=compression) if is_encrypted else Sealer(compression=compression)
        store = open_local_store(tmp_path, sealer=other)
        session = await store.save_session(session or new_context(), [message(compression * 100)])

    reader = open_local_store(tmp_path, sealer=sealer)

    assert await texts(reader, await load(reader)) == [c * 100 for c in COMPRESSIONS]


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
@pytest.mark.parametrize("keys", [(), (KEY,)], ids=["packed", "encrypted"])
async def test_what_compresses_well_is_stored_smaller(
    compression: Compression, keys: tuple[DataKey, ...], tmp_path: Path
) -> None:
    sealer = Sealer(ConfiguredKeys(keys) if keys else None, compression)
    document = b"Total estimate: USD 1,900.00\n" * 2000

    store = open_local_store(tmp_path, sealer=sealer)
    session = await store.save_session(new_context(notes=[Note(type="a", content="b" * 9000)]))
    session = await store.save_session(session, [message("word " * 1000)])
    await store.inbox.put("CLM-1", document_item(record("a.txt")), document, "a")

    assert session.context.history_bytes < 1000
    assert (folder(tmp_path) / "context.json").stat().st_size < 3000
    assert (folder(tmp_path) / "inbox/a.content").stat().st_size < len(document) / 10


@pytest.mark.parametrize("compression", COMPRESSIONS)
async def test_what_does_not_get_smaller_stays_as_it_is(compression: Compression) -> None:
    sealer, noise = Sealer(compression=compression), random.Random(1).randbytes(5000)  # noqa: S311

    assert await document_sealed(sealer, DOCUMENT, noise) == noise
    assert await sealer.seal(HANDOFF, b"{}") == b"{}"
    assert sealer.seal_lines(HISTORY, None, 0, b"{}\n") == (b"{}\n", None)


async def test_without_settings_files_are_as_they_are_given(tmp_path: Path) -> None:
    store = open_local_store(tmp_path)

    session = await store.save_session(new_context(), [message("one")])

    assert (folder(tmp_path) / "context.json").read_text() == session.context.model_dump_json()
    assert json.loads((folder(tmp_path) / "history.jsonl").read_bytes())["content"] == "one"


# --- what is seen from outside -------------------------------------------------------------------------


async def a_whole_claim(store: SessionStore, claim_id: str = "CLM-1") -> Session:
    session = await begin(store, new_context(claim_id), [message("Secret one"), message("Secret two")])
    session = await step(store, session, [message("Secret three")], status=ClaimStatus.PAUSED)
    content = b"Secret estimate"
    document = record("estimate.pdf", sha256=sha256(content).hexdigest())
    await store.inbox.put(claim_id, document_item(document), content, "filed")
    await store.documents.file(claim_id, "filed", document, None)
    await store.inbox.put(claim_id, document_item(document), content, "waiting")
    await store.inbox.put(claim_id, NoteItem(note=Note(type="a", content="Secret note")), None, "note")
    await store.handoffs.put(claim_id, {"officer": "Secret"})
    return session


async def read_all(store: SessionStore, claim_id: str = "CLM-1") -> list[object]:
    """Everything that a claim holds."""
    session = await load(store, claim_id)
    document = record("estimate.pdf", sha256=sha256(b"Secret estimate").hexdigest())
    return [
        session.context,
        await store.history.read(session),
        await store.documents.read(claim_id, document),
        await store.inbox.read(claim_id, InboxEntry("waiting")),
        await store.inbox.read(claim_id, InboxEntry("note")),
        await store.handoffs.read(claim_id),
    ]


async def test_an_encrypted_claim_lies_under_the_same_names_and_shows_its_summary_only(
    tmp_path: Path,
) -> None:
    await a_whole_claim(open_local_store(tmp_path / "plain"))
    await a_whole_claim(store_of(tmp_path / "sealed"))

    files = {
        kind: {path.relative_to(tmp_path / kind): path for path in (tmp_path / kind).rglob("CLM-1/**/*.*")}
        for kind in ("plain", "sealed")
    }
    assert files["plain"].keys() == files["sealed"].keys()
    for path in files["sealed"].values():
        assert b"Secret" not in path.read_bytes()
        assert b"Gr\xc3\xb6" not in path.read_bytes()
    summary = json.loads((folder(tmp_path / "sealed") / "session.json").read_bytes())
    assert summary["status"] == "paused"


async def test_an_encrypted_history_has_one_json_object_a_line(tmp_path: Path) -> None:
    await a_whole_claim(store_of(tmp_path))

    lines = (folder(tmp_path) / "history.jsonl").read_text().splitlines()

    assert [sorted(json.loads(line)) for line in lines] == [["after", "data", "v"]] * 3


async def test_claims_are_listed_without_the_key_as_they_were_committed_last(tmp_path: Path) -> None:
    await a_whole_claim(store_of(tmp_path))
    (folder(tmp_path) / "session.json").unlink()

    (summary,) = (await open_local_store(tmp_path).list_sessions(ClaimStatus.PAUSED)).summaries

    assert (summary.claim_id, summary.revision, summary.message_count) == ("CLM-1", 2, 3)


async def test_equal_content_is_never_encrypted_alike() -> None:
    sealer = encrypting()

    assert await sealer.seal(HANDOFF, b"{}") != await sealer.seal(HANDOFF, b"{}")
    assert await document_sealed(sealer, DOCUMENT, b"a") != await document_sealed(sealer, DOCUMENT, b"a")


# --- what was changed does not open ----------------------------------------------------------------------


async def opened_piece(sealer: Sealer, name: str, stored: bytes) -> object:
    return await sealer.open(name, stored)


async def opened_document(sealer: Sealer, name: str, stored: bytes) -> object:
    return await document_opened(sealer, name, stored)


async def opened_context(sealer: Sealer, name: str, stored: bytes) -> object:
    return await sealer.open_context(name, stored)


async def sealed_samples() -> list[tuple[Callable[[Sealer, str, bytes], Any], str, bytes]]:
    sealer = encrypting(compression="gzip")
    context = await sealer.seal_context("CLM-1/context.json", new_context(), Chain(bytes(32)))
    return [
        (opened_piece, HANDOFF, await sealer.seal(HANDOFF, b'{"payout": 100}')),
        (opened_document, DOCUMENT, await document_sealed(sealer, DOCUMENT, b"estimate" * 9)),
        (opened_context, "CLM-1/context.json", context),
    ]


@pytest.mark.parametrize("sample", range(3))
async def test_no_bit_of_a_piece_can_be_flipped(sample: int) -> None:
    opened, name, stored = (await sealed_samples())[sample]
    sealer = encrypting()

    for bit in range(len(stored) * 8):
        flipped = bytearray(stored)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SessionCorrupt, match=f"^{name}: "):
            await opened(sealer, name, bytes(flipped))


@pytest.mark.parametrize("sample", range(3))
async def test_no_piece_can_be_cut_off_or_extended(sample: int) -> None:
    opened, name, stored = (await sealed_samples())[sample]

    for changed_piece in [*(stored[:end] for end in range(len(stored))), stored + b"\n", stored + stored]:
        with pytest.raises(SessionCorrupt, match=f"^{name}: "):
            await opened(encrypting(), name, changed_piece)


@pytest.mark.parametrize("sample", range(3))
async def test_no_piece_opens_in_another_claim(sample: int) -> None:
    opened, name, stored = (await sealed_samples())[sample]

    with pytest.raises(SessionCorrupt, match=r"^CLM-2/"):
        await opened(encrypting(), name.replace("CLM-1", "CLM-2"), stored)


@pytest.mark.parametrize("respelled", [b'{"v":1, "key"', b'{"v":1,"key":"x","key"'])
@pytest.mark.parametrize("sample", range(3))
async def test_no_piece_has_a_second_spelling(sample: int, respelled: bytes) -> None:
    opened, name, stored = (await sealed_samples())[sample]
    changed_piece = stored.replace(b'{"v":1,"key"', respelled)
    assert changed_piece != stored

    with pytest.raises(SessionCorrupt, match=f"^{name}: is damaged"):
        await opened(encrypting(), name, changed_piece)


async def test_no_piece_opens_under_another_name_of_its_claim() -> None:
    sealer = encrypting()
    stored = await sealer.seal("CLM-1/inbox/a.json", b"{}")

    for name in ("CLM-1/inbox/b.json", HANDOFF):
        with pytest.raises(SessionCorrupt, match=f"^{name}: "):
            await sealer.open(name, stored)


@given(st.data())
async def test_a_history_that_was_changed_anywhere_does_not_open(data: st.DataObject) -> None:
    sealer = encrypting()
    stored, chain = sealer.seal_lines(HISTORY, None, 0, b"one\ntwo\nthree\n")
    bit = data.draw(st.integers(0, len(stored) * 8 - 1))
    flipped = bytearray(stored)
    flipped[bit // 8] ^= 1 << bit % 8

    with pytest.raises(SessionCorrupt, match=f"^{HISTORY}: "):
        sealer.open_lines(HISTORY, chain, 0, bytes(flipped))


@pytest.mark.parametrize("start", [0, 1], ids=["whole", "tail"])
@pytest.mark.parametrize("order", ["1023", "0213", "0132", "023", "012", "013", "3", "01233", "0012", "000"])
def test_lines_cannot_be_swapped_repeated_left_out_or_cut_off(order: str, start: int) -> None:
    sealer = encrypting()
    stored, chain = sealer.seal_lines(HISTORY, None, 0, b"pre\none\ntwo\nthr\nfou\n"[4 * (1 - start) :])
    lines = stored.splitlines(keepends=True)
    position, of_interest = len(lines[0]) * start, lines[start:]
    assert sealer.open_lines(HISTORY, chain, position, b"".join(of_interest)) == b"one\ntwo\nthr\nfou\n"

    with pytest.raises(SessionCorrupt, match=f"^{HISTORY}: "):
        sealer.open_lines(HISTORY, chain, position, b"".join(of_interest[int(n)] for n in order))


async def test_a_line_of_an_attempt_that_was_not_committed_cannot_take_its_successors_place() -> None:
    sealer = encrypting()
    first, chain = sealer.seal_lines(HISTORY, None, 0, b"one\n")
    lost, _ = sealer.seal_lines(HISTORY, chain, len(first), b"pay\n")
    kept, then = sealer.seal_lines(HISTORY, chain, len(first), b"not\n")
    last, end = sealer.seal_lines(HISTORY, then, len(first + kept), b"end\n")
    assert sealer.open_lines(HISTORY, end, 0, first + kept + last) == b"one\nnot\nend\n"

    with pytest.raises(SessionCorrupt, match="end is not the one"):
        sealer.open_lines(HISTORY, then, 0, first + lost)
    with pytest.raises(SessionCorrupt, match="line 3 was changed"):
        sealer.open_lines(HISTORY, end, 0, first + lost + last)


async def test_a_history_of_another_claim_or_of_an_erased_one_does_not_open(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    for claim_id in ("CLM-1", "CLM-2"):
        await store.save_session(new_context(claim_id), [message("same")])
    others = (folder(tmp_path, "CLM-2") / "history.jsonl").read_bytes()
    erased = (folder(tmp_path) / "history.jsonl").read_bytes()
    await store.delete_session("CLM-1")
    session = await store.save_session(new_context(), [message("same")])

    for history in (others, erased):
        (folder(tmp_path) / "history.jsonl").write_bytes(history)
        with pytest.raises(SessionCorrupt, match=HISTORY):
            await store.history.read(session)


async def test_a_document_cannot_take_the_place_of_another(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    one, two = (record(name, sha256=sha256(name.encode()).hexdigest()) for name in ("one", "two"))
    for document in (one, two):
        entry = await store.inbox.put("CLM-1", document_item(document), document.filename.encode())
        await store.documents.file("CLM-1", entry, document, None)
    documents = folder(tmp_path) / "documents/repair_estimate"
    (documents / "one").write_bytes((documents / "two").read_bytes())

    assert await store.documents.read("CLM-1", two) == b"two"
    with pytest.raises(SessionCorrupt, match="documents/repair_estimate: is not the document on record"):
        await store.documents.read("CLM-1", one)


async def test_chunks_of_a_document_cannot_be_swapped_left_out_or_cut_off() -> None:
    sealer = encrypting()
    stored = await document_sealed(sealer, DOCUMENT, bytes(3 * CHUNK))
    head, rest = stored.split(b"\n", 1)
    size = len(rest) // 3
    chunks = [rest[size * n : size * (n + 1)] for n in range(3)]

    for order in ([1, 0, 2], [0, 2], [0, 1], [1, 2], [2], [0, 0, 1, 2], []):
        with pytest.raises(SessionCorrupt, match=f"^{DOCUMENT}: "):
            await document_opened(sealer, DOCUMENT, head + b"\n" + b"".join(chunks[n] for n in order))


def gzip_bomb(size: int) -> bytes:
    return b"\1" + gzip.compress(bytes(size), 1)


def zstd_bomb(size: int) -> bytes:
    return b"\2" + zstd.compress(bytes(size))


@pytest.mark.parametrize("bomb", [gzip_bomb, zstd_bomb])
async def test_what_would_unpack_to_more_than_any_piece_has_is_refused(bomb: Callable[[int], bytes]) -> None:
    piece, chunk = bomb(LARGEST + 1), bomb(CHUNK + 1)

    with pytest.raises(SessionCorrupt, match=f"^{HANDOFF}: unpacks to more than {LARGEST} bytes"):
        await Sealer().open(HANDOFF, b'{"v":1,"data":"' + base64.b64encode(piece) + b'"}')
    with pytest.raises(SessionCorrupt, match=f"^{DOCUMENT}: unpacks to more than {CHUNK} bytes"):
        await document_opened(
            Sealer(), DOCUMENT, b'{"v":1,"form":"chunks"}\n' + len(chunk).to_bytes(4) + chunk
        )


# --- keys ------------------------------------------------------------------------------------------------


async def test_after_a_change_of_keys_all_is_read_and_the_new_key_writes(tmp_path: Path) -> None:
    before = await a_whole_claim(store_of(tmp_path, KEY))
    store = store_of(tmp_path, OTHER, KEY)

    session = await store.save_session(await load(store), [message("after")])

    assert await texts(store, session) == ["Secret one", "Secret two", "Secret three", "after"]
    assert await texts(store, before) == ["Secret one", "Secret two", "Secret three"]
    assert len(await read_all(store)) == 6
    assert json.loads((folder(tmp_path) / "context.json").read_bytes())["key"] == OTHER.id


async def test_a_session_that_was_saved_since_needs_the_old_key_no_more(tmp_path: Path) -> None:
    await store_of(tmp_path, KEY).save_session(new_context(), [message("before")])
    both = store_of(tmp_path, OTHER, KEY)
    await both.save_session(await load(both), [message("after")])

    store = store_of(tmp_path, OTHER)

    assert await texts(store, await load(store)) == ["before", "after"]


READS: dict[str, Call] = {
    "context.json": lambda store: store.load_session("CLM-1"),
    "inbox/note.json": lambda store: store.inbox.read("CLM-1", InboxEntry("note")),
    "handoff.json": lambda store: store.handoffs.read("CLM-1"),
    "documents/repair_estimate": lambda store: store.documents.read(
        "CLM-1", record("estimate.pdf", sha256="0" * 64)
    ),
}


@pytest.mark.parametrize("name", READS)
async def test_without_the_right_key_an_error_names_the_one_that_is_missing(
    tmp_path: Path, name: str
) -> None:
    await a_whole_claim(store_of(tmp_path))

    by_first = f"^CLM-1/{name}: encrypted by key first"

    with pytest.raises(KeyMissing, match=f"{by_first}, which SESSION_ENCRYPTION_KEY does not hold"):
        await READS[name](store_of(tmp_path, OTHER))
    with pytest.raises(KeyMissing, match=f"{by_first}; set SESSION_ENCRYPTION_KEY to it"):
        await READS[name](open_local_store(tmp_path))


@pytest.mark.parametrize("name", READS)
async def test_another_key_under_the_same_id_is_named(tmp_path: Path, name: str) -> None:
    await a_whole_claim(store_of(tmp_path))

    with pytest.raises(SessionCorrupt, match=f"^CLM-1/{name}: .*another key .* first"):
        await READS[name](store_of(tmp_path, DataKey(KEY.id, OTHER.secret)))


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("compression", COMPRESSIONS)
async def test_a_store_that_encrypts_refuses_what_is_not(
    tmp_path: Path, name: str, compression: Compression
) -> None:
    await a_whole_claim(open_local_store(tmp_path, sealer=Sealer(compression=compression)))

    with pytest.raises(SessionCorrupt, match=f"^CLM-1/{name}: is not encrypted") as caught:
        await READS[name](store_of(tmp_path))

    assert "Secret" not in str(caught.value)


async def test_a_line_that_is_not_encrypted_is_refused(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    session = await store.save_session(new_context(), [message("one")])
    plain = b'{"role":"user","content":"Secret'.ljust(session.context.history_bytes - 3) + b'"}\n'
    (folder(tmp_path) / "history.jsonl").write_bytes(plain)

    with pytest.raises(SessionCorrupt, match="line 1 is not encrypted") as caught:
        await store.history.read(session)

    assert "Secret" not in str(caught.value)


async def test_a_session_of_another_store_is_not_saved_in_clear(tmp_path: Path) -> None:
    session = await open_local_store(tmp_path).save_session(new_context(), [message("one")])

    with pytest.raises(ValueError, match="not a session that this store"):
        await store_of(tmp_path).save_session(session, [message("two")])

    assert await texts(open_local_store(tmp_path), session) == ["one"]
