import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.agents.briefing import CLOSING, OPENING
from orchestration.agents.fitting import CUT, fitted, tokens

PROSE = "The fender is bent and the lamp is broken. "


def test_what_fits_is_left_alone() -> None:
    texts = ["short", PROSE * 3]
    assert fitted(texts, 1000) == texts
    assert fitted([], 10) == []


def test_the_longest_texts_are_cut_and_the_short_stay_whole() -> None:
    short, long, longer = "whole", PROSE * 200, PROSE * 400
    cut = fitted([short, long, longer], 2000)
    assert cut[0] == short
    assert sum(tokens(text) for text in cut) <= 2000
    assert PROSE.strip() in cut[2]
    assert CUT.strip() in cut[2]


def test_json_is_cut_inside_its_strings_and_stays_json() -> None:
    text = json.dumps({"type": "repair_estimate", "text": PROSE * 300, "truncated": False})
    (cut,) = fitted([text], 500)
    read = json.loads(cut)
    assert (read["type"], read["truncated"]) == ("repair_estimate", False)
    assert read["text"].endswith(CUT)
    assert tokens(cut) <= 500


def test_a_data_block_stays_closed() -> None:
    block = f"Work.\n{OPENING}\n{json.dumps({'narrative': '<' + PROSE * 300})}\n{CLOSING}"
    (cut,) = fitted([block], 300)
    assert cut.startswith(f"Work.\n{OPENING}\n{{")
    assert cut.endswith(f"}}\n{CLOSING}")
    assert cut.count("<") == 2


def test_many_small_strings_are_cut_as_a_whole() -> None:
    (cut,) = fitted([json.dumps([PROSE] * 1000)], 200)
    assert tokens(cut) <= 210


@pytest.mark.parametrize("text", ["a" * 900, "你好世界。" * 200, "🎉" * 300, "8f3a9c" * 200])
def test_text_in_any_script_is_cut_to_size(text: str) -> None:
    (cut,) = fitted([text], 100)
    assert tokens(cut) <= 110


@given(st.lists(st.text(max_size=400), max_size=6), st.integers(min_value=0, max_value=500))
def test_any_texts_are_cut_without_one_getting_longer(texts: list[str], room: int) -> None:
    cut = fitted(texts, room)
    assert len(cut) == len(texts)
    assert all(tokens(after) <= max(tokens(before), 70) for before, after in zip(texts, cut, strict=True))
