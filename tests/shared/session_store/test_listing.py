"""Listing sessions, on every backend."""

from itertools import count

import pytest

from shared.models.claim import ClaimState, ClaimStatus
from shared.session_store import SessionStore
from tests.shared.session_store.samples import (
    changed,
    new_context,
    said,
)


async def test_a_list_has_every_claim_once_ordered_by_id(store: SessionStore) -> None:
    ids = ["CLM-3", "CLM-1", "CLM_2", "CLM-10", "clm-1", "0"]
    for claim_id in ids:
        await store.save_session(new_context(claim_id))

    page = await store.list_sessions()

    assert [summary.claim_id for summary in page.summaries] == sorted(ids)
    assert page.continuation is None


async def test_a_list_of_nothing_is_empty(store: SessionStore) -> None:
    page = await store.list_sessions()

    assert (page.summaries, page.continuation) == ([], None)


async def test_a_list_shows_what_was_saved_last(store: SessionStore) -> None:
    session = await store.save_session(new_context())
    paused = changed(session, status=ClaimStatus.PAUSED, state=ClaimState.VALIDATION_COMPLETE)
    await store.save_session(paused, [said("one")])

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
