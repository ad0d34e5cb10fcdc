"""Everything that is kept of a claim, in the clear."""

import asyncio
from collections.abc import AsyncIterator
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from shared.errors import KeyMissing, SessionCorrupt, TooLarge
from shared.names import check_claim_id
from shared.session_store import object_names
from shared.session_store.audit_log import AuditLog
from shared.session_store.backend import CLAIM_AREAS, Area, Objects
from shared.session_store.history import History
from shared.session_store.object_names import LogName
from shared.session_store.sealing import Sealer
from shared.session_store.sessions import Sessions
from shared.session_store.streams import pieces, whole


class Exports:
    """Exports of single claims."""

    def __init__(
        self, objects: Objects, sealer: Sealer, sessions: Sessions, history: History, audit: AuditLog
    ) -> None:
        self._objects = objects
        self._sealer = sealer
        self._sessions = sessions
        self._history = history
        self._audit = audit

    async def write_zip(self, claim_id: str, file: BinaryIO, at_most: int | None = None) -> bool:
        """Write all that is kept of a claim as a zip, with one object in memory at a time.

        Args:
            claim_id: The claim.
            file: Where the zip is written.
            at_most: Bytes that may be written of it, counted before compression; None for any number.

        Returns:
            Whether anything is kept.

        Raises:
            TooLarge: it is more than `at_most`.
            KeyMissing: a piece is encrypted by a key that is not configured here.
        """
        size = 0
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            async for name, content in self.everything(claim_id):
                size += len(content)
                if at_most is not None and size > at_most:
                    raise TooLarge(
                        f"{claim_id} has more than the {at_most} bytes that fit into one answer;"
                        " the command `export`, given the storage in place of an address, writes all of it"
                    )
                await asyncio.to_thread(archive.writestr, name, content)
            return bool(archive.namelist())

    async def everything(self, claim_id: str) -> AsyncIterator[tuple[str, bytes]]:
        """All that is kept of a claim, object by object: area and key, and the content in the clear.

        The content of a damaged object comes as it is stored.

        Raises:
            KeyMissing: a piece is encrypted by a key that is not configured here.
        """
        check_claim_id(claim_id)
        for area in CLAIM_AREAS:
            for entry in await self._objects.list(area, claim_id):
                stored = await self._objects.read(area, entry.key)
                if stored is not None and not entry.key.rpartition("/")[2].startswith("."):
                    content = stored if area is not Area.SESSIONS else await self._opened(entry.key, stored)
                    yield f"{area}/{entry.key}", content

    async def _opened(self, name: str, stored: bytes) -> bytes:
        claim_id, _, within = name.partition("/")
        try:
            match within.partition("/")[0]:
                case object_names.SUMMARY:
                    return stored
                case object_names.CONTEXT:
                    return (await self._sealer.open_context(name, stored))[0]
                case object_names.HISTORY | object_names.AUDIT as log:
                    return await self._opened_log(claim_id, log) or stored
                case folder if folder == object_names.DOCUMENTS or within.endswith(
                    object_names.CONTENT_SUFFIX
                ):
                    return await whole(self._sealer.open_document(name, pieces(stored)))
                case _:
                    return await self._sealer.open(name, stored)
        except KeyMissing:
            raise
        except SessionCorrupt:
            return stored

    async def _opened_log(self, claim_id: str, name: LogName) -> bytes | None:
        session = await self._sessions.load(claim_id)
        if session is None:
            return None
        if name == object_names.HISTORY:
            return await self._history.read_lines(session)
        lines = await self._audit.read_lines(session)
        return None if None in lines else b"".join(line + b"\n" for line in lines if line)
