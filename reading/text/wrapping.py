"""Lines that a mail program broke at a fixed width, joined to the paragraphs that they were."""

import re
from collections.abc import Callable, Iterator, Sequence, Set
from itertools import pairwise

NARROWEST, WIDEST = 30, 100
"""Between which widths, in characters, mail programs and old word processors break lines."""
_LONG = 0.7
"""The share of the width from which on a line is long enough to tell whether the next word had room in it."""
_FEWEST, _MOST_OF = 2, 0.8
"""How many long lines, and which share of them, must be full before a text counts as broken."""
_SLACK = 2
"""Characters by which cleaning may have made a line longer or shorter."""
_FORM = 3
"""How many labelled lines make a form."""
_ITEM = re.compile(r"\[|(?:[-*•>|]|\d{1,3}[.)])\s")
_FIRST_WORD = re.compile(r"\S+")


def unwrapped(lines: Sequence[str], is_labelled: Callable[[str], bool]) -> tuple[str, ...]:
    """The lines with those joined that were broken at a fixed width; as they are where none was.

    A line was broken where the first word of the next one had no room in it. In a form each labelled line
    begins anew.
    """
    labelled = {line for line in set(lines) if line and is_labelled(line)}
    begins = labelled if len(labelled) >= _FORM else frozenset[str]()
    width = _width(lines, begins)
    if width is None:
        return tuple(lines)
    joined: list[str] = []
    previous = ""
    for line in lines:
        if joined and line not in begins and _goes_on(previous, line, width):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
        previous = line
    return tuple(joined)


def _width(lines: Sequence[str], begins: Set[str]) -> int | None:
    """The width at which the text was broken; None where it was not."""
    width = max(map(len, lines), default=0)
    if not NARROWEST <= width <= WIDEST:
        return None
    long = [(one, next_) for one, next_ in _pairs(lines, begins) if len(one) >= _LONG * width]
    full = sum(_goes_on(one, next_, width) for one, next_ in long)
    return width if full >= max(_FEWEST, _MOST_OF * len(long)) else None


def _pairs(lines: Sequence[str], begins: Set[str]) -> Iterator[tuple[str, str]]:
    for one, next_ in pairwise(lines):
        if one and next_ and next_ not in begins:
            yield one, next_


def _goes_on(line: str, following: str, width: int) -> bool:
    """Whether the first word of the following line had no room in this one."""
    word = _FIRST_WORD.match(following)
    if not line or word is None or _ITEM.match(following):
        return False
    return len(line) + 1 + len(word.group()) > width - _SLACK
