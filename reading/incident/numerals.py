"""Numbers in words: 'four thousand eight hundred fifty'."""

import re

_UNITS = re.findall(
    r"\w+",
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen
    """,
)
_TENS = re.findall(r"\w+", "twenty thirty forty fifty sixty seventy eighty ninety")
_VALUES = {word: value for value, word in enumerate(_UNITS)} | dict(
    zip(_TENS, range(20, 100, 10), strict=True)
)
_THOUSANDS = frozenset({"thousand", "grand"})

NUMERAL = (
    rf"(?:{'|'.join(sorted([*_VALUES, 'hundred', 'thousand', 'a', 'and', 'half'], key=len, reverse=True))})"
)
"""The pattern of one word of a number."""


def spelled_out(words: str) -> int:
    """The number that the words stand for, some maybe in digits, `2 thousand 7 hundred`; 0 for none."""
    total, part = 0, 0.0
    for word in re.findall(r"[a-z]+|\d+", words.lower()):
        if word == "hundred":
            part = (part or 1) * 100
        elif word in _THOUSANDS:
            total, part = total + int((part or 1) * 1_000), 0
        elif word == "half":
            part += 0.5
        else:
            part += int(word) if word.isdecimal() else _VALUES.get(word, 0)
    return total + int(part)
