"""Where claims' sessions live. `open_local_store` is the way in; store.py says what is promised."""

from pathlib import Path

from shared.session_store.backend import Page
from shared.session_store.inbox import InboxEntry, parts_of
from shared.session_store.listing import Order, Period, SummaryFilter
from shared.session_store.local.backend import LocalBackend, TemporaryBackend
from shared.session_store.local.links import SignedLinks
from shared.session_store.sealing import Sealer
from shared.session_store.store import Session, SessionStore

__all__ = [
    "InboxEntry",
    "Order",
    "Page",
    "Period",
    "Sealer",
    "Session",
    "SessionStore",
    "SignedLinks",
    "SummaryFilter",
    "open_local_store",
    "parts_of",
]

KEEP_NOTHING = ":memory:"


def open_local_store(
    path: Path | str,
    *,
    session_container: str = "sessions",
    upload_container: str = "uploads",
    sealer: Sealer | None = None,
    links: SignedLinks | None = None,
) -> SessionStore:
    """A store on a directory; `:memory:` is one that keeps nothing once it is closed."""
    backend = (
        TemporaryBackend(session_container=session_container, upload_container=upload_container)
        if str(path) == KEEP_NOTHING
        else LocalBackend(
            Path(path), session_container=session_container, upload_container=upload_container, links=links
        )
    )
    return SessionStore(backend, sealer)
