"""What is kept of erased claims: a tombstone for good, and until the erasure is closed a record of it."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel

from shared.clock import utc_now
from shared.session_store import object_names
from shared.session_store.backend import Area, Objects


class _Erasure(BaseModel):
    """What is known of a claim while it is being erased; its tombstone leaves out when it was created."""

    claim_id: str
    erased_at: AwareDatetime
    created_at: AwareDatetime | None = None


class Erasures:
    """Records of erasures; none of them holds personal data."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    async def begin(self, claim_id: str, created_at: datetime | None, *, has_session: bool) -> None:
        """Record that a claim is being erased, so that the sweep completes what a crash cuts off.

        The tombstone keeps its instant where the erasure of a claim without a session is repeated.
        """
        erasure = _Erasure(claim_id=claim_id, erased_at=utc_now(), created_at=created_at)
        await self._write(object_names.erasure(claim_id), erasure.model_dump_json(indent=2))
        if has_session or not await self.was_erased(claim_id):
            stone = erasure.model_dump_json(indent=2, exclude={"created_at"})
            await self._write(object_names.tombstone(claim_id), stone)

    async def created_at(self, claim_id: str) -> datetime | None:
        """When a claim that is being erased was created; None where that is not known."""
        erasure = await self._objects.read(Area.ERASED, object_names.erasure(claim_id))
        return None if erasure is None else _Erasure.model_validate_json(erasure).created_at

    async def was_erased(self, claim_id: str) -> bool:
        """Whether a claim of that id was erased; another claim may have the id by now."""
        return await self._objects.exists(Area.ERASED, object_names.tombstone(claim_id))

    async def list(self) -> list[tuple[str, datetime]]:
        """Claims whose erasure is not closed, and when it was begun: something may have come meanwhile."""
        found = await self._objects.list(Area.ERASED, object_names.ERASURES)
        return [(entry.key.rpartition("/")[2].removesuffix(".json"), entry.modified_at) for entry in found]

    async def close(self, claim_id: str) -> None:
        """End the search for what is left of an erased claim; its tombstone stays."""
        await self._objects.delete(Area.ERASED, object_names.erasure(claim_id))

    async def _write(self, name: str, record: str) -> None:
        await self._objects.write(Area.ERASED, name, record.encode())
