"""The inbox of a claim: items that arrived and are not processed yet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError
from ulid import ULID

from shared.errors import SessionCorrupt
from shared.models.inbox import DocumentItem, InboxItem, ItemBundle, NoteItem
from shared.session_store import object_names
from shared.session_store.backend import Area, Entry, Objects
from shared.session_store.object_names import CONTENT_SUFFIX, ENTRY_SUFFIX
from shared.session_store.sealing import Sealer
from shared.session_store.streams import Content
from shared.session_store.validation_text import faults

_ITEM = TypeAdapter[InboxItem](InboxItem)

type ItemWithContent = tuple[DocumentItem | NoteItem, Content | None]
"""An item that a request brings, with the content of a document."""


@dataclass(frozen=True)
class InboxEntry:
    """An entry of an inbox."""

    id: str
    stored: bytes | None = field(default=None, repr=False)
    """The stored entry, where the list of the inbox brought it along."""
    contents: int = 0
    """How many documents' contents lie beside it."""


def entries_in(objects: Sequence[Entry]) -> Sequence[InboxEntry]:
    """The entries of an inbox, oldest first, that its objects make."""
    names = {one.key.rpartition("/")[2]: one for one in objects}
    entries = {
        name.removesuffix(ENTRY_SUFFIX): one for name, one in names.items() if name.endswith(ENTRY_SUFFIX)
    }
    contents = Counter(
        part if part in entries else part.rpartition("-")[0]
        for part in (name.removesuffix(CONTENT_SUFFIX) for name in names if name.endswith(CONTENT_SUFFIX))
    )
    return [InboxEntry(id, entries[id].content, contents[id]) for id in sorted(entries)]


def parts_of(entry_id: str, item: InboxItem) -> list[tuple[str, InboxItem]]:
    """The items of an inbox entry, each with an id of its own: the item itself, or those of a bundle."""
    if not isinstance(item, ItemBundle):
        return [(entry_id, item)]
    return [(f"{entry_id}-{number:03d}", part) for number, part in enumerate(item.arrivals)]


class Inbox:
    """The inboxes of claims.

    The content of a document is stored before its entry: only with the entry does the item count.
    """

    def __init__(self, objects: Objects, sealer: Sealer) -> None:
        self._objects = objects
        self._sealer = sealer

    async def put(
        self, claim_id: str, item: InboxItem, content: Content | None = None, entry_id: str | None = None
    ) -> str:
        """Leave an item for the claim's workflow to process, and return the id of its entry.

        `content` is that of a document. New ids sort by the time at which they were made; the same
        `entry_id` again writes the same entry, so that a retry arrives once.

        Raises:
            ValueError: the id cannot name an entry, or the item can have no content.
        """
        if content is not None and not isinstance(item, DocumentItem):
            raise ValueError("only a document has content")
        return await self._put(claim_id, entry_id, item, [content])

    async def put_all(
        self, claim_id: str, items: Sequence[ItemWithContent], entry_id: str | None = None
    ) -> str:
        """Leave all items of one request as one entry, so that nobody ever finds a part of them only.

        The same `entry_id` again writes the same entry.

        Raises:
            ValueError: as `put`, or there are no items.
        """
        if not items:
            raise ValueError("there are no items")
        if len(items) == 1:
            return await self.put(claim_id, *items[0], entry_id)
        bundle = ItemBundle(arrivals=[item for item, _ in items])
        return await self._put(claim_id, entry_id, bundle, [content for _, content in items])

    async def _put(
        self, claim_id: str, entry_id: str | None, item: InboxItem, contents: Sequence[Content | None]
    ) -> str:
        """Put the contents of the item's parts, then the entry, which is the commit of them all."""
        entry_id = entry_id or str(ULID())
        for (part_id, _), content in zip(parts_of(entry_id, item), contents, strict=True):
            if content is not None:
                name = object_names.content(claim_id, part_id)
                sealed = self._sealer.seal_document(name, content)
                await self._objects.write_stream(Area.SESSIONS, name, sealed)
        name = object_names.entry(claim_id, entry_id)
        data = await self._sealer.seal(name, _ITEM.dump_json(item, indent=2))
        await self._objects.write(Area.SESSIONS, name, data, listed=True)
        return entry_id

    async def read(self, claim_id: str, entry: InboxEntry) -> InboxItem:
        """The item of an entry.

        Raises:
            SessionCorrupt: the entry is damaged or gone.
        """
        name, data = object_names.entry(claim_id, entry.id), entry.stored
        if data is None:
            data = await self._objects.read(Area.SESSIONS, name)
        if data is None:
            raise SessionCorrupt(f"{name}: not there")
        try:
            return _ITEM.validate_json(await self._sealer.open(name, data))
        except ValidationError as error:
            raise SessionCorrupt(f"{name}: {faults(error)}") from None

    async def clear(self, claim_id: str, entry_ids: Sequence[str]) -> None:
        """Remove entries that were processed, with what is left of their content; safe to repeat.

        `entry_ids` include those of a bundle's parts. An entry is removed after its contents, which nothing
        else names: the ids of its parts sort behind its own.
        """
        both = (object_names.content, object_names.entry)
        keys = [key(claim_id, one) for one in sorted(entry_ids, reverse=True) for key in both]
        await self._objects.delete(Area.SESSIONS, *keys)

    # Last, since within the class `list` means this from here on.
    async def list(self, claim_id: str) -> list[str]:
        """The ids of the inbox entries, oldest first."""
        found = await self._objects.list(Area.SESSIONS, object_names.inbox(claim_id))
        return [entry.id for entry in entries_in(found)]
