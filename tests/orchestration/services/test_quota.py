"""How many documents a claim may hold, on file and waiting."""

from collections.abc import Iterator

import pytest

from orchestration.services.documents import CheckedDocument
from orchestration.services.quota import check_room
from shared.clock import utc_now
from shared.errors import Conflict, TooManyRequests
from shared.models.claim import ClaimContext, DocumentRecord
from shared.models.requests import Submission
from shared.session_store import InboxEntry
from shared.settings import settings

LIMIT = 5


@pytest.fixture(autouse=True)
def small_claims(small_documents: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MAX_CLAIM_DOCUMENTS", str(LIMIT))
    settings.cache_clear()
    yield


def record(name: str, *earlier: str) -> DocumentRecord:
    return DocumentRecord(
        type="other",
        filename=f"{name}.txt",
        size=1,
        sha256=name,
        received_at=utc_now(),
        earlier_versions=[*earlier],
    )


def new(*names: str) -> list[CheckedDocument]:
    return [CheckedDocument(record(name), b"x") for name in names]


def holding(*documents: DocumentRecord, taken: tuple[str, ...] = ()) -> ClaimContext:
    return ClaimContext(
        claim_id="CLM-1",
        created_at=utc_now(),
        submission=Submission(),
        submission_sha256="0",
        documents=[*documents],
        taken=[*taken],
    )


def test_a_claim_takes_documents_up_to_its_limit() -> None:
    check_room(holding(record("a"), record("b")), (), new("c", "d", "e"))
    with pytest.raises(Conflict, match="at most 5 documents; with these there would be 6"):
        check_room(holding(record("a"), record("b")), (), new("c", "d", "e", "f"))


def test_a_submission_is_bound_by_it_too() -> None:
    check_room(None, (), new(*"abcde"))
    with pytest.raises(Conflict):
        check_room(None, (), new(*"abcdef"))


def test_earlier_versions_are_kept_and_count() -> None:
    with pytest.raises(Conflict):
        check_room(holding(record("a", "v1", "v2", "v3", "v4")), (), new("b"))


def test_what_is_on_file_needs_no_room() -> None:
    check_room(holding(*(record(name) for name in "abcde")), (), new("a", "b"))


def test_what_waits_holds_up_what_comes_until_it_is_taken_up() -> None:
    waiting = [InboxEntry("1", contents=3), InboxEntry("2")]
    check_room(holding(), waiting, new("a"))
    with pytest.raises(TooManyRequests, match="4 wait to be taken up") as refused:
        check_room(holding(), waiting, new("a", "b"))
    assert refused.value.retry_after > 0
    check_room(holding(taken=("1",)), waiting, new("a", "b"))


def test_a_full_claim_takes_notes_until_too_much_waits() -> None:
    full = holding(*(record(name) for name in "abcde"))
    check_room(full, [InboxEntry(str(number)) for number in range(LIMIT)], ())
    with pytest.raises(TooManyRequests):
        check_room(full, [InboxEntry(str(number)) for number in range(LIMIT + 1)], ())
