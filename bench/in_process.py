"""The app in this process, on a store that is opened afresh, and claims that it works without an engine."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

from bench.running import DOCUMENTS, ESTIMATE, LETTER
from orchestration.bootstrap import App, bootstrap
from orchestration.durable.in_process import NoEngine, work
from orchestration.rules.routing import NextStep
from orchestration.services.claims import continue_claim
from orchestration.services.claims import decide as decide_claim
from orchestration.services.documents import NewDocument
from orchestration.services.submission import submit as submit_claim
from shared.models.requests import Decision, Submission


@asynccontextmanager
async def app_on(**storage: str) -> AsyncGenerator[App]:
    """The app with offline agents, on the storage that these settings name."""
    app = bootstrap({**os.environ, **storage, "AGENT_MODEL": "offline"})
    try:
        yield app
    finally:
        await app.store.close()


async def submit(app: App) -> str:
    """A claim that comes with its repair estimate, worked until it pauses for two more documents."""
    mark = _mark()
    estimate = (ESTIMATE + mark).encode()
    documents = [NewDocument("repair_estimate.txt", "repair_estimate", estimate)]
    submission = Submission(narrative=LETTER.decode() + mark)
    context = await submit_claim(app.services, NoEngine(), submission, documents)
    await work_until(app, context.claim_id, NextStep.WAIT)
    return context.claim_id


async def send_missing(app: App, claim_id: str) -> None:
    """The two documents for which the claim paused."""
    mark = _mark().encode()
    documents = [NewDocument(f"{kind}.txt", kind, content + mark) for kind, content in DOCUMENTS.items()]
    await continue_claim(app.services, NoEngine(), claim_id, documents)


async def decide(app: App, claim_id: str) -> None:
    """An officer's approval."""
    decision = Decision(decision="approve", officer_id="bench", rationale="plausible")
    await decide_claim(app.services, NoEngine(), claim_id, decision)


async def work_until(app: App, claim_id: str, expected: NextStep) -> None:
    """Let the claim go on as its workflow does.

    Raises:
        RuntimeError: it came to rest elsewhere.
    """
    position = await work(app.store, app.phases(), claim_id)
    if position != expected:
        raise RuntimeError(f"{claim_id} came to {position}, not to {expected}")


def _mark() -> str:
    """No two claims bring the same text, so that nothing that was read for one is known of the next."""
    return f"\n\nOur reference: {uuid4()}\n"
