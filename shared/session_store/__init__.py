"""Where claims' sessions are kept: open a store by `open_local_store`, or from the settings by `opening`."""

from pathlib import Path

from shared.session_store.backend import Containers, UploadLinks
from shared.session_store.inbox import InboxEntry, parts_of
from shared.session_store.listing import Order, Page, Period, SummaryFilter
from shared.session_store.local.backend import LocalBackend, TemporaryBackend
from shared.session_store.sealing import Sealer
from shared.session_store.sessions import Session
from shared.session_store.store import SessionStore

__all__ = [
    "Containers",
    "InboxEntry",
    "Order",
    "Page",
    "Period",
    "Sealer",
    "Session",
    "SessionStore",
    "SummaryFilter",
    "open_local_store",
    "parts_of",
]

KEEP_NOTHING = ":memory:"
"""The path of a store that keeps nothing."""


def open_local_store(
    path: Path | str,
    containers: Containers | None = None,
    *,
    sealer: Sealer | None = None,
    upload_links: UploadLinks | None = None,
    secret: bytes | None = None,
) -> SessionStore:
    """A store in a directory; `:memory:` is a store that keeps nothing once it is closed."""
    if str(path) == KEEP_NOTHING:
        return SessionStore(TemporaryBackend(), sealer, secret=secret)
    return SessionStore(
        LocalBackend(Path(path), containers, upload_links=upload_links), sealer, secret=secret
    )
