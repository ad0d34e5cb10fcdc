"""A backend in a local directory, and one that keeps nothing."""

import asyncio
import tempfile
from pathlib import Path

from shared.session_store.backend import CommitLog, Containers, Objects, Summaries, UploadLinks
from shared.session_store.local.commits import LocalCommits
from shared.session_store.local.directory import Directory
from shared.session_store.local.objects import LocalObjects
from shared.session_store.local.summaries import LocalLimits, LocalSummaries


class LocalBackend:
    """A `Backend` in a directory that one or more processes of one machine share."""

    def __init__(
        self,
        root: Path,
        containers: Containers | None = None,
        *,
        upload_links: UploadLinks | None = None,
        limits: LocalLimits | None = None,
    ) -> None:
        self.root = root
        self._directory = directory = Directory(root, containers or Containers())
        objects = LocalObjects(directory)
        self.objects: Objects = objects
        self.commits: CommitLog = LocalCommits(directory, objects)
        self.summaries: Summaries = LocalSummaries(directory, limits or LocalLimits())
        self.upload_links = upload_links

    async def close(self) -> None:
        """Close the lock files."""
        self._directory.close()


class TemporaryBackend(LocalBackend):
    """A `LocalBackend` that keeps nothing: its directory is removed when it is closed."""

    def __init__(self, limits: LocalLimits | None = None) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="claims-")
        super().__init__(Path(self._temporary.name), limits=limits)

    async def close(self) -> None:
        """Remove the directory."""
        await super().close()
        await asyncio.to_thread(self._temporary.cleanup)
