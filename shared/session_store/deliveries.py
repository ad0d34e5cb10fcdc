"""How far a claim's events are delivered, and the events that could not be delivered."""

from pydantic import ValidationError

from shared.models.claim import ClaimContext
from shared.models.events import ClaimEvent, Delivered
from shared.names import check_claim_id
from shared.session_store import object_names
from shared.session_store.backend import Area, Objects


class Deliveries:
    """Records of the delivery of events; they are stored in the clear and hold no personal data."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    async def read(self, context: ClaimContext) -> Delivered:
        """How far the claim's events are delivered.

        A damaged record, and one of an earlier claim of that id, count as nothing delivered.
        """
        data = await self._objects.read(Area.SESSIONS, object_names.delivered(context.claim_id))
        try:
            known = Delivered.model_validate_json(data) if data else None
        except ValidationError:
            known = None  # then they are sent again, under the same ids
        if known is None or known.created_at != context.created_at:
            return Delivered(created_at=context.created_at)
        return known

    async def put(self, claim_id: str, delivered: Delivered) -> None:
        """Record how far the claim's events are delivered; only whoever delivers them may do so."""
        data = delivered.model_dump_json().encode()
        await self._objects.write(Area.SESSIONS, object_names.delivered(claim_id), data)

    async def put_dead_letter(self, event: ClaimEvent) -> None:
        """Keep an event that could not be delivered; safe to repeat."""
        name = object_names.dead_letter(event.claim_id, event.id)
        await self._objects.write(Area.SESSIONS, name, event.model_dump_json().encode())

    async def dead_letters(self, claim_id: str | None = None) -> list[ClaimEvent]:
        """Events that could not be delivered, in order; without a claim id, those of all claims.

        For all claims every object of the storage is listed.
        """
        prefix = check_claim_id(claim_id) if claim_id else ""
        found = await self._objects.list(Area.SESSIONS, prefix)
        names = [entry.key for entry in found if f"/{object_names.DEAD_LETTERS}" in entry.key]
        read = [await self._objects.read(Area.SESSIONS, name) for name in names]
        letters = [ClaimEvent.model_validate_json(data) for data in read if data]
        return sorted(letters, key=lambda event: (event.claim_id, event.happened_at, event.sequence))

    async def delete_dead_letter(self, event: ClaimEvent) -> None:
        """Remove an event that was delivered after all."""
        await self._objects.delete(Area.SESSIONS, object_names.dead_letter(event.claim_id, event.id))
