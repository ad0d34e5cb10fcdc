"""Everything that is kept of a claim, as one zip."""

import asyncio
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from shared.errors import TooLarge
from shared.session_store import SessionStore


async def write_export(store: SessionStore, claim_id: str, file: BinaryIO, most: int | None = None) -> bool:
    """Write what is kept of a claim, in the clear, one object in memory at a time.

    Args:
        most: bytes that may be written of it, before they are compressed; without it, all there are.

    Returns:
        Whether anything is kept.

    Raises:
        TooLarge: it is more than `most`.
        KeyMissing: a piece is encrypted by a key that is not configured here.
    """
    size = 0
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        async for name, content in store.everything(claim_id):
            size += len(content)
            if most is not None and size > most:
                raise TooLarge(
                    f"{claim_id} has more than the {most} bytes that fit into one answer;"
                    " the command `export`, given the storage in place of an address, writes all of it"
                )
            await asyncio.to_thread(archive.writestr, name, content)
        return bool(archive.namelist())
