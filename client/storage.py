"""The storage of an app, for commands that work on it directly."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from client.config import DEFAULT_DATA
from client.connection import Target
from client.errors import HostError, InputError

if TYPE_CHECKING:
    from shared.session_store import SessionStore
    from shared.settings import Settings

_ROOT = Path(__file__).resolve().parent.parent


def check_is_storage(target: Target, command: str) -> None:
    """
    Raises:
        InputError: the target is an address.
    """
    if target.url is not None:
        raise InputError(
            f"{command} works on storage, not through an address: leave out --url and CLAIMS_URL,"
            " and let --data or SessionStorage name the storage of that app"
        )


@asynccontextmanager
async def storage(target: Target) -> "AsyncGenerator[tuple[SessionStore, Settings]]":
    """The store that the target's data folder and the settings name, and the settings.

    Raises:
        HostError: local.settings.json or a setting is wrong, or what is stored cannot be read.
    """
    from devhost.config import local_settings
    from devhost.errors import HostError as BadSettings
    from shared.errors import SessionCorrupt, SettingsError
    from shared.session_store.opening import open_store
    from shared.settings import Settings

    try:
        settings = Settings.load(local_settings(_ROOT, target.data or DEFAULT_DATA, os.environ))
        store = open_store(settings)
    except (BadSettings, SettingsError) as error:
        raise HostError(str(error)) from None
    try:
        yield store, settings
    except SessionCorrupt as error:
        raise HostError(str(error)) from None
    finally:
        await store.close()
