"""What a word file may hold, and what is wrong with one that it may not."""

from pathlib import Path

import pytest

from reading.matching.passages import Passage
from reading.matching.phrases import heaviest
from reading.matching.word_files import (
    AlsoCapitalised,
    Alternatives,
    Entry,
    Label,
    PhraseSet,
    Table,
    WordFile,
    WordSet,
    load,
)
from shared.errors import SettingsError


class Pet(Entry):
    sound: str
    signs: Table


class Words(WordFile):
    sightings: PhraseSet
    label: Label
    names: Alternatives
    places: AlsoCapitalised
    small: WordSet
    pets: dict[str, Pet]


SHARED = "lists:\n  pet: cats?, dogs?\n"
FILE = """
lists:
  seen: saw, met
sightings: |
  {seen} (a|the) {pet}
  # with a price
  pet shop
label: {phrases: "pets?", after: "(?: name)?"}
names: tom, rex
places: zoo, Park
small: a, the
pets:
  cat:
    sound: meow
    signs:
      - weight: 2
        phrases: purr*
      - {weight: 3, phrases: claws, before: "sharp "}
"""


def words(folder: Path, text: str = FILE, shared: str = SHARED) -> Words:
    (folder / "pets.yaml").write_text(text, encoding="utf-8")
    (folder / "lists.yaml").write_text(shared, encoding="utf-8")
    return load("pets", Words, folder)


def test_a_file_becomes_what_its_model_asks_for(tmp_path: Path) -> None:
    read = words(tmp_path)

    assert [found.group() for found in read.sightings.finditer("We met the Dogs at the Pet Shop")] == [
        "met the dogs",
        "pet shop",
    ]
    assert read.label.fullmatch("Pet name")
    assert (read.names, read.places) == ("(?:tom|rex)", "(?:[zZ]oo|Park)")
    assert read.small == {"a", "the"}
    assert heaviest(read.pets["cat"].signs, "It purred") == 2
    assert heaviest(read.pets["cat"].signs, "It purred and showed sharp claws") == 3


def test_the_phrases_of_a_file_are_found_in_a_passage_as_in_any_text(tmp_path: Path) -> None:
    read = words(tmp_path)
    text = "I saw a cat purring; its sharp claws, too."

    for phrases in (read.sightings, *(row for _, row in read.pets["cat"].signs)):
        in_passage, in_text = phrases.search(Passage(text)), phrases.search(text)
        assert in_passage is not None
        assert in_text is not None
        assert in_passage.span() == in_text.span()


BROKEN = [
    ("pet shop", "pet (shop", "pets.yaml: sightings: 'pet (shop': missing )"),
    ("pet shop", "{ship} shop", "pets.yaml: sightings: '{ship} shop': there is no list 'ship'"),
    ("pet shop", "Pet shop", "pets.yaml: sightings: 'Pet': phrases are written in lower case"),
    ("seen: saw, met", "seen: [saw, yes]", "pets.yaml: lists.seen.1: Input should be a valid string"),
    ("seen: saw, met", "Seen: saw, met", "pets.yaml: lists.Seen"),
    ("seen: saw, met", "seen: '{ship}'", "pets.yaml: lists: '{ship}': there is no list 'ship'"),
    ("names: tom", "names: to[m", "pets.yaml: names: 'to[m': unterminated character set"),
    ("places: zoo, Park", "places: ''", "pets.yaml: places: "),
    ("small:", "smal:", "pets.yaml: small: Field required"),
    ("small:", "big: a\nsmall:", "pets.yaml: big: Extra inputs are not permitted"),
    ("sound: meow", "sound: meow\n    colour: red", "pets.yaml: pets.cat.colour: Extra inputs"),
    ("weight: 2", "weight: heavy", "pets.yaml: pets.cat.signs.0.weight: "),
    ("purr*", "purr**", "pets.yaml: pets.cat.signs: 'purr**': multiple repeat"),
    ("pets:", "pets: [", "pets.yaml: cannot be read: "),
]


@pytest.mark.parametrize(("right", "wrong", "problem"), BROKEN)
def test_a_mistake_is_named_with_its_file_and_entry(
    tmp_path: Path, right: str, wrong: str, problem: str
) -> None:
    assert right in FILE

    with pytest.raises(SettingsError) as raised:
        words(tmp_path, FILE.replace(right, wrong, 1))

    assert str(raised.value).startswith(problem)


def test_a_mistake_in_the_shared_lists_is_named_where_a_list_is_used(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"pets\.yaml: sightings: 'do\[gs': unterminated"):
        words(tmp_path, shared="lists:\n  pet: cats?, do[gs\n")


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "lists.yaml").write_text(SHARED, encoding="utf-8")

    with pytest.raises(SettingsError, match=r"pets\.yaml: cannot be read: "):
        load("pets", Words, tmp_path)
