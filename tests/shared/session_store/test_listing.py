"""Listing sessions, on every backend."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from shared.clock import utc_now
from shared.models.claim import ClaimState, ClaimStatus, ClaimSummary, Outcome
from shared.models.facts import ClaimFacts, Facts
from shared.session_store import Order, SessionStore, SummaryFilter
from shared.session_store.backend import Area, Backend
from tests.shared.session_store.samples import changed, load, message, new_context

NOW = utc_now()
DAY = timedelta(days=1)


async def listed(store: SessionStore, status: ClaimStatus | None = None, **search: Any) -> list[str]:
    """The ids on all pages, in their order."""
    return [summary.claim_id async for page in pages(store, status, **search) for summary in page]


async def pages(
    store: SessionStore, status: ClaimStatus | None = None, limit: int = 2, **search: Any
) -> AsyncIterator[list[ClaimSummary]]:
    continuation: str | None = None
    while True:
        page = await store.list_sessions(status, limit, continuation, **search)
        assert len(page.summaries) <= limit
        yield page.summaries
        continuation = page.continuation
        if continuation is None:
            return


async def save_paused(store: SessionStore, claim_id: str, expires_at: datetime, **fields: Any) -> None:
    await store.save_session(
        new_context(claim_id, status=ClaimStatus.PAUSED, expires_at=expires_at, **fields)
    )


async def test_a_list_has_every_claim_once_ordered_by_id(store: SessionStore) -> None:
    ids = ["CLM-3", "CLM-1", "CLM_2", "CLM-10", "clm-1", "0", "CLM", "CLM1"]
    for claim_id in ids:
        await store.save_session(new_context(claim_id))

    page = await store.list_sessions()

    assert [summary.claim_id for summary in page.summaries] == sorted(ids, key=lambda one: f"{one}/")
    assert page.continuation is None


async def test_a_list_of_nothing_is_empty(store: SessionStore) -> None:
    page = await store.list_sessions()

    assert (page.summaries, page.continuation) == ([], None)


async def test_a_list_shows_what_was_saved_last(store: SessionStore) -> None:
    session = await store.save_session(new_context())
    paused = changed(session, status=ClaimStatus.PAUSED, state=ClaimState.VALIDATION_COMPLETE)
    await store.save_session(paused, [message("one")])

    (summary,) = (await store.list_sessions()).summaries

    assert (summary.status, summary.state) == (ClaimStatus.PAUSED, ClaimState.VALIDATION_COMPLETE)
    assert (summary.revision, summary.message_count) == (2, 1)


async def test_a_list_by_status_has_only_those(store: SessionStore) -> None:
    for number in range(6):
        status = ClaimStatus.PAUSED if number % 2 else ClaimStatus.COMPLETED
        await store.save_session(new_context(f"CLM-{number}", status=status))

    first = await store.list_sessions(ClaimStatus.PAUSED, limit=2)
    second = await store.list_sessions(ClaimStatus.PAUSED, limit=2, continuation=first.continuation)

    assert [s.claim_id for s in first.summaries] == ["CLM-1", "CLM-3"]
    assert [s.claim_id for s in second.summaries] == ["CLM-5"]
    assert second.continuation is None


async def test_pages_have_each_claim_once_while_others_come_and_go(store: SessionStore) -> None:
    lasting = [f"CLM-{number:02d}" for number in range(0, 20, 2)]
    for claim_id in lasting:
        await store.save_session(new_context(claim_id))
    seen: list[str] = []
    continuation: str | None = None

    for turn in count():
        page = await store.list_sessions(limit=3, continuation=continuation)
        seen += [summary.claim_id for summary in page.summaries]
        assert len(page.summaries) <= 3
        continuation = page.continuation
        if continuation is None:
            break
        await store.save_session(new_context(f"CLM-{2 * turn + 1:02d}"))
        await store.save_session(new_context(f"CLM-{19 - 2 * turn:02d}"))

    assert len(seen) == len(set(seen))
    assert seen == sorted(seen)
    assert set(lasting) <= set(seen)


async def test_a_page_goes_on_where_its_last_claim_was_deleted(store: SessionStore) -> None:
    for number in range(4):
        await store.save_session(new_context(f"CLM-{number}"))
    first = await store.list_sessions(limit=2)
    await store.delete_session("CLM-1")

    second = await store.list_sessions(limit=2, continuation=first.continuation)

    assert [summary.claim_id for summary in second.summaries] == ["CLM-2", "CLM-3"]


@pytest.mark.parametrize("continuation", ["", "CLM-1", "Li4vLi4v", "é", "A" * 500])
async def test_a_made_up_continuation_is_refused(store: SessionStore, continuation: str) -> None:
    with pytest.raises(ValueError, match="continuation"):
        await store.list_sessions(continuation=continuation)


async def test_a_page_of_less_than_one_is_refused(store: SessionStore) -> None:
    with pytest.raises(ValueError, match="limit"):
        await store.list_sessions(limit=0)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (SummaryFilter(claim_type="home_fire"), ["B"]),
        (SummaryFilter(outcome=Outcome.DENIED), ["C"]),
        (SummaryFilter(missing_document="police_report"), ["A", "B"]),
        (SummaryFilter(missing_document="police"), []),
        (SummaryFilter(expires_after=NOW + DAY), ["A", "B"]),
        (SummaryFilter(expires_before=NOW + 2 * DAY), ["A"]),
        (SummaryFilter(expires_after=NOW + DAY, expires_before=NOW + DAY), []),
        (SummaryFilter(expires_after=datetime(1, 1, 1, tzinfo=UTC)), ["A", "B"]),
        (SummaryFilter(expires_before=datetime.max.replace(tzinfo=UTC)), ["A", "B"]),
        (SummaryFilter(saved_after=NOW - DAY), ["A", "B", "C"]),
        (SummaryFilter(saved_before=NOW - DAY), []),
        (SummaryFilter(claim_type="home_fire", expires_before=NOW + 2 * DAY), []),
    ],
)
async def test_a_list_has_only_what_is_wanted(
    store: SessionStore, wanted: SummaryFilter, found: list[str]
) -> None:
    await save_paused(store, "A", NOW + DAY, missing_documents=["fire_report", "police_report"])
    await save_paused(
        store, "B", NOW + 2 * DAY, missing_documents=["police_report"], evidence=of_type("home_fire")
    )
    await store.save_session(new_context("C", status=ClaimStatus.COMPLETED, outcome=Outcome.DENIED))

    assert await listed(store, wanted=wanted) == found
    waiting = [one for one in found if one != "C"]
    assert await listed(store, ClaimStatus.PAUSED, wanted=wanted) == waiting
    assert await listed(store, ClaimStatus.PAUSED, wanted=wanted, order=Order.CLAIM_ID) == waiting


async def test_saved_before_ends_where_saved_after_begins(store: SessionStore) -> None:
    session = await store.save_session(new_context())
    saved_at = session.context.saved_at
    assert await listed(store, wanted=SummaryFilter(saved_after=saved_at)) == ["CLM-1"]
    assert await listed(store, wanted=SummaryFilter(saved_before=saved_at)) == []


async def test_the_claims_of_a_status_are_ordered_by_moment_or_by_id(store: SessionStore) -> None:
    for claim_id, days in (("A", 3), ("B", 1), ("C", 2), ("D", 1)):
        await save_paused(store, claim_id, NOW + days * DAY)
    for claim_id in ("Z", "Y", "X"):
        await store.save_session(new_context(claim_id, status=ClaimStatus.FAILED))

    assert await listed(store, ClaimStatus.PAUSED) == ["B", "D", "C", "A"]
    assert await listed(store, ClaimStatus.FAILED) == ["Z", "Y", "X"]
    assert await listed(store, ClaimStatus.PAUSED, order=Order.CLAIM_ID) == ["A", "B", "C", "D"]


@pytest.mark.parametrize("order", Order)
async def test_no_claim_that_stays_is_skipped_or_doubled_by_writes_between_pages(
    store: SessionStore, order: Order
) -> None:
    ids, missing = [f"CLM-{number:02d}" for number in range(18)], ["police_report"]
    for number, claim_id in enumerate(ids):
        await save_paused(store, claim_id, NOW + number % 5 * DAY, missing_documents=missing)
    leaving, staying = ids[::3], [claim_id for number, claim_id in enumerate(ids) if number % 3]
    wanted = SummaryFilter(missing_document="police_report")
    seen: list[str] = []

    async for page in pages(store, ClaimStatus.PAUSED, limit=3, order=order, wanted=wanted):
        seen += [summary.claim_id for summary in page]
        if leaving:
            left = await load(store, leaving.pop())
            await store.save_session(changed(left, status=ClaimStatus.PROCESSING))
            expires_at = NOW + len(leaving) * DAY
            await save_paused(store, f"NEW-{len(leaving)}", expires_at, missing_documents=missing)
            stayed = await load(store, staying[len(leaving)])
            await store.save_session(stayed, [message("A reminder went out.")])
            await store.delete_session(left.context.claim_id)

    assert len(seen) == len(set(seen))
    assert set(staying) <= set(seen)
    assert len(leaving) < 2


def of_type(claim_type: str) -> ClaimFacts:
    return ClaimFacts.given(Facts(claim_type=claim_type), at=NOW)


@pytest.mark.parametrize("most_examined", [3])
async def test_a_page_examines_a_bounded_number_of_claims(store: SessionStore) -> None:
    for number in range(8):
        fields = {"evidence": of_type("medical")} if number in {0, 7} else {}
        await store.save_session(new_context(f"CLM-{number}", **fields))

    found = [page async for page in pages(store, wanted=SummaryFilter(claim_type="medical"))]

    assert [[summary.claim_id for summary in page] for page in found] == [["CLM-0"], [], ["CLM-7"]]


async def test_a_continuation_is_only_for_lists_in_its_order(store: SessionStore) -> None:
    for number in range(2):
        await save_paused(store, f"paused-{number}", NOW)
    by_id = (await store.list_sessions(limit=1)).continuation
    by_moment = (await store.list_sessions(ClaimStatus.PAUSED, limit=1)).continuation
    assert by_id
    assert by_moment

    for status, continuation in (
        (None, by_moment),
        (ClaimStatus.FAILED, by_moment),
        (ClaimStatus.PAUSED, by_id),
    ):
        with pytest.raises(ValueError, match="continuation"):
            await store.list_sessions(status, continuation=continuation)


async def test_an_order_by_moment_is_only_of_one_status(store: SessionStore) -> None:
    with pytest.raises(ValueError, match="moment"):
        await store.list_sessions(order=Order.MOMENT)


async def test_a_document_with_the_name_of_the_summary_is_no_claim(
    store: SessionStore, backend: Backend
) -> None:
    for claim_id in ("CLM-1", "other"):
        await store.save_session(new_context(claim_id))
    await backend.objects.write(Area.SESSIONS, "CLM-1/documents/other/session.json", b"{}")

    assert await listed(store) == ["CLM-1", "other"]
