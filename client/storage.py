"""The client's one door to the storage of an app, for commands that work without a host.

Each function opens the store that the settings name, or that lies on the data folder where they name none.
Each raises HostError: local.settings.json or a setting is wrong, or what is stored cannot be read.
"""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from client.config import DEFAULT_DATA
from client.errors import HostError, InputError
from devhost.config import local_settings
from devhost.errors import HostError as BadLocalSettings
from shared.errors import SessionCorrupt, SettingsError
from shared.session_store import SessionStore, importing
from shared.session_store.opening import open_store
from shared.settings import Settings
from shared.webhook import NotDelivered, Target

_ROOT = Path(__file__).resolve().parent.parent


async def import_sessions(data: Path | None, folder: Path) -> dict[str, Any]:
    """Take over the sessions of the original project in `folder`.

    Returns:
        The claim ids that are `imported` and `unchanged`, and what is `damaged`, by name and reason.
    """
    async with _store(data) as (store, _):
        return asdict(await importing.import_sessions(store, folder))


async def export(data: Path | None, claim_id: str, file: Path) -> bool:
    """Write everything that is kept of a claim into a zip; return whether anything is kept."""
    async with _store(data) as (store, _):
        with file.open("wb") as opened:
            return await store.exports.write_zip(claim_id, opened)


async def dead_letters(data: Path | None) -> list[dict[str, Any]]:
    """The events of all claims that could not be delivered, as JSON objects."""
    async with _store(data) as (store, _):
        return [letter.model_dump(mode="json") for letter in await store.deliveries.dead_letters()]


async def resend(data: Path | None, claim_id: str | None) -> tuple[list[str], dict[str, str]]:
    """Send the dead letters of a claim, or of all, once more; what is taken is no dead letter any more.

    Returns:
        The ids of what was taken, and by claim why the first event that was not taken was not.

    Raises:
        InputError: no webhook is set.
    """
    sent: list[str] = []
    failed: dict[str, str] = {}
    async with _store(data) as (store, settings):
        webhook = Target.of(settings)
        if webhook is None:
            raise InputError("there is no webhook: set WEBHOOK_URL and WEBHOOK_SECRET as the app has them")
        for letter in await store.deliveries.dead_letters(claim_id):
            if letter.claim_id in failed:
                continue
            try:
                await webhook.post(letter)
            except NotDelivered as error:
                failed[letter.claim_id] = str(error)
            else:
                await store.deliveries.delete_dead_letter(letter)
                sent.append(letter.id)
    return sent, failed


@asynccontextmanager
async def _store(data: Path | None) -> AsyncGenerator[tuple[SessionStore, Settings]]:
    try:
        settings = Settings.load(local_settings(_ROOT, data or DEFAULT_DATA, os.environ))
        store = open_store(settings)
    except (BadLocalSettings, SettingsError) as error:
        raise HostError(str(error)) from None
    try:
        yield store, settings
    except SessionCorrupt as error:
        raise HostError(str(error)) from None
    finally:
        await store.close()
