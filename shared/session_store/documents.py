"""The documents of a claim that are on file."""

from collections.abc import AsyncGenerator
from hashlib import sha256

from shared.errors import SessionCorrupt
from shared.models.claim import ClaimContext, DocumentRecord
from shared.session_store import object_names
from shared.session_store.backend import Area, Objects
from shared.session_store.sealing import Sealer
from shared.session_store.streams import whole

WORTH_COOLING = 128 * 1024
"""Bytes of a document from which on a year in the cool tier saves more than moving it there costs."""


class Documents:
    """The contents of documents by their records."""

    def __init__(self, objects: Objects, sealer: Sealer) -> None:
        self._objects = objects
        self._sealer = sealer

    async def read(self, claim_id: str, document: DocumentRecord) -> bytes | None:
        """A document's content; None for a reference, or where the content is gone.

        Raises:
            SessionCorrupt: it is not the one that was recorded, or not sealed as the settings ask.
            KeyMissing: it is encrypted by a key that is not configured here.
        """
        opened = await self.open(claim_id, document)
        return None if opened is None else await whole(opened)

    async def open(self, claim_id: str, document: DocumentRecord) -> AsyncGenerator[bytes] | None:
        """What `read` returns, piece by piece; content that ends in an error is not the document."""
        name = object_names.document(claim_id, document)
        stored = await self._objects.open_stream(Area.SESSIONS, name)
        return None if stored is None else self._sealer.open_document(name, stored, document.sha256)

    async def file(
        self, claim_id: str, entry_id: str, document: DocumentRecord, replaces: DocumentRecord | None
    ) -> None:
        """Move a document's content from the inbox to its place on file; safe to repeat.

        The content of another document of the same name, which it replaces, is kept under `versions/`.

        Raises:
            SessionCorrupt: the content is neither in the inbox nor on file.
        """
        target = object_names.document(claim_id, document)
        if replaces is not None:
            await self._keep_version(target, unless=document.sha256)
        if document.sha256 is None:
            await self._objects.delete(Area.SESSIONS, target)
            return
        source = object_names.content(claim_id, entry_id)
        is_moved = await self._objects.move(Area.SESSIONS, source, target)
        if not is_moved and not await self._objects.exists(Area.SESSIONS, target):
            entry = object_names.entry(claim_id, entry_id)
            raise SessionCorrupt(f"{entry}: its document's content is not there")

    async def _keep_version(self, key: str, *, unless: str | None) -> None:
        """Move a document aside, unless it is the one that is being filed: a crash came after the move."""
        stored = await self._objects.open_stream(Area.SESSIONS, key)
        if stored is None:
            return
        digest = sha256()
        async for piece in self._sealer.open_document(key, stored):
            digest.update(piece)
        if digest.hexdigest() != unless:
            await self._objects.move(Area.SESSIONS, key, object_names.version(key, digest.hexdigest()))

    async def cool(self, context: ClaimContext) -> None:
        """Move an archived claim's documents to cheaper storage, where there is such storage.

        A failure is not raised: it costs a little, and nothing is lost.
        """
        names = [
            object_names.document(context.claim_id, document)
            for document in context.documents
            if document.sha256 and (document.size or 0) >= WORTH_COOLING
        ]
        if names:
            await self._objects.cool(Area.SESSIONS, *names)
