"""What a local save takes, against the plain way: three files, each written anew and brought to the disk."""

import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bench.in_process import app_on, submit
from bench.running import REPOSITORY
from shared.models.claim import ClaimSummary, Message
from shared.session_store import Session, SessionStore

CHARACTERS = 1000
SIZES = (10, 100, 1000, 5000)
ASKED_FROM = 100
"""Messages from which on a save is to be at least as fast as the plain one."""
SAVES_A_ROUND = 20


class Save(BaseModel):
    """Medians of a save of one message more."""

    messages: int
    """In the session before."""
    ms: float
    plain_ms: float


async def saves(rounds: int) -> list[Save]:
    with tempfile.TemporaryDirectory(dir=REPOSITORY.parent) as folder:
        async with app_on(SessionStorage__path=f"{folder}/store") as store:
            return [await _compare(store, Path(folder), size, rounds) for size in SIZES]


async def _compare(store: SessionStore, folder: Path, messages: int, rounds: int) -> Save:
    """The two in turn, save by save, so that both see the same disk."""
    session = await store.load_session(await submit())
    if session is None:
        raise RuntimeError("the claim is gone")
    said = [Message(role="assistant", content="x" * CHARACTERS) for _ in range(messages)]
    session = await store.save_session(session, said)
    plain = _Plain(folder / f"plain-{messages}", [message.model_dump() for message in said])
    ours: list[float] = []
    plains: list[float] = []
    for number in range(rounds * SAVES_A_ROUND):
        message = Message(role="assistant", content=f"{number:06}" + "y" * (CHARACTERS - 6))
        started = time.perf_counter()
        plain.save(session, message)
        between = time.perf_counter()
        session = await store.save_session(session, [message])
        plains.append(1000 * (between - started))
        ours.append(1000 * (time.perf_counter() - between))
    return Save(messages=messages, ms=statistics.median(ours), plain_ms=statistics.median(plains))


class _Plain:
    """A session as three files, all of them written at every save."""

    def __init__(self, folder: Path, messages: list[dict[str, Any]]) -> None:
        folder.mkdir()
        self._folder = folder
        self._messages = messages

    def save(self, session: Session, message: Message) -> None:
        self._messages.append(message.model_dump())
        lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self._messages)
        self._write("context.json", session.context.model_dump_json())
        self._write("history.jsonl", lines)
        self._write("session.json", ClaimSummary.of(session.context).model_dump_json())

    def _write(self, name: str, text: str) -> None:
        with (self._folder / name).open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
