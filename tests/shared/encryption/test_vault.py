"""Sessions encrypted by a key of a key vault, which is asked over its own protocol."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.encryption.keyring import ConfiguredKeys, DataKey
from shared.encryption.vault import VaultKeys
from shared.errors import KeyMissing, SettingsError
from shared.models.inbox import Nudge
from shared.session_store import Sealer, SessionStore, open_local_store
from tests.shared.encryption.vault_server import AppCredential, VaultServer
from tests.shared.session_store.samples import load, message, new_context, texts


class Processes:
    """Opens stores on one folder as processes of their own would: nothing is shared but the vault."""

    def __init__(self, folder: Path, vault: VaultServer) -> None:
        self.folder = folder
        self.vault = vault
        self.credentials: list[AppCredential] = []
        self._stores: list[SessionStore] = []

    def start(self, *key_ids: str) -> SessionStore:
        keys = VaultKeys(
            key_ids or (f"{self.vault.url}/keys/claims",),
            self._credential,
            connection_verify=str(self.vault.certificate),
            verify_challenge_resource=False,
            retry_total=0,
        )
        self._stores.append(open_local_store(self.folder, sealer=Sealer(keys)))
        return self._stores[-1]

    def context(self) -> dict[str, str]:
        return json.loads((self.folder / "sessions/CLM-1/context.json").read_bytes())

    def _credential(self) -> AppCredential:
        self.credentials.append(AppCredential())
        return self.credentials[-1]

    async def stop(self) -> None:
        for store in self._stores:
            await store.close()


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[VaultServer]:
    async with VaultServer(tmp_path).running() as server:
        server.rotate("claims")
        yield server


@pytest.fixture
async def processes(tmp_path: Path, vault: VaultServer) -> AsyncIterator[Processes]:
    processes = Processes(tmp_path / "data", vault)
    yield processes
    await processes.stop()
    assert all(credential.is_closed for credential in processes.credentials)


async def test_what_one_process_has_written_another_one_reads_and_continues(processes: Processes) -> None:
    writer, reader = processes.start(), processes.start()
    await writer.save_session(new_context(), [message("one")])
    await writer.handoffs.put("CLM-1", {"payout": 1})

    session = await reader.save_session(await load(reader), [message("two")])

    assert await texts(reader, session) == ["one", "two"]
    assert await reader.handoffs.read("CLM-1") == {"payout": 1}
    assert await texts(writer, await load(writer)) == ["one", "two"]


async def test_the_vault_is_asked_once_for_each_key(processes: Processes, vault: VaultServer) -> None:
    writer, reader = processes.start(), processes.start()
    for number in range(5):
        await writer.save_session(new_context(f"CLM-{number}"), [message("one")])
    for number in range(5):
        await load(reader, f"CLM-{number}")

    assert vault.calls.count("unwrapkey") == 1
    assert len(vault.calls) <= 3  # the public key is fetched, and wraps here


async def test_each_process_has_a_data_key_of_its_own(processes: Processes) -> None:
    wrapped: set[str] = set()
    for _ in range(2):
        store = processes.start()
        await store.inbox.put("CLM-1", Nudge(), entry_id="a")
        entry = json.loads((processes.folder / "sessions/CLM-1/inbox/a.json").read_bytes())
        wrapped.add(entry["wrapped"])

    assert len(wrapped) == 2


async def test_after_a_rotation_in_the_vault_old_sessions_are_read_and_the_new_version_writes(
    processes: Processes, vault: VaultServer
) -> None:
    await processes.start().save_session(new_context(), [message("before")])
    second = vault.rotate("claims")

    store = processes.start()
    session = await store.save_session(await load(store), [message("after")])

    assert await texts(store, session) == ["before", "after"]
    assert processes.context()["key"] == second


async def test_a_session_moves_from_one_key_of_a_vault_to_another(
    processes: Processes, vault: VaultServer
) -> None:
    await processes.start().save_session(new_context(), [message("before")])
    moved = vault.rotate("moved")

    both = processes.start(moved, f"{vault.url}/keys/claims")
    await both.save_session(await load(both), [message("after")])
    only = processes.start(moved)

    assert await texts(only, await load(only)) == ["before", "after"]


async def test_a_version_that_is_named_is_the_one_that_writes(
    processes: Processes, vault: VaultServer
) -> None:
    first = f"{vault.url}/keys/claims/{0:032x}"
    vault.rotate("claims")

    await processes.start(first).save_session(new_context())

    assert processes.context()["key"] == first


async def test_wrapping_works_without_the_right_to_get_keys_where_the_version_is_named(
    processes: Processes, vault: VaultServer
) -> None:
    vault.may_get_keys = False

    await processes.start(f"{vault.url}/keys/claims/{0:032x}").save_session(new_context(), [message("one")])
    reader = processes.start()
    assert await texts(reader, await load(reader)) == ["one"]
    with pytest.raises(SettingsError, match=r"^SESSION_ENCRYPTION_KEY_ID: the version of .* is unknown"):
        await processes.start().save_session(new_context("CLM-2"))


async def test_the_vault_that_stored_data_names_is_not_asked_unless_the_setting_names_it(
    processes: Processes, vault: VaultServer
) -> None:
    await processes.start().save_session(new_context())
    vault.rotate("other")
    vault.calls.clear()

    for key_id in (f"{vault.url}/keys/other", "https://elsewhere.vault.azure.net/keys/claims"):
        with pytest.raises(KeyMissing, match=rf"context.json: encrypted by key {vault.url}/keys/claims/0"):
            await processes.start(key_id).load_session("CLM-1")

    assert vault.calls == []


async def test_a_wrapped_key_that_was_changed_is_told(processes: Processes) -> None:
    await processes.start().save_session(new_context())
    path = processes.folder / "sessions/CLM-1/context.json"
    stored = path.read_text()
    wrapped = processes.context()["wrapped"]
    forged = base64.b64encode(bytes(256)).decode()
    path.write_text(stored.replace(wrapped, forged))

    with pytest.raises(KeyMissing, match=r"CLM-1/context\.json: key .* does not unwrap"):
        await processes.start().load_session("CLM-1")


async def test_the_setting_that_is_missing_is_named(processes: Processes) -> None:
    await processes.start().save_session(new_context("CLM-1"))
    configured = open_local_store(
        processes.folder, sealer=Sealer(ConfiguredKeys([DataKey("first", bytes(32))]))
    )
    await configured.save_session(new_context("CLM-2"))

    for store in (configured, open_local_store(processes.folder)):
        with pytest.raises(KeyMissing, match="set SESSION_ENCRYPTION_KEY_ID"):
            await store.load_session("CLM-1")
    with pytest.raises(KeyMissing, match="key first; set SESSION_ENCRYPTION_KEY to it"):
        await processes.start().load_session("CLM-2")


async def test_a_store_may_be_used_on_several_event_loops(processes: Processes) -> None:
    for claim_id in ("CLM-1", "CLM-2"):
        await processes.start().save_session(new_context(claim_id), [message("one")])
    store = processes.start()

    async def read_elsewhere() -> list[str]:
        read = await texts(store, await load(store, "CLM-2"))
        await store.close()
        return read

    assert await texts(store, await load(store)) == ["one"]
    assert await asyncio.to_thread(asyncio.run, read_elsewhere()) == ["one"]
