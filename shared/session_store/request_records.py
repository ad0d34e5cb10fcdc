"""Records of requests that had an idempotency key: kept with the claim, erased with it."""

from shared.names import SUBMISSION_REQUEST, keyed_claim_id
from shared.session_store import object_names
from shared.session_store.backend import Area, Backend
from shared.session_store.sealing import Sealer


class RequestRecords:
    def __init__(self, backend: Backend, sealer: Sealer) -> None:
        self._backend = backend
        self._sealer = sealer

    async def put(self, claim_id: str, name: str, record: bytes) -> None:
        """Keep the record of a request with the claim; erased with it.

        A submission's lies with the claim id of its key as well.
        """
        key = object_names.request(claim_id, name)
        await self._backend.write(Area.SESSIONS, key, await self._sealer.seal(key, record))

    async def read(self, claim_id: str, name: str) -> bytes | None:
        key = object_names.request(claim_id, name)
        record = await self._backend.read(Area.SESSIONS, key)
        return None if record is None else await self._sealer.open(key, record)

    async def forget_submissions(self, claim_id: str) -> None:
        """Remove what lies with the ids of the keys of a claim's submissions."""
        for entry in await self._backend.list(Area.SESSIONS, object_names.requests(claim_id)):
            name = entry.key.rpartition("/")[2].removesuffix(".json")
            if name.startswith(SUBMISSION_REQUEST):
                other = keyed_claim_id(name.removeprefix(SUBMISSION_REQUEST))
                await self._backend.delete(Area.SESSIONS, object_names.request(other, name))
