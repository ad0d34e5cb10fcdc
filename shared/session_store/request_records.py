"""Records of requests that had an idempotency key: kept with the claim, erased with it."""

from shared.names import SUBMISSION_REQUEST, keyed_claim_id
from shared.session_store import object_names
from shared.session_store.backend import Area, Objects
from shared.session_store.sealing import Sealer


class RequestRecords:
    """The records by claim and name; their content is the caller's."""

    def __init__(self, objects: Objects, sealer: Sealer) -> None:
        self._objects = objects
        self._sealer = sealer

    async def put(self, claim_id: str, name: str, record: bytes) -> None:
        """Keep the record of a request with the claim.

        The record of a submission is kept with the claim id that its key stands for as well.
        """
        key = object_names.request(claim_id, name)
        await self._objects.write(Area.SESSIONS, key, await self._sealer.seal(key, record))

    async def read(self, claim_id: str, name: str) -> bytes | None:
        """The record of a request; None where there is none."""
        key = object_names.request(claim_id, name)
        record = await self._objects.read(Area.SESSIONS, key)
        return None if record is None else await self._sealer.open(key, record)

    async def forget_submissions(self, claim_id: str) -> None:
        """Remove the records that are kept with the ids that the keys of a claim's submissions stand for."""
        for entry in await self._objects.list(Area.SESSIONS, object_names.requests(claim_id)):
            name = entry.key.rpartition("/")[2].removesuffix(".json")
            if name.startswith(SUBMISSION_REQUEST):
                other = keyed_claim_id(name.removeprefix(SUBMISSION_REQUEST))
                await self._objects.delete(Area.SESSIONS, object_names.request(other, name))
