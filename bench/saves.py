"""What a local save takes, against the plain way: three files, each written anew and brought to the disk."""

import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, ClassVar, Self, override

from pydantic import BaseModel

from bench.in_process import app_on, submit
from bench.part import Effort, Part, Target
from bench.running import REPOSITORY
from orchestration.bootstrap import App
from orchestration.services.claim_queries import load_claim
from shared.models.claim import ClaimSummary, Message
from shared.session_store import Session

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

    @property
    def ratio(self) -> float:
        return self.ms / self.plain_ms


class Saves(Part):
    TITLE: ClassVar[str] = "Local saves"

    saves: list[Save]

    @classmethod
    @override
    async def measure(cls, effort: Effort) -> Self:
        with tempfile.TemporaryDirectory(dir=REPOSITORY.parent) as folder:
            async with app_on(SessionStorage__path=f"{folder}/store") as app:
                rounds = SAVES_A_ROUND * effort.rounds
                return cls(saves=[await _compare(app, Path(folder), size, rounds) for size in SIZES])

    @override
    def targets(self) -> list[Target]:
        return [
            Target(f"Local save at {save.messages:,} messages, of the plain one", save.ratio, at_most=1)
            for save in self.saves
            if save.messages >= ASKED_FROM
        ]

    @override
    def body(self) -> str:
        rows = "\n".join(
            f"| {save.messages:,} | {save.plain_ms:.1f} ms | {save.ms:.1f} ms | {save.ratio:.2f} |"
            for save in self.saves
        )
        return f"""
One message of {CHARACTERS:,} characters is added and saved. The floor writes `context.json`, `history.jsonl`
and `session.json` anew, with the same content and an fsync of each. Ours has an fsync of both files that it
writes, and of the folder.

| messages | plain, median | ours, median | ratio |
|---|---|---|---|
{rows}
"""


async def _compare(app: App, folder: Path, messages: int, saves: int) -> Save:
    """The two in turn, save by save, so that both see the same disk."""
    store = app.store
    session = await load_claim(store, await submit(app))
    said = [Message(role="assistant", content="x" * CHARACTERS) for _ in range(messages)]
    session = await store.save_session(session, said)
    plain = _Plain(folder / f"plain-{messages}", [message.model_dump() for message in said])
    ours: list[float] = []
    plains: list[float] = []
    for number in range(saves):
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
