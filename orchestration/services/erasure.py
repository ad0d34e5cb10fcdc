"""Erasing a claim: its session, what runs for it, and word of it."""

from orchestration.durable.client import DurableClient
from shared.models.events import ClaimEvent
from shared.session_store import SessionStore


async def erase(
    store: SessionStore, durable_client: DurableClient, claim_id: str, told: ClaimEvent | None = None
) -> None:
    """Erase everything that is kept of a claim; safe to repeat, and beside whatever else is done with it.

    Args:
        told: the event to be delivered once the claim is gone, its last.
    """
    if told:
        # Announced before it is done: a crash in between must not keep it from being told.
        await durable_client.announce_erasure(told)
    # The session first: without it, whatever still runs for the claim ends by itself.
    await store.delete_session(claim_id)
    await durable_client.stop(claim_id)
    if told:
        await durable_client.silence(claim_id)
    if await store.session_exists(claim_id):
        # Submitted anew meanwhile: what was stopped may have been its own.
        await durable_client.start(claim_id)
        if told:
            await durable_client.announce(claim_id)
