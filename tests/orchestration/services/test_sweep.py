"""What a sweep looks at, on a real engine that knows no claim and has no worker."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from azure.durable_functions import DurableFunctionsClient

from devhost.client_binding import client_configuration
from devhost.engine import Engine
from orchestration.bootstrap import App
from orchestration.durable.client import DurableClient
from orchestration.services.sweep import FINISHED, RECENT, SweepResult, sweep
from shared.clock import utc_now
from shared.models.claim import ClaimContext, ClaimStatus
from shared.models.inbox import Nudge
from shared.models.requests import Submission
from shared.session_store import SessionStore
from tests.orchestration.app import app_with

MINUTE = timedelta(minutes=1)


@pytest.fixture
def durable_client() -> Iterator[DurableClient]:
    engine = Engine()
    address = f"127.0.0.1:{engine.listen(0)}"
    yield DurableClient(DurableFunctionsClient(client_configuration(address, "http://127.0.0.1", "test")))
    engine.stop()


@pytest.fixture
async def app() -> AsyncIterator[App]:
    app = app_with()
    yield app
    await app.store.close()


async def leave_ended(store: SessionStore, status: ClaimStatus, ago: timedelta) -> None:
    """A claim that ended so long ago, and in whose inbox something lies."""
    then = utc_now() - ago
    context = ClaimContext(
        claim_id="CLM-1",
        created_at=then,
        saved_at=then,
        completed_at=then,
        status=status,
        submission=Submission(),
        submission_sha256="0" * 64,
    )
    await store.save_session(context)
    await store.inbox.put("CLM-1", Nudge())


@pytest.mark.parametrize("thorough", [False, True], ids=["ordinary", "thorough"])
@pytest.mark.parametrize("status", FINISHED)
async def test_what_arrived_as_a_claim_ended_is_taken_up_by_any_sweep(
    durable_client: DurableClient, app: App, status: ClaimStatus, thorough: bool
) -> None:
    await leave_ended(app.store, status, RECENT - MINUTE)

    result = await sweep(app.services, app.phases, durable_client, thorough=thorough)

    assert result == SweepResult(woken=1)
    assert await durable_client.is_alive("CLM-1")


async def test_a_claim_that_ended_longer_ago_is_left_alone(durable_client: DurableClient, app: App) -> None:
    await leave_ended(app.store, ClaimStatus.COMPLETED, RECENT + MINUTE)

    assert await sweep(app.services, app.phases, durable_client, thorough=True) == SweepResult()
