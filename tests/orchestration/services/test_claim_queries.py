"""How a claim is shown while others change it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import override

import pytest

from orchestration.services.claim_queries import show_claim
from shared.models.claim import ClaimStatus
from shared.models.inbox import Nudge
from shared.session_store import Session, SessionStore, open_local_store
from shared.session_store.local.backend import TemporaryBackend
from tests.shared.session_store.samples import changed, new_context


@pytest.fixture
async def store() -> AsyncIterator[SessionStore]:
    store = open_local_store(":memory:")
    yield store
    await store.close()


async def test_a_claim_with_something_in_its_inbox_is_being_worked(store: SessionStore) -> None:
    await store.save_session(new_context(status=ClaimStatus.PAUSED))
    assert (await show_claim(store, "CLM-1")).status is ClaimStatus.PAUSED

    await store.inbox.put("CLM-1", Nudge())

    assert (await show_claim(store, "CLM-1")).status is ClaimStatus.PROCESSING


class WorkedMeanwhile(SessionStore):
    """A store in which a claim is worked right after it was read for the first time."""

    is_worked = False

    @override
    async def load_session(self, claim_id: str) -> Session | None:
        before = await super().load_session(claim_id)
        if before and not self.is_worked:
            self.is_worked = True
            [item] = await self.inbox.list(claim_id)
            worked = changed(before, status=ClaimStatus.AWAITING_DECISION)
            taken = worked.context.model_copy(update={"taken": [item]})
            await self.save_session(replace(worked, context=taken))
            await self.inbox.clear(claim_id, [item])
        return before


async def test_what_is_taken_up_while_a_claim_is_read_never_shows_it_as_it_was() -> None:
    store = WorkedMeanwhile(TemporaryBackend())
    await store.save_session(new_context(status=ClaimStatus.PAUSED))
    await store.inbox.put("CLM-1", Nudge())

    assert (await show_claim(store, "CLM-1")).status is ClaimStatus.AWAITING_DECISION
    assert store.is_worked
    await store.close()
