"""Asks a person for what a claim waits for: a path, text, or nothing to skip it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

from client.answers import Document, Missing, MissingDocument, Note
from client.documents import document_from_file
from client.errors import InputError
from client.text import on_one_line


class Answers(TypedDict):
    """What was given; fits `continue_claim`."""

    documents: list[Document]
    notes: list[Note]


class Asker:
    """Asks in rounds, and never again for what was skipped.

    Args:
        read: gives the next line; raises EOFError where there is none, which skips all the rest.
        tell: shows a line.
    """

    def __init__(self, read: Callable[[], str], tell: Callable[[str], None]) -> None:
        self._read = read
        self._tell = tell
        self._skipped: set[str] = set()

    def ask(self, missing: Missing) -> Answers | None:
        """Ask for each thing that is missing; None where nothing was given."""
        answers = Answers(documents=[], notes=[])
        for document in missing["missing_documents"]:
            self._ask_for_document(document, answers)
        for name in missing["missing_information"]:
            self._ask_for_information(name, answers)
        return answers if answers["documents"] or answers["notes"] else None

    def _ask_for_document(self, document: MissingDocument, answers: Answers) -> None:
        type_ = document["type"]
        hint = document.get("how_to_ask") or document.get("description") or ""
        while given := self._answer(type_, f"{hint} [path of the file, a note in words, or Enter to skip]"):
            if not _looks_like_path(given):
                answers["notes"].append(Note(type=type_, content=given))
                return
            try:
                answers["documents"].append(document_from_file(_path(given), type_))
            except InputError as error:
                self._tell(f"  {error}")
            else:
                return

    def _ask_for_information(self, name: str, answers: Answers) -> None:
        if given := self._answer(name, "[text, or Enter to skip]"):
            answers["notes"].append(Note(type=name, content=given))

    def _answer(self, name: str, question: str) -> str:
        if name in self._skipped:
            return ""
        self._tell(on_one_line(f"{name} – {question}"))
        try:
            given = self._read().strip()
        except EOFError:
            given = ""
        if not given:
            self._skipped.add(name)
        return given


def _path(given: str) -> Path:
    # Terminals paste the path of a dropped file in quotes.
    return Path(given.strip("'\"")).expanduser()


def _looks_like_path(given: str) -> bool:
    path = _path(given)
    if os.sep in given and " " not in given:
        return True
    try:
        return path.exists() or (bool(path.suffix[1:]) and " " not in given and not given.endswith("."))
    except (OSError, ValueError):
        return False
