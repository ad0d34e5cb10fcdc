"""What processes of their own do to a shared session, until they are done or killed."""

import asyncio
from multiprocessing.connection import Connection

from shared.session_store import SessionStore, open_local_store
from tests.shared.session_store.conftest import blob_backend
from tests.shared.session_store.samples import add_until_saved, load, message

type Where = tuple[str, str]
"""A folder, and nothing; or the connection string of an account, and the mark of its containers."""


def open_store(where: Where) -> SessionStore:
    place, mark = where
    return SessionStore(blob_backend(place, mark, grace=0.2)) if mark else open_local_store(place)


def save_for_ever(where: Where, acknowledge: Connection) -> None:
    """Save one message after the other, each with its revision; tell of each once it is saved."""

    async def work() -> None:
        store = open_store(where)
        session = await load(store)
        while True:
            session = await store.save_session(session, [message(f"revision {session.context.revision + 1}")])
            acknowledge.send(session.context.revision)

    asyncio.run(work())


def add_messages(where: Where, texts: list[str]) -> None:
    async def work() -> None:
        store = open_store(where)
        for text in texts:
            await add_until_saved(store, text)
        await store.close()

    asyncio.run(work())
