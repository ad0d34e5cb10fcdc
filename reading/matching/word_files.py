"""Reads the files of reading/words, each of which is checked against the model of the reader that uses it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from reading.matching.index import Index
from reading.matching.notation import Notation, split
from reading.matching.phrases import Phrases, Weighted
from shared.yaml_files import read_yaml

FOLDER = Path(__file__).parents[1] / "words"
SHARED_LISTS = "lists"
"""The name of the file whose lists any other file may use."""


@dataclass(frozen=True)
class _Context:
    """What the phrases of one file share."""

    notation: Notation
    index: Index = field(default_factory=Index)


class _Made:
    """Tells pydantic to check a value of a file against a model, and then to make something of it."""

    def __init__(self, model: Any, make: Callable[[Any, _Context], object]) -> None:
        self._model = model
        self._make = make

    def __get_pydantic_core_schema__(self, _source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        def made(value: object, info: ValidationInfo) -> object:
            return self._make(value, cast("_Context", info.context))

        return core_schema.with_info_after_validator_function(made, handler.generate_schema(self._model))


class Entry(BaseModel):
    """The base of everything in a file that has keys: none but those of its model."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)


def separated(block: object) -> object:
    """The phrases of a block of text; anything else as it is."""
    return split(block) if isinstance(block, str) else block


type Block = Annotated[tuple[str, ...], BeforeValidator(separated), Field(min_length=1)]
"""Phrases in a block of text or in a list, written as `notation` describes."""


class _PhraseSet(Entry):
    """Phrases, alone or with expressions of what has to stand directly before and after them."""

    phrases: Block
    before: str = ""
    after: str = ""
    whole_words: bool = True
    """Whether a match begins and ends where a word does."""

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, written: object) -> object:
        return cast("object", written) if isinstance(written, dict) else {"phrases": written}

    def compiled(self, context: _Context) -> Phrases:
        limit = r"\b" if self.whole_words else ""
        pattern = context.notation.compiled(
            self.phrases, before=self.before + limit, after=limit + self.after
        )
        anywhere = self.before or not self.whole_words
        keys = None if anywhere else context.notation.keys(self.phrases)
        return Phrases(pattern, keys, index=context.index)

    def label(self, context: _Context) -> re.Pattern[str]:
        return context.notation.compiled(
            self.phrases, before=self.before, after=self.after, flags=re.IGNORECASE
        )


class _Row(_PhraseSet):
    """Phrases and what each match of them is worth as evidence."""

    weight: float


def _table(rows: list[_Row], context: _Context) -> Weighted:
    return tuple((row.weight, row.compiled(context)) for row in rows)


def _also_capitalised(block: tuple[str, ...], context: _Context) -> str:
    either = (f"[{p[0]}{p[0].upper()}]{p[1:]}" if p[0].islower() else p for p in block)
    return context.notation.regex(list(either))


type PhraseSet = Annotated[Phrases, _Made(_PhraseSet, _PhraseSet.compiled)]
"""Phrases of whole words, whatever the case of letters."""
type Label = Annotated[re.Pattern[str], _Made(_PhraseSet, _PhraseSet.label)]
"""An expression of any of the phrases, whatever the case of letters and wherever words begin."""
type Table = Annotated[Weighted, _Made(list[_Row], _table)]
"""Phrases with their weights."""
type Alternatives = Annotated[str, _Made(Block, lambda block, context: context.notation.regex(block))]
"""The regular expression of any of the phrases, as a part of other expressions."""
type AlsoCapitalised = Annotated[str, _Made(Block, _also_capitalised)]
"""As `Alternatives`, for texts in which case counts: a small letter at the beginning may be a capital."""
type WordSet = Annotated[frozenset[str], _Made(Block, lambda block, _: frozenset(block))]
"""Words as they are written, which are no expressions."""


def _named(lists: dict[str, tuple[str, ...]], info: ValidationInfo) -> dict[str, tuple[str, ...]]:
    for name, phrases in lists.items():
        cast("_Context", info.context).notation.add(name, phrases)
    return lists


class WordFile(Entry):
    """The base of the models of files; each reader adds the words that it needs."""

    lists: Annotated[dict[Annotated[str, Field(pattern="^[a-z_]+$")], Block], AfterValidator(_named)] = {}
    """Lists that the phrases of the file may name; those of the shared lists, that the phrases of any may."""


def load[File: WordFile](name: str, model: type[File], folder: Path = FOLDER) -> File:
    """The words of a file.

    Args:
        name: the file's name without its ending.
        model: what the file has to hold.
        folder: where the file and the one of the shared lists are.

    Raises:
        SettingsError: the file cannot be read, or something in it is wrong; names the file, the entry and
            the problem.
    """
    context = _Context(Notation(_shared(folder)))
    return read_yaml(folder / f"{name}.yaml", lambda content: model.model_validate(content, context=context))


@lru_cache(maxsize=2)
def _shared(folder: Path) -> Notation:
    context = _Context(Notation())
    lists = folder / f"{SHARED_LISTS}.yaml"
    read_yaml(lists, lambda content: WordFile.model_validate(content, context=context))
    return context.notation
