"""By what documents are recognised: the vocabularies of document_vocabulary.yaml, one for each type."""

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from reading.papers.classification import DocumentPattern
from reading.papers.shapes import Shape
from reading.matching.word_files import FOLDER
from shared.document_types import OTHER
from shared.errors import SettingsError

VOCABULARY_FILE = FOLDER / "document_types.yaml"

type _Words = Annotated[str, Field(pattern=r"[^\W_]")]


class _Vocabulary(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    file_names: Annotated[list[_Words], Field(min_length=1)]
    name_hints: list[_Words] = []
    picture_names: list[_Words] = []
    phrases: list[_Words] = []
    shapes: list[Shape] = []

    def pattern(self) -> DocumentPattern:
        return DocumentPattern(
            file_names=tuple(self.file_names),
            name_hints=tuple(self.name_hints),
            picture_names=tuple(self.picture_names),
            phrases=tuple(self.phrases),
            shapes=tuple(self.shapes),
        )


_VOCABULARIES = TypeAdapter(dict[str, _Vocabulary])


def load(path: Path, document_types: Collection[str]) -> dict[str, DocumentPattern]:
    """Read and validate the vocabularies.

    Args:
        path: the file.
        document_types: the types that may have a vocabulary, as may `other`. One that has none is never
            recognised, only given.

    Raises:
        SettingsError: it is not YAML or an entry is wrong; names the file, the entry and the problem.
    """
    try:
        vocabularies = _VOCABULARIES.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise SettingsError(f"{path.name}: cannot be read: {reason}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{path.name}: {f'{place}: ' if place else ''}{first['msg']}") from None
    for name in vocabularies:
        if name != OTHER and name not in document_types:
            raise SettingsError(f"{path.name}: {name}: no such document type in the requirements")
    return {name: vocabulary.pattern() for name, vocabulary in vocabularies.items()}


@lru_cache(maxsize=1)
def document_patterns(document_types: frozenset[str]) -> dict[str, DocumentPattern]:
    """How documents of each type, and those of none, are recognised; read at the first call.

    Args:
        document_types: those that the requirement rules know.

    Raises:
        SettingsError: as `load`.
    """
    return load(VOCABULARY_FILE, document_types)
