"""Erasing a claim: its session, what runs for it, and the last event about it."""

from contextlib import suppress

from orchestration.durable.client import DurableClient
from orchestration.phases.events import erased
from orchestration.phases.policy_ledger import forget
from orchestration.services.context import ServiceContext
from shared.errors import NotFound, SessionCorrupt
from shared.models.events import ClaimEvent
from shared.session_store import SessionStore


async def erase(services: ServiceContext, client: DurableClient, claim_id: str) -> None:
    """Erase everything that is kept of a claim but the fact that it was erased.

    A claim that was erased before may be erased again.

    Raises:
        NotFound: there is and was no such claim.
    """
    store = services.store
    if not (await store.holds_anything(claim_id) or await store.erasures.was_erased(claim_id)):
        raise NotFound(f"there is no claim {claim_id}")
    # Where the claim was erased before, it is the same event again, in case a crash kept it from delivery.
    created_at = await store.created_at(claim_id) if services.settings.webhook_url else None
    await remove(store, client, claim_id, erased(claim_id, created_at) if created_at else None)


async def remove(
    store: SessionStore, client: DurableClient, claim_id: str, event: ClaimEvent | None = None
) -> None:
    """Remove a claim from storage and engine; safe to repeat, and beside whatever else is done with it.

    Args:
        store: where the claim lies.
        client: stops the claim's orchestration.
        claim_id: the claim.
        event: the claim's last event, to be delivered once the claim is gone.
    """
    if event:
        # Before anything is removed: a crash in between must not keep the event from delivery.
        await client.announce_erasure(event)
    session = None
    with suppress(SessionCorrupt):
        session = await store.load_session(claim_id)
    if session:
        await forget(store, session.context)
    # The session first: without it, whatever still runs for the claim ends by itself.
    await store.delete_session(claim_id)
    await client.stop(claim_id)
    if session and not await store.session_exists(claim_id):
        # What ran until now may have registered the claim again.
        await forget(store, session.context)
    if event:
        await client.silence(claim_id)
    if await store.session_exists(claim_id):
        # Submitted anew meanwhile: what was stopped may have been the new claim's.
        await client.start(claim_id)
        if event:
            await client.announce(claim_id)
