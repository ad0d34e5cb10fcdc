"""With which letters a match can begin: rather too many openings than too few."""

import pytest

from reading.matching.openings import keys


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        (r"cat\b", {" cat "}),
        (r"cat", {" cat"}),
        (r"hailstorm", {" hailst"}),
        (r"(?:cat|dogs?)\b", {" cat ", " dog ", " dogs "}),
        (r"x-?rays?\b", {" x ", " xray ", " xrays "}),
        (r"(?:just )?my car", {" just ", " my "}),
        (r"(?:very )*good\b", {" very ", " good "}),
        (r"(?!no )\d{1,2}th", {" 0"}),
        (r"[Tt]his is", {" this "}),
        (r"(?P<day>on|of) the", {" on ", " of "}),
        (r"i[1-3]0\b", {" i00 "}),
        (r"[bc]at\b", {" bat ", " cat "}),
        (r"[24]nd", {" 0nd"}),
        (r"pea[-' ]sized", {" pea "}),
        (r"air[\s.-]?bag", {" air ", " airbag"}),
        (r"hl-?[\d]\b", {" hl ", " hl0 "}),
        (r"tow\w*\b", {" tow"}),
        (r"{pet}s? ate", {" cat ", " cats ", " hamste"}),
    ],
)
def test_keys_are_the_first_letters_of_every_word_that_a_match_can_begin_with(
    regex: str, expected: set[str]
) -> None:
    assert keys(regex, {"pet": frozenset({"cat", "hamste*"})}) == expected


@pytest.mark.parametrize("regex", [r"[a-z]+ way", r"(?:a )?", r".{0,3}end\b", r" lead", r"[^a]b c"])
def test_an_expression_that_any_word_may_begin_has_no_keys(regex: str) -> None:
    assert keys(regex) is None
