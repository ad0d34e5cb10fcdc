"""Processes that share a store, and such as are killed."""

import random
import time
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from uuid import uuid4

import pytest

from tests.shared.session_store.samples import load, new_context, texts
from tests.shared.session_store.writer_process import Where, add_messages, open_store, save_for_ever

KILLS = 200


@pytest.fixture(params=["local", "blob"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    if request.param == "local":
        return str(tmp_path), ""
    return request.getfixturevalue("storage_account"), uuid4().hex[:12]


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.shared.session_store.writer_process"])
    return context


async def test_a_killed_writer_leaves_what_it_acknowledged(
    where: Where, processes: ForkServerContext
) -> None:
    store = open_store(where)
    await store.save_session(new_context())
    chance = random.Random(7)  # noqa: S311 -- moments, not secrets

    for _ in range(KILLS):
        acknowledged, acknowledge = processes.Pipe(duplex=False)
        writer = processes.Process(target=save_for_ever, args=(where, acknowledge))
        writer.start()
        acknowledge.close()
        last = acknowledged.recv()
        time.sleep(chance.uniform(0, 0.03))  # noqa: ASYNC251 -- nothing else runs here
        writer.kill()
        writer.join()
        while True:
            try:
                last = acknowledged.recv()
            except EOFError:
                break

        session = await load(store)
        assert session.context.revision >= last
        assert await texts(store, session) == [
            f"revision {n}" for n in range(2, session.context.revision + 1)
        ]
    assert (await load(store)).context.revision > KILLS
    await store.close()


async def test_writers_in_several_processes_lose_no_message(
    where: Where, processes: ForkServerContext
) -> None:
    store = open_store(where)
    await store.save_session(new_context())
    written = [[f"writer {writer}, message {n}" for n in range(15)] for writer in range(3)]
    writers = [processes.Process(target=add_messages, args=(where, part)) for part in written]

    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert sorted(await texts(store, await load(store))) == sorted(text for part in written for text in part)
    await store.close()
