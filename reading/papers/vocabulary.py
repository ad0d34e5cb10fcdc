"""By what the documents of each type are recognised: the words of reading/words/document_types.yaml."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, TypeAdapter

from reading.matching.word_files import FOLDER, Entry, separated
from reading.papers.shapes import Shape
from shared.document_types import OTHER
from shared.errors import SettingsError
from shared.yaml_files import read_yaml

VOCABULARY_FILE = FOLDER / "document_types.yaml"

type _Words = Annotated[tuple[Annotated[str, Field(pattern=r"[^\W_]")], ...], BeforeValidator(separated)]


class Vocabulary(Entry):
    """How documents of a type are recognised."""

    file_names: Annotated[_Words, Field(min_length=1)]
    """Words for what a document is, in the file's name and in the headings of the text."""
    name_hints: _Words = ()
    """Words in the name for where a document comes from."""
    picture_names: _Words = ()
    """Such words that count only where the file is a picture."""
    phrases: _Words = ()
    """Words in the text."""
    shapes: frozenset[Shape] = frozenset()
    """Shapes that the text has."""


_VOCABULARIES = TypeAdapter(dict[str, Vocabulary])


def document_vocabularies(
    document_types: Collection[str], path: Path = VOCABULARY_FILE
) -> dict[str, Vocabulary]:
    """The vocabularies of document types, read and validated.

    Args:
        document_types: the types that may have a vocabulary, as may `other`. One that has none is never
            recognised, only given.
        path: the file.

    Raises:
        SettingsError: it is not YAML or an entry is wrong; names the file, the entry and the problem.
    """
    vocabularies = read_yaml(path, _VOCABULARIES.validate_python)
    for name in vocabularies:
        if name != OTHER and name not in document_types:
            raise SettingsError(f"{path.name}: {name}: no such document type in the requirements")
    return vocabularies


def recognised_types(path: Path = VOCABULARY_FILE) -> frozenset[str]:
    """The document types that have a vocabulary.

    Raises:
        SettingsError: as for `document_vocabularies`.
    """
    return frozenset(read_yaml(path, _VOCABULARIES.validate_python)) - {OTHER}
