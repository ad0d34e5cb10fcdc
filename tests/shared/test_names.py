"""What may become a path: claim ids, types and file names."""

import tempfile
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.names import (
    FILE_NAME_BYTES,
    check_claim_id,
    check_file_name,
    check_slug,
    new_claim_id,
)
from tests.shared.bad_names import BAD_CLAIM_IDS, BAD_FILE_NAMES

SYNTAX = st.sampled_from('./\\:*?"<>|~$ \0\n．․‥…∕／⁄⧵＼\u200b\u202e\ufeff\ufffdé\u0301ß漢😀')
NAMES = st.text(SYNTAX | st.characters(), max_size=40) | st.sampled_from(
    [device + ending for device in ("con", "NUL", "Com1", "CONOUT$") for ending in ("", ".txt", " .a.b")]
)


@pytest.mark.parametrize("claim_id", ["CLM-2026-0001", "a", "Z" * 64, "_", "-", "0", "clm_1-A"])
def test_letters_digits_dash_and_underscore_make_a_claim_id(claim_id: str) -> None:
    assert check_claim_id(claim_id) == claim_id


@pytest.mark.parametrize("claim_id", BAD_CLAIM_IDS.values(), ids=BAD_CLAIM_IDS)
def test_nothing_else_is_a_claim_id(claim_id: str) -> None:
    with pytest.raises(ValueError, match=r"claim id|not usable"):
        check_claim_id(claim_id)


def test_new_claim_ids_are_claim_ids_that_differ_and_sort_by_time() -> None:
    first = {check_claim_id(new_claim_id()) for _ in range(100)}
    time.sleep(0.002)
    assert len(first) == 100
    assert max(first) < new_claim_id()


@pytest.mark.parametrize("slug", ["police_report", "a", "x2", "z" * 64])
def test_small_letters_digits_and_underscore_make_a_type(slug: str) -> None:
    assert check_slug(slug) == slug


@pytest.mark.parametrize(
    "slug", ["", "Police", "2x", "_x", "a-b", "a b", "a.b", "../x", "a\n", "z" * 65, "con"]
)
def test_nothing_else_is_a_type(slug: str) -> None:
    with pytest.raises(ValueError, match=r"a type is|not usable"):
        check_slug(slug)


@pytest.mark.parametrize(
    "name",
    [
        "report.txt",
        "Kostenvoranschlag März.pdf",
        "事故報告.pdf",
        "تقرير.pdf",
        "photo 1 (front).jpg",
        "no ending",
        "two.dots.tar",
        "a…b.txt",
        "console.txt",
        "-rf.txt",
        "é" * 98 + ".txt",
        "😀.png",
    ],
)
def test_file_names_of_every_script_are_welcome(name: str) -> None:
    assert check_file_name(name) == name


@pytest.mark.parametrize("name", BAD_FILE_NAMES.values(), ids=BAD_FILE_NAMES)
def test_what_could_be_taken_for_something_else_is_no_file_name(name: str) -> None:
    with pytest.raises(ValueError, match=r"\bname\b") as refusal:
        check_file_name(name)
    assert len(str(refusal.value).splitlines()) == 1


def test_two_spellings_of_the_same_letters_are_one_name() -> None:
    assert check_file_name("Ma\u0308rz.pdf") == check_file_name("März.pdf")


@given(NAMES)
def test_an_accepted_name_stays_in_its_folder_and_survives_a_round_trip_on_disk(value: str) -> None:
    try:
        name = check_file_name(value)
    except ValueError:
        return
    assert check_file_name(name) == name
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(b"content")
        assert [found.name for found in Path(folder).iterdir()] == [name]
        assert path.resolve().parent == Path(folder).resolve()
        assert path.read_bytes() == b"content"


@given(NAMES)
def test_an_accepted_name_means_the_same_to_windows(value: str) -> None:
    try:
        name = check_file_name(value)
    except ValueError:
        return
    assert not set(name) & set('<>:"/\\|?*') | {c for c in name if ord(c) < 32}
    assert name == name.rstrip(". ")
    assert name.partition(".")[0].strip().upper() not in {"CON", "NUL", "COM1", "CONOUT$"}
    assert len(name.encode()) <= FILE_NAME_BYTES
    assert unicodedata.is_normalized("NFC", name)


@given(st.text(st.sampled_from("aZ09-_./\\ \0\nàА١") | st.characters(), max_size=70))
def test_an_accepted_claim_id_is_one_plain_segment_of_a_path(value: str) -> None:
    try:
        claim_id = check_claim_id(value)
    except ValueError:
        return
    assert claim_id == value
    assert claim_id.isascii()
    assert Path("sessions", claim_id).name == claim_id
    assert Path("sessions", claim_id).resolve().parent.name == "sessions"
