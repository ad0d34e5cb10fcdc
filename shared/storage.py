"""The process's one session store, opened at the first use."""

from functools import lru_cache

from shared.errors import SettingsError
from shared.session_store import SessionStore, open_local_store
from shared.settings import Settings, settings


@lru_cache(maxsize=1)
def session_store() -> SessionStore:
    """The store that the settings name."""
    return open_store(settings())


def open_store(chosen: Settings) -> SessionStore:
    """A store of the caller's own, who closes it."""
    if chosen.storage_path is None:
        raise SettingsError("SessionStorage__path: must be set")
    return open_local_store(
        chosen.storage_path,
        session_container=chosen.session_container,
        upload_container=chosen.upload_container,
    )
