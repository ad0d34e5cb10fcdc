"""How many documents a claim may hold, on file and waiting."""

import pytest

from orchestration.services.quota import check_quota
from shared.clock import utc_now
from shared.errors import Conflict, TooManyRequests
from shared.models.claim import ClaimContext, DocumentRecord
from shared.models.requests import Submission
from shared.session_store import InboxEntry

LIMIT = 5


def record(name: str, *earlier: str) -> DocumentRecord:
    return DocumentRecord(
        type="other",
        filename=f"{name}.txt",
        size=1,
        sha256=name,
        received_at=utc_now(),
        earlier_versions=[*earlier],
    )


def new(*names: str) -> list[DocumentRecord]:
    return [record(name) for name in names]


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
    check_quota(LIMIT, holding(record("a"), record("b")), (), new("c", "d", "e"))
    with pytest.raises(Conflict, match="at most 5 documents; with these there would be 6"):
        check_quota(LIMIT, holding(record("a"), record("b")), (), new("c", "d", "e", "f"))


def test_a_submission_is_bound_by_it_too() -> None:
    check_quota(LIMIT, None, (), new(*"abcde"))
    with pytest.raises(Conflict):
        check_quota(LIMIT, None, (), new(*"abcdef"))


def test_earlier_versions_are_kept_and_count() -> None:
    with pytest.raises(Conflict):
        check_quota(LIMIT, holding(record("a", "v1", "v2", "v3", "v4")), (), new("b"))


def test_what_is_on_file_needs_no_room() -> None:
    check_quota(LIMIT, holding(*(record(name) for name in "abcde")), (), new("a", "b"))


def test_what_waits_holds_up_what_comes_until_it_is_taken_up() -> None:
    waiting = [InboxEntry("1", contents=3), InboxEntry("2")]
    check_quota(LIMIT, holding(), waiting, new("a"))
    with pytest.raises(TooManyRequests, match="4 wait to be taken up") as refused:
        check_quota(LIMIT, holding(), waiting, new("a", "b"))
    assert refused.value.retry_after > 0
    check_quota(LIMIT, holding(taken=("1",)), waiting, new("a", "b"))


def test_a_full_claim_takes_notes_until_too_much_waits() -> None:
    full = holding(*(record(name) for name in "abcde"))
    check_quota(LIMIT, full, [InboxEntry(str(number)) for number in range(LIMIT)], ())
    with pytest.raises(TooManyRequests):
        check_quota(LIMIT, full, [InboxEntry(str(number)) for number in range(LIMIT + 1)], ())
