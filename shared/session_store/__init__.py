"""Where claims' sessions are kept: open a store by `open_local_store`, or from the settings by `opening`."""

from pathlib import Path

from shared.session_store.backend import UploadLinks
from shared.session_store.inbox import InboxEntry, parts_of
from shared.session_store.listing import Order, Page, Period, SummaryFilter
from shared.session_store.local.backend import LocalBackend, TemporaryBackend
from shared.session_store.sealing import Sealer
from shared.session_store.sessions import Session
from shared.session_store.store import SessionStore

__all__ = [
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
    *,
    session_container: str = "sessions",
    upload_container: str = "uploads",
    sealer: Sealer | None = None,
    upload_links: UploadLinks | None = None,
) -> SessionStore:
    """A store in a directory; `:memory:` is a store that keeps nothing once it is closed."""
    backend = (
        TemporaryBackend(session_container=session_container, upload_container=upload_container)
        if str(path) == KEEP_NOTHING
        else LocalBackend(
            Path(path),
            session_container=session_container,
            upload_container=upload_container,
            upload_links=upload_links,
        )
    )
    return SessionStore(backend, sealer)
