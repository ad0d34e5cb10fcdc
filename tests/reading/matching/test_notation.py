"""How words are written in the files of reading/words."""

import re

import pytest

from reading.matching.notation import Notation, split


def test_a_block_holds_phrases_apart_by_commas_and_lines_and_may_hold_remarks() -> None:
    assert split("hail, hailstones?\n  # a remark, too\n\n  ice storm,\n  10,000 (a|b)\n") == [
        "hail",
        "hailstones?",
        "ice storm",
        "10,000 (a|b)",
    ]


@pytest.mark.parametrize(
    ("phrase", "found", "not_found"),
    [
        ("concuss*", ["concussion", "concuss"], ["concus"]),
        ("bicycl_", ["bicycles", "bicycling"], ["bicycl"]),
        ("hit a _", ["hit a wall"], ["hit a ", "hit the wall"]),
        ("(my|our) car", ["my car", "our car"], ["mycar", "your car"]),
        ("tail ?lights?", ["tail light", "taillights"], ["tailights"]),
        ("(very )*late", ["late", "very very late"], ["verylate"]),
        ("( _){0,2} end", [" the end", " at the end"], ["the end"]),
        (r"\s*[_x*]\d{2}", [" _12", "*12"], ["a12"]),
        ("(?P<n_>a)_", ["ab"], ["a"]),
        ("{pet} and {pet}", ["cat and dogs"], ["cat and pet"]),
    ],
)
def test_a_phrase_stands_for_what_it_looks_like(phrase: str, found: list[str], not_found: list[str]) -> None:
    notation = Notation()
    notation.add("pet", ["cat", "dogs?"])
    pattern = notation.compiled([phrase])

    assert [bool(pattern.fullmatch(text)) for text in found] == [True] * len(found)
    assert [bool(pattern.fullmatch(text)) for text in not_found] == [False] * len(not_found)


def test_a_list_may_name_the_lists_before_it() -> None:
    notation = Notation()
    notation.add("pet", ["cat", "dog"])
    notation.add("animal", ["{pet}s?", "deer"])

    assert re.fullmatch(notation.regex(["{animal} ran"]), "dogs ran")
    assert notation.keys(["{animal} ran"]) == {" cat ", " cats ", " dog ", " dogs ", " deer "}


@pytest.mark.parametrize(
    ("phrases", "problem"),
    [
        (["fine", "(bad"], r"'\(bad': missing \)"),
        (["{ship} sank"], r"'{ship} sank': there is no list 'ship'"),
    ],
)
def test_a_phrase_that_is_no_expression_is_named(phrases: list[str], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Notation().compiled(phrases)


def test_a_phrase_of_a_list_that_is_no_expression_is_named() -> None:
    notation = Notation()
    notation.add("pet", ["cat", "do[g"])

    with pytest.raises(ValueError, match=r"'do\[g': unterminated character set"):
        notation.compiled(["{pet} ran"])
