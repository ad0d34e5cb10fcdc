"""How a claim is shown while others change it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from shared.models.claim import ClaimStatus
from shared.models.inbox import Nudge
from shared.session_store import Session, SessionStore
from shared.session_store.opening import session_store
from tests.shared.session_store.samples import changed, new_context
from triggers.http.claim_queries import shown


@pytest_asyncio.fixture
async def store(small_documents: None) -> AsyncIterator[SessionStore]:
    session_store.cache_clear()
    yield session_store()
    await session_store().close()
    session_store.cache_clear()


async def test_a_claim_with_something_in_its_inbox_is_being_worked(store: SessionStore) -> None:
    await store.save_session(new_context(status=ClaimStatus.PAUSED))
    assert (await shown("CLM-1")).status is ClaimStatus.PAUSED

    await store.inbox.put("CLM-1", Nudge())

    assert (await shown("CLM-1")).status is ClaimStatus.PROCESSING


async def test_what_is_taken_up_while_a_claim_is_read_never_shows_it_as_it_was(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await store.save_session(new_context(status=ClaimStatus.PAUSED))
    arrival = await store.inbox.put("CLM-1", Nudge())
    load = store.load_session

    async def taken_up_behind_it(claim_id: str) -> Session | None:
        monkeypatch.undo()
        before = await load(claim_id)
        worked = changed(session, status=ClaimStatus.AWAITING_DECISION)
        await store.save_session(
            replace(worked, context=worked.context.model_copy(update={"taken": [arrival]}))
        )
        await store.inbox.clear(claim_id, [arrival])
        return before

    monkeypatch.setattr(store, "load_session", taken_up_behind_it)

    assert (await shown("CLM-1")).status is ClaimStatus.AWAITING_DECISION
