"""The vocabularies of document types: whose they are, and what a broken file says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.reference.files import load_requirements
from reading.papers.vocabulary import VOCABULARY_FILE, document_vocabularies
from shared.document_types import OTHER
from shared.errors import SettingsError

TYPES = load_requirements().document_types


def changed(folder: Path, change: Callable[[Any], object]) -> Path:
    content = yaml.safe_load(VOCABULARY_FILE.read_text(encoding="utf-8"))
    change(content)
    file = folder / "document_types.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


def test_every_type_that_is_shipped_has_a_vocabulary_and_so_have_other_documents() -> None:
    assert document_vocabularies(TYPES).keys() == {*TYPES, OTHER}


def test_a_type_without_a_vocabulary_is_none_to_choose_from(tmp_path: Path) -> None:
    assert document_vocabularies(TYPES, changed(tmp_path, lambda v: v.pop("fire_report"))).keys() == {
        *TYPES,
        OTHER,
    } - {"fire_report"}


BROKEN: list[tuple[Callable[[Any], object], str]] = [
    (lambda v: v["police_report"].update(shapes=["round"]), "police_report.shapes.0: "),
    (lambda v: v["other"].update(phrases=["--"]), "other.phrases.0: "),
    (lambda v: v["fire_report"].update(file_names=[]), "fire_report.file_names: "),
    (lambda v: v["fire_report"].pop("file_names"), "fire_report.file_names: "),
    (lambda v: v["fire_report"].update(words=["smoke"]), "fire_report.words: "),
    (lambda v: v.update(medical_records=None), "medical_records: "),
    (lambda v: v.update(sketch={"file_names": ["sketch"]}), "sketch: no such document type"),
]


@pytest.mark.parametrize(("change", "says"), BROKEN)
def test_a_broken_entry_is_named(tmp_path: Path, change: Callable[[Any], object], says: str) -> None:
    with pytest.raises(SettingsError) as raised:
        document_vocabularies(TYPES, changed(tmp_path, change))
    assert str(raised.value).startswith(f"document_types.yaml: {says}")


@pytest.mark.parametrize("text", ["police_report: [", "", "just words", "\x00"])
def test_a_file_that_is_no_vocabulary_is_refused(tmp_path: Path, text: str) -> None:
    broken = tmp_path / "document_types.yaml"
    broken.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"document_types\.yaml: "):
        document_vocabularies(TYPES, broken)


def test_words_may_stand_in_a_block_of_text_or_in_a_list(tmp_path: Path) -> None:
    file = tmp_path / "document_types.yaml"
    file.write_text(
        "fire_report:\n  file_names: |\n    fire report, brigade\n    # German\n    feuerwehr\n"
        "police_report:\n  file_names: [police, crash report]\n",
        encoding="utf-8",
    )

    vocabularies = document_vocabularies(TYPES, file)

    assert vocabularies["fire_report"].file_names == ("fire report", "brigade", "feuerwehr")
    assert vocabularies["police_report"].file_names == ("police", "crash report")
