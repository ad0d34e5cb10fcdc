"""Where the words stand that a text has in common with an index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reading.matching.index import Index, folded


def test_each_owner_learns_where_its_words_begin() -> None:
    index = Index()
    pets = index.add([" cat", " dog "])
    roads = index.add([" road ", " cat"])
    nothing = index.add([" ship"])

    starts = index.starts(folded("dogs and a dog: cats on the road"))

    assert starts == {pets: [11, 16], roads: [16, 28]}
    assert nothing not in starts


def test_digits_are_alike_and_whatever_is_no_letter_ends_a_word() -> None:
    assert folded("v40/x-é²_½") == " v00 x é²_½ "


def test_an_index_that_has_been_searched_is_complete() -> None:
    index = Index()
    index.add([" cat"])
    index.starts(folded("a cat"))

    with pytest.raises(RuntimeError, match="no more keys"):
        index.add([" dog"])


@given(st.text())
def test_every_character_keeps_its_place(text: str) -> None:
    assert len(folded(text)) == len(text) + 2
