"""Making what a model is sent fit a number of tokens: the longest texts are cut, the rest stays whole.

How many tokens a text has is estimated from its bytes, on the safe side, since models differ in their
vocabularies; cutting goes by OpenAI's, at the end of a sentence or a word.
"""

from collections.abc import Sequence
from functools import partial

from orchestration.agents.briefing import CLOSING
from orchestration.agents.rewriting import rewritten

_BYTES_PER_TOKEN = 3
"""English has more than four, JSON about three, other scripts three for a character."""
_VOCABULARY = "gpt-4o"
_LEAST = 64
"""Tokens that are left of any text, however little room there is."""
CUT = " […]"
"""Stands where a text was cut."""


def tokens(text: str) -> int:
    """About how many tokens a text has; rather too many than too few."""
    return len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN + 1


def fitted(texts: Sequence[str], room: int) -> list[str]:
    """The texts, the longest of them cut so that together they have at most about `room` tokens."""
    level = _level([tokens(text) for text in texts], room)
    return [text if tokens(text) <= level else _cut(text, level) for text in texts]


def _level(sizes: Sequence[int], room: int) -> int:
    """The size to which to cut what is larger, so that the sum fits."""
    left = room
    for place, size in enumerate(ordered := sorted(sizes)):
        share = left // (len(ordered) - place)
        if size > share:
            return max(_LEAST, share)
        left -= size
    return max(sizes, default=0)


def _cut(text: str, level: int) -> str:
    """`text` with the strings in it cut, harder and harder, until it has at most `level` tokens."""
    limit, cut = level, text
    while tokens(cut) > level and limit >= _LEAST // 4:
        cut = rewritten(text, partial(_begun, limit=limit))
        limit //= 2
    if tokens(cut) <= level or CLOSING in text:
        return cut
    return _begun(text, level // 2)


def _begun(text: str, limit: int) -> str:
    if tokens(text) <= limit:
        return text
    from semantic_text_splitter import TextSplitter  # loaded by the first text that is too long

    return TextSplitter.from_tiktoken_model(_VOCABULARY, max(1, limit)).chunks(text)[0] + CUT
