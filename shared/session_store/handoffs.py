"""The payload that a decided claim hands to the claims system."""

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shared.errors import NotFound, SessionCorrupt
from shared.session_store import object_names
from shared.session_store.backend import Area, CommitLog, Objects
from shared.session_store.sealing import Sealer
from shared.session_store.validation_text import faults

_OBJECT = TypeAdapter(dict[str, Any])


class Handoffs:
    """The handoff payload of each claim, a JSON object."""

    def __init__(self, objects: Objects, commits: CommitLog, sealer: Sealer) -> None:
        self._objects = objects
        self._commits = commits
        self._sealer = sealer

    async def put(self, claim_id: str, payload: dict[str, Any]) -> None:
        """Keep the payload with the claim; safe to repeat.

        Raises:
            NotFound: there is no such session (any more).
        """
        if not await self._commits.exists(claim_id):
            raise NotFound("there is no such claim")
        data = json.dumps(payload, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace")
        name = object_names.handoff(claim_id)
        await self._objects.write(Area.SESSIONS, name, await self._sealer.seal(name, data))

    async def read(self, claim_id: str) -> dict[str, Any] | None:
        """The payload; None before it is put.

        Raises:
            SessionCorrupt: it is no JSON object.
        """
        name = object_names.handoff(claim_id)
        data = await self._objects.read(Area.SESSIONS, name)
        if data is None:
            return None
        try:
            return _OBJECT.validate_json(await self._sealer.open(name, data))
        except ValidationError as error:
            raise SessionCorrupt(f"{name}: {faults(error)}") from None
