"""The words of a prepared text are found again in the text as it was written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reading.quotes import Original
from reading.text.narrative import prepare
from shared.models.facts import QUOTE_CHARACTERS

WRITTEN_AND_PREPARED = [
    ("I backed into\r\na post. It cost $790.", "I backed into a post", "I backed into\r\na post"),
    ("<p>Nobody was <b>hurt</b>.</p>", "nobody was hurt", "Nobody was <b>hurt"),
    ("**Policy:** AUT-204518", "AUT-204518", "AUT-204518"),
    ("the polcie came at once to us", "the police came at once to us", "the polcie came at once to us"),
    ("It cost $790 in all", "790", "$790"),
    ("cafe\u0301 window broken", "CAFÉ window broken", "cafe\u0301 window broken"),
]


@pytest.mark.parametrize(("written", "prepared", "quote"), WRITTEN_AND_PREPARED)
def test_a_quote_stands_as_it_was_written(written: str, prepared: str, quote: str) -> None:
    found = Original(written).quote(prepared)

    assert found is not None
    assert found.words == quote == written[found.start : found.end]


def test_words_that_are_not_in_the_text_have_no_quote() -> None:
    assert Original("I backed into a post.").quote("police were called") is None
    assert Original("I backed into a post.").quote("...") is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["the", "car", "<b>", "&amp;", "\r\n", " ", "é", "_", "$9", "\u00ad", "x" * 400])
    )
)
def test_every_sentence_has_a_quote_at_its_place(parts: list[str]) -> None:
    text = " ".join(parts)
    original = Original(text)

    for _, sentence in prepare(text).sentences:
        found = original.quote(sentence)
        if found:
            assert text[found.start : found.end] == found.words
            assert 0 < len(found.words) <= QUOTE_CHARACTERS
