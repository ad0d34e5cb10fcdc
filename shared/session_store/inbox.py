"""The inbox of a claim: what arrived and is not yet taken up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from pydantic import TypeAdapter, ValidationError
from ulid import ULID

from shared.errors import SessionCorrupt
from shared.models.claim import DocumentRecord
from shared.models.inbox import DocumentItem, InboxItem, ItemBundle, NoteItem
from shared.session_store import object_names
from shared.session_store.backend import Area, Backend, Entry
from shared.session_store.sealing import Sealer
from shared.session_store.streams import Content
from shared.session_store.validation_text import faults

_ARRIVAL = TypeAdapter[InboxItem](InboxItem)

type Brought = tuple[DocumentItem | NoteItem, Content | None]
"""What a request brings, with the content of a document."""


@dataclass(frozen=True)
class InboxEntry:
    """An entry of an inbox, with what is stored of it where a look brought that along."""

    id: str
    stored: bytes | None = field(default=None, repr=False)
    contents: int = 0
    """How many documents' contents lie beside it."""


def waiting_in(found: Sequence[Entry]) -> Sequence[InboxEntry]:
    """What waits, oldest first, where `found` lies in the inbox."""
    names = {entry.key.rpartition("/")[2]: entry for entry in found}
    entries = {n.removesuffix(".json"): entry for n, entry in names.items() if n.endswith(".json")}
    contents = Counter(
        part if part in entries else part.rpartition("-")[0]
        for part in (n.removesuffix(".content") for n in names if n.endswith(".content"))
    )
    waiting = [InboxEntry(one, entry.content, contents[one]) for one, entry in entries.items()]
    return sorted(waiting, key=lambda one: one.id)


def parts_of(arrival_id: str, arrival: InboxItem) -> list[tuple[str, InboxItem]]:
    """What an entry of the inbox holds, each with an id of its own: itself, or what came together."""
    if not isinstance(arrival, ItemBundle):
        return [(arrival_id, arrival)]
    return [(f"{arrival_id}-{number:03d}", part) for number, part in enumerate(arrival.arrivals)]


class Inbox:
    """What a document brings lies there before its entry: only with the entry does an arrival count."""

    def __init__(self, backend: Backend, sealer: Sealer) -> None:
        self._backend = backend
        self._sealer = sealer

    async def put(
        self, claim_id: str, arrival: InboxItem, content: Content | None = None, arrival_id: str | None = None
    ) -> str:
        """Leave something for the claim's workflow to take up; return its id. Ids sort by arrival.

        `content` is a document's. The same `arrival_id` again writes the same entry, so that a retry
        arrives once.

        Raises:
            ValueError: the id cannot name an entry, or what arrived can have no content.
        """
        entry_id = arrival_id or str(ULID())
        if content is not None:
            if not isinstance(arrival, DocumentItem):
                raise ValueError("only a document has content")
            await self._put_content(claim_id, entry_id, content)
        await self._put_entry(claim_id, entry_id, arrival)
        return entry_id

    async def put_all(self, claim_id: str, brought: Sequence[Brought], arrival_id: str | None = None) -> str:
        """Leave all that one request brought, as one entry: nobody ever finds a part of it only.

        Each document comes with its content. The same `arrival_id` again writes the same entry.

        Raises:
            ValueError: as `put`, or nothing was brought.
        """
        if not brought:
            raise ValueError("nothing was brought")
        if len(brought) == 1:
            return await self.put(claim_id, *brought[0], arrival_id)
        entry_id = arrival_id or str(ULID())
        together = ItemBundle(arrivals=[arrival for arrival, _ in brought])
        for (part_id, _), (_, content) in zip(parts_of(entry_id, together), brought, strict=True):
            if content is not None:
                await self._put_content(claim_id, part_id, content)
        await self._put_entry(claim_id, entry_id, together)
        return entry_id

    async def _put_content(self, claim_id: str, arrival_id: str, content: Content) -> None:
        name = object_names.content(claim_id, arrival_id)
        await self._backend.write_stream(Area.SESSIONS, name, self._sealer.seal_document(name, content))

    async def _put_entry(self, claim_id: str, arrival_id: str, arrival: InboxItem) -> None:
        """The entry is the commit of the arrival: with it, its contents count."""
        name = object_names.entry(claim_id, arrival_id)
        entry = await self._sealer.seal(name, _ARRIVAL.dump_json(arrival, indent=2))
        await self._backend.write(Area.SESSIONS, name, entry, listed=True)

    async def read(self, claim_id: str, waiting: InboxEntry) -> InboxItem:
        """
        Raises:
            SessionCorrupt: the entry is damaged or gone.
        """
        name, data = object_names.entry(claim_id, waiting.id), waiting.stored
        if data is None:
            data = await self._backend.read(Area.SESSIONS, name)
        if data is None:
            raise SessionCorrupt(f"{name}: not there")
        try:
            return _ARRIVAL.validate_json(await self._sealer.open(name, data))
        except ValidationError as error:
            raise SessionCorrupt(f"{name}: {faults(error)}") from None

    async def file(
        self, claim_id: str, arrival_id: str, document: DocumentRecord, replaces: DocumentRecord | None
    ) -> None:
        """Move a document's content from the inbox to its place among the documents; safe to repeat.

        Where it replaces another one of the same name, that one's content is kept under `versions/`.

        Raises:
            SessionCorrupt: the content is neither in the inbox nor on file.
        """
        target = object_names.document(claim_id, document)
        if replaces is not None:
            await self._keep_version(target, unless=document.sha256)
        if document.sha256 is None:
            await self._backend.delete(Area.SESSIONS, target)
            return
        source = object_names.content(claim_id, arrival_id)
        is_moved = await self._backend.move(Area.SESSIONS, source, target)
        if is_moved:
            return
        if await self._backend.read(Area.SESSIONS, target, 0, 1) is None:
            raise SessionCorrupt(
                f"{object_names.entry(claim_id, arrival_id)}: its document's content is not there"
            )

    async def _keep_version(self, key: str, *, unless: str | None) -> None:
        """Move a document aside, unless it is the one that is being filed: a crash came after the move."""
        stored = await self._backend.open_stream(Area.SESSIONS, key)
        if stored is None:
            return
        digest = sha256()
        async for piece in self._sealer.open_document(key, stored):
            digest.update(piece)
        if digest.hexdigest() != unless:
            await self._backend.move(Area.SESSIONS, key, object_names.version(key, digest.hexdigest()))

    async def clear(self, claim_id: str, arrival_ids: Sequence[str]) -> None:
        """Remove entries that were taken up, with what is left of their content; safe to repeat.

        An entry goes after its contents, which only it tells of: its parts' ids sort behind its own.
        """
        newest_first = sorted(arrival_ids, reverse=True)
        names = [
            (object_names.content(claim_id, one), object_names.entry(claim_id, one)) for one in newest_first
        ]
        await self._backend.delete_all(Area.SESSIONS, [name for pair in names for name in pair])

    # Last, since within the class `list` means this from here on.
    async def list(self, claim_id: str) -> list[str]:
        """Ids of what waits in the inbox, oldest first."""
        found = await self._backend.list(Area.SESSIONS, object_names.inbox(claim_id))
        return [waiting.id for waiting in waiting_in(found)]
