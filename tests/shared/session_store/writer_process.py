"""What processes of their own do to a shared session, until they are done or killed."""

import asyncio
from multiprocessing.connection import Connection

from shared.session_store import open_local_store
from tests.shared.session_store.samples import add_until_saved, load, said


def save_for_ever(root: str, acknowledge: Connection) -> None:
    """Save one message after the other, each with its revision; tell of each once it is saved."""

    async def work() -> None:
        store = open_local_store(root)
        session = await load(store)
        while True:
            session = await store.save_session(session, [said(f"revision {session.context.revision + 1}")])
            acknowledge.send(session.context.revision)

    asyncio.run(work())


def add_messages(root: str, texts: list[str]) -> None:
    async def work() -> None:
        store = open_local_store(root)
        for text in texts:
            await add_until_saved(store, text)

    asyncio.run(work())
