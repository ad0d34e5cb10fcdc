"""Letters whose lines a mail program broke say what they said before."""

import textwrap

import pytest

import reading
from evaluation.labelled import PARTS, LabelledClaim, labelled_claims
from reading.text.wrapping import unwrapped

LETTERS = [claim for part in PARTS for claim in labelled_claims(part) if claim.form == "text"]
NOT_YET = {
    "r136-rain-cellar": "a name behind the hyphen of a company in a letter of fragments",
}
"""The letters that are not read alike, and why."""


def is_labelled(line: str) -> bool:
    return ":" in line


def broken(text: str, width: int) -> str:
    """The text as a mail program sends it that breaks lines at this width."""
    wrap = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    return "\r\n".join("\r\n".join(wrap.wrap(line) or [""]) for line in text.split("\n"))


def cases() -> list[object]:
    return [
        pytest.param(
            claim,
            id=claim.id,
            marks=pytest.mark.xfail(reason=NOT_YET[claim.id], strict=True) if claim.id in NOT_YET else (),
        )
        for claim in LETTERS
    ]


@pytest.mark.parametrize("claim", cases())
def test_a_letter_says_the_same_with_its_lines_broken(claim: LabelledClaim) -> None:
    whole, sent = claim.text or "", claim.received_at
    told = reading.read_narrative(whole, sent_at=sent).model_dump(exclude={"incident_description"})
    for width in (60, 72):
        read = reading.read_narrative(broken(whole, width), sent_at=sent)
        assert read.model_dump(exclude={"incident_description"}) == told, width


@pytest.mark.parametrize("claim", LETTERS, ids=lambda claim: claim.id)
def test_a_letter_says_the_same_with_crlf(claim: LabelledClaim) -> None:
    whole, sent = claim.text or "", claim.received_at
    crlf = reading.read_narrative(whole.replace("\n", "\r\n"), sent_at=sent)
    assert crlf == reading.read_narrative(whole, sent_at=sent)


def test_lines_are_joined_where_the_next_word_had_no_room() -> None:
    lines = textwrap.wrap("I backed into a post while parking and cracked the bumper. Nobody was hurt.", 32)
    assert len(lines) == 3
    assert unwrapped([*lines, "", "Dana Whitfield"], is_labelled) == (" ".join(lines), "", "Dana Whitfield")


@pytest.mark.parametrize(
    "lines",
    [
        ["Dana Whitfield", "418 Juniper Lane", "Columbus, OH 43215"],
        ["Policy number: AUT-204518", "Date of loss: 2026-11-20", "Place of loss: Wharf Road, Columbus"],
        ["I backed into a post and cracked it", "Nobody was hurt", "The police were not called by anyone"],
        [
            "- the front bumper of my car is gone",
            "- the left headlight is in pieces now",
            "- the hood is bent",
        ],
        [],
    ],
    ids=["an address", "a form", "lines of one's own", "a list", "nothing"],
)
def test_lines_that_nobody_broke_stay(lines: list[str]) -> None:
    assert unwrapped(lines, is_labelled) == tuple(lines)
