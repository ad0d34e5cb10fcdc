"""Asks a person for what a claim waits for: a path, text, or nothing to skip it."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypedDict

from client.cli.text import on_one_line
from client.documents import document_from_file
from client.errors import InputError
from client.responses import Document, Missing, MissingDocument, Note


class Given(TypedDict):
    """What a person gave; fits `continue_claim`."""

    documents: list[Document]
    notes: list[Note]


class Asker:
    """Asks in rounds, and never again for what was skipped.

    Args:
        read_line: gives the next line; raises EOFError where there is none, which skips all the rest.
        show: shows a line.
    """

    def __init__(self, read_line: Callable[[], Awaitable[str]], show: Callable[[str], None]) -> None:
        self._read_line = read_line
        self._show = show
        self._skipped: set[str] = set()

    async def ask(self, missing: Missing) -> Given | None:
        """Ask for each thing that is missing; None where nothing was given."""
        given = Given(documents=[], notes=[])
        for document in missing["missing_documents"]:
            await self._ask_for_document(document, given)
        for name in missing["missing_information"]:
            if answer := await self._answer(name, "[text, or Enter to skip]"):
                given["notes"].append(Note(type=name, content=answer))
        return given if given["documents"] or given["notes"] else None

    async def _ask_for_document(self, document: MissingDocument, given: Given) -> None:
        type_ = document["type"]
        hint = document.get("how_to_ask") or document.get("description") or ""
        while answer := await self._answer(
            type_, f"{hint} [path of the file, a note in words, or Enter to skip]"
        ):
            if not _is_path(answer):
                given["notes"].append(Note(type=type_, content=answer))
                return
            try:
                given["documents"].append(document_from_file(_path(answer), type_))
            except InputError as error:
                self._show(f"  {error}")
            else:
                return

    async def _answer(self, name: str, question: str) -> str:
        if name in self._skipped:
            return ""
        self._show(on_one_line(f"{name} – {question}"))
        try:
            answer = (await self._read_line()).strip()
        except EOFError:
            answer = ""
        if not answer:
            self._skipped.add(name)
        return answer


def _path(answer: str) -> Path:
    # Terminals paste the path of a dropped file in quotes.
    return Path(answer.strip("'\"")).expanduser()


def _is_path(answer: str) -> bool:
    """Whether an answer names a file, there or not, more likely than it is a note in words."""
    path = _path(answer)
    if os.sep in answer and " " not in answer:
        return True
    try:
        return path.exists() or (bool(path.suffix[1:]) and " " not in answer and not answer.endswith("."))
    except (OSError, ValueError):
        return False
