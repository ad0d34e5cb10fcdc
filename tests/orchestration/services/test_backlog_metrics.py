"""What the sweep tells of open claims, and what that costs."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from orchestration.services.backlog_metrics import COUNTED, log_backlog
from shared.clock import utc_now
from shared.models.claim import ClaimStatus
from shared.session_store import SessionStore, open_local_store
from shared.telemetry.log import EVENT
from tests.shared.session_store.conftest import blob_backend, opened
from tests.shared.session_store.faulty_transport import FaultyTransport
from tests.shared.session_store.samples import new_context

NOW = utc_now()


async def keep_some(store: SessionStore) -> None:
    """Three that wait, for one, two and three hours, and one that is over."""
    for hours in (2, 3, 1):
        paused_at = NOW - timedelta(hours=hours)
        await store.save_session(
            new_context(
                f"CLM-{hours}",
                status=ClaimStatus.PAUSED,
                paused_at=paused_at,
                expires_at=paused_at + timedelta(days=30),
            )
        )
    await store.save_session(new_context("CLM-9", status=ClaimStatus.COMPLETED))


def claimant_words(caplog: pytest.LogCaptureFixture) -> dict[str, dict[str, Any]]:
    lines = [json.loads(message.removeprefix(EVENT)) for message in caplog.messages]
    return {line.pop("status"): line for line in lines if line.pop("event") == "backlog"}


@pytest.fixture(autouse=True)
def hear(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "orchestration")


async def test_open_claims_are_counted_and_the_oldest_named_by_its_age(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = open_local_store(":memory:")
    await keep_some(store)
    await log_backlog(store, NOW)
    await store.close()
    nothing = {"claims": 0, "is_at_least": False, "oldest_seconds": None}
    assert claimant_words(caplog) == {
        "processing": nothing,
        "paused": {"claims": 3, "is_at_least": False, "oldest_seconds": 3 * 3600},
        "awaiting_decision": nothing,
        "failed": nothing,
    }


async def test_in_a_storage_account_it_costs_a_request_for_each_status_however_many_claims_there_are(
    storage_account: str, caplog: pytest.LogCaptureFixture
) -> None:
    transport = FaultyTransport()
    async with opened(blob_backend(storage_account, transport=transport)) as backend:
        store = SessionStore(backend)
        await keep_some(store)
        transport.requests.clear()
        await log_backlog(store, NOW, most_counted=2)
    assert len(transport.requests) == len(COUNTED)
    # Those that expire first come first in the index: the oldest is among what is counted.
    assert claimant_words(caplog)["paused"] == {"claims": 2, "is_at_least": True, "oldest_seconds": 3 * 3600}
