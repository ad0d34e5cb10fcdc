"""Commits in a directory: a context is replaced by renaming, under the claim's lock."""

from collections.abc import Sequence

from shared.errors import SessionCorrupt
from shared.session_store import object_names
from shared.session_store.backend import Append, Area, PreconditionFailed, Snapshot
from shared.session_store.local import files
from shared.session_store.local.directory import Directory
from shared.session_store.local.objects import LocalObjects
from shared.session_store.object_names import LogName


class LocalCommits:
    """The `CommitLog` of a directory."""

    def __init__(self, directory: Directory, objects: LocalObjects) -> None:
        self._directory = directory
        self._objects = objects

    async def exists(self, claim_id: str) -> bool:
        """Whether the claim has a context."""
        return await self._objects.exists(Area.SESSIONS, object_names.context(claim_id))

    async def read_context(self, claim_id: str) -> tuple[bytes, str] | None:
        """The context with the SHA-256 of its bytes for a tag; None where there is none."""
        data = await self._objects.read(Area.SESSIONS, object_names.context(claim_id))
        return None if data is None else (data, files.tag_of(data))

    async def read_log(self, claim_id: str, name: LogName, end: int) -> bytes:
        """The first bytes of a log."""
        return files.read(self._directory.path(Area.SESSIONS, object_names.log(claim_id, name)), end) or b""

    async def snapshot(self, claim_id: str) -> Snapshot:
        """The tag of the context, read before the inbox is listed."""
        found = await self.read_context(claim_id)
        inbox = await self._objects.list(Area.SESSIONS, object_names.inbox(claim_id))
        return Snapshot(found and found[1], inbox)

    async def commit(
        self, claim_id: str, *, expected: str | None, appends: Sequence[Append], context: bytes
    ) -> str:
        """Append to the logs, then replace the context, under the lock of the claim.

        Raises:
            PreconditionFailed: the stored context is not the expected one.
            SessionCorrupt: a log is shorter than what was committed of it.
        """
        folder = self._directory.path(Area.SESSIONS, claim_id)
        path = f"{folder}/{object_names.CONTEXT}"

        def commit() -> None:
            current = files.read(path)
            if (None if current is None else files.tag_of(current)) != expected:
                raise PreconditionFailed(f"{claim_id}/{object_names.CONTEXT} is not the one that was read")
            if current is None:
                files.make_folder(folder)
            for append in appends:
                try:
                    files.append_at(f"{folder}/{append.name}", append.at, append.lines)
                except EOFError as error:
                    raise SessionCorrupt(f"{claim_id}/{error}") from None
            files.write_whole(path, context)

        await self._directory.change(claim_id, commit)
        return files.tag_of(context)
