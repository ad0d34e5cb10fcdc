"""Requests that carry an idempotency key: each is done once, however often it is sent.

The record of such a request lies with a claim, under `<claim_id>/requests/`, and is erased with it. It is
written before anything is added to the claim, with the id under which the addition will lie in the inbox. A
request whose answer a crash cut off therefore adds the same thing again under the same id, or finds that
it has arrived already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, Field
from ulid import ULID

from shared.session_store import InboxEntry, Session, SessionStore


class RequestRecord(BaseModel):
    """What is stored of a request with a key: what was asked, and the answer once it was given."""

    request: str
    """SHA-256 of what was asked for, in hex digits."""
    arrival: str
    """The inbox id of what the request adds to its claim."""
    is_done: bool = False
    status: int = 0
    headers: dict[str, str] = Field(default_factory=dict)
    body: str = ""


@dataclass
class KeyedRequest:
    """A request with an idempotency key, while it is served."""

    store: SessionStore
    home: str
    """Id of the claim that the record lies with; for a submission, the id that the key stands for."""
    name: str
    """Name of the record."""
    digest: str
    """SHA-256 of what is asked for, in hex digits."""
    record: RequestRecord | None
    """What earlier attempts left; None at the first one."""

    @classmethod
    async def find(cls, store: SessionStore, home: str, name: str, digest: str) -> Self:
        """The request together with the record that an earlier attempt left."""
        data = await store.requests.read(home, name)
        return cls(store, home, name, digest, RequestRecord.model_validate_json(data) if data else None)

    async def has_arrived(self, session: Session, waiting: Sequence[InboxEntry]) -> bool:
        """Whether what an earlier attempt added is in the claim's inbox or was taken into the claim.

        `session` and `waiting` must have been loaded together.
        """
        if self.record is None:
            return False
        if any(entry.id.startswith(self.record.arrival) for entry in waiting):
            return True
        step = f"arrival.{self.record.arrival}"
        return any(
            str(message.metadata.get("step")).startswith(step)
            for message in await self.store.history.read(session)
        )

    async def begin(self) -> str:
        """Put on record that the request is about to be carried out; return the inbox id for what it adds."""
        if self.record is None:
            self.record = RequestRecord(request=self.digest, arrival=str(ULID()))
            await self._put(self.home, self.record)
        return self.record.arrival

    async def finish(self, claim_id: str, status: int, headers: Mapping[str, str], body: str) -> None:
        """Put the answer on record, with the request's home and with the claim that the answer is about.

        A claim that was erased meanwhile keeps no record.
        """
        if not await self.store.session_exists(claim_id):
            return
        answered = RequestRecord(
            request=self.digest,
            arrival=self.record.arrival if self.record else str(ULID()),
            is_done=True,
            status=status,
            headers=dict(headers),
            body=body,
        )
        for home in dict.fromkeys((claim_id, self.home)):
            await self._put(home, answered)

    async def _put(self, home: str, record: RequestRecord) -> None:
        await self.store.requests.put(home, self.name, record.model_dump_json().encode())
