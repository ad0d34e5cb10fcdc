"""The app's own activities in this process, on a store that is opened afresh, and claims worked by them."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

from bench.running import DOCUMENTS, ESTIMATE, LETTER
from orchestration.durable.activities import advance
from orchestration.durable.workflow import PHASES
from orchestration.phases.corroboration import stated
from orchestration.rules.routing import NextStep
from orchestration.services.documents import brought, check_documents, given_documents
from shared.clock import utc_now
from shared.models.claim import ClaimContext
from shared.models.inbox import DecisionItem
from shared.models.requests import Decision, DocumentInput, Submission
from shared.session_store import SessionStore
from shared.session_store.opening import session_store
from shared.settings import settings


@asynccontextmanager
async def app_on(**storage: str) -> AsyncGenerator[SessionStore]:
    """The app with offline agents, on the storage that these settings name; gives its store."""
    before = dict(os.environ)
    os.environ.update(storage, AGENT_MODEL="offline")
    _forget()
    try:
        yield session_store()
    finally:
        await session_store().close()
        os.environ.clear()
        os.environ.update(before)
        _forget()


def _forget() -> None:
    settings.cache_clear()
    session_store.cache_clear()


async def submit() -> str:
    """A claim that comes with its repair estimate, worked until it pauses for two more documents."""
    mark = _mark()
    submission = Submission(narrative=LETTER.decode() + mark)
    context = ClaimContext(
        claim_id=f"CLM-{uuid4().hex}",
        created_at=utc_now(),
        submission=submission,
        submission_sha256="0" * 64,
        facts=stated(submission),
    )
    await session_store().save_session(context)
    await send(context.claim_id, {"repair_estimate": ESTIMATE + mark})
    await work(context.claim_id, until=NextStep.WAIT)
    return context.claim_id


async def send_missing(claim_id: str) -> None:
    """The two documents for which the claim paused."""
    mark = _mark()
    await send(claim_id, {kind: content.decode() + mark for kind, content in DOCUMENTS.items()})


async def send(claim_id: str, papers: dict[str, str]) -> None:
    inputs = [DocumentInput(type=kind, filename=f"{kind}.txt", text=text) for kind, text in papers.items()]
    documents = await check_documents(given_documents(inputs))
    await session_store().inbox.put_all(claim_id, [*map(brought, documents)])


async def decide(claim_id: str) -> None:
    """An officer's approval."""
    decision = Decision(decision="approve", officer_id="bench", rationale="plausible")
    await session_store().inbox.put(claim_id, DecisionItem(decision=decision))


async def work(claim_id: str, *, until: NextStep) -> None:
    """Let the claim go on as its workflow does.

    Raises:
        RuntimeError: it came to rest elsewhere.
    """
    position: str = (await advance(claim_id))["position"]
    for phase in PHASES:
        if position == phase:
            position = (await advance(claim_id, phase))["position"]
    if position != until:
        raise RuntimeError(f"{claim_id} came to {position}, not to {until}")


def _mark() -> str:
    """No two claims bring the same text, so that nothing that was read for one is known of the next."""
    return f"\n\nOur reference: {uuid4()}\n"
