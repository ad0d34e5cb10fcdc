"""Files that people and systems drop beside the app, before they are documents of a claim."""

from datetime import datetime

from ulid import ULID

from shared.names import check_claim_id, check_slug
from shared.session_store import object_names
from shared.session_store.backend import Area, Objects, UploadLinks


class Uploads:
    """Uploads by their keys, `<claim_id>/<document_type>/<file_name>` or `<claim_id>/<file_name>`."""

    def __init__(self, objects: Objects, links: UploadLinks | None) -> None:
        self._objects = objects
        self._links = links

    async def link(self, claim_id: str, document_type: str, until: datetime) -> str | None:
        """A URL by which one document of the claim can be uploaded; None where the storage offers none.

        Raises:
            ValueError: the claim id or the document type is none.
        """
        key = f"{check_claim_id(claim_id)}/{check_slug(document_type)}/{document_type}-{ULID()}"
        return await self._links.link(key, until) if self._links else None

    async def reject(self, upload_key: str, data: bytes, reason: str) -> None:
        """Keep a refused upload with the reason; the upload itself stays until it is deleted."""
        name = object_names.rejected(upload_key)
        await self._objects.write(Area.REJECTED, name, data, reason=reason)

    async def delete(self, upload_key: str) -> None:
        """Remove an upload; nothing happens where there is none."""
        await self._objects.delete(Area.UPLOADS, upload_key)
