"""What counts as said: a match that is not negated and not about something long past."""

import re
from collections.abc import Iterator

_BREAK = r"(?!(?:and|but|so|because|when|while|which|who|that|then|until|before|after|since|as|if)\b)"
_NEGATED_BEFORE = re.compile(
    # "no", "without" deny a whole list; "not" and its kin deny only what follows directly.
    rf"(?:\b(?:no|without|neither|nor|zero|free of|none of(?: the)?|lack of)\b(?:[ ,/]+{_BREAK}[\w'-]+){{0,5}}[ ,/]*"
    r"|\b(?:not|never|nobody|no one|noone|nothing|none|denies|denied|cannot)\b"
    rf"(?: +{_BREAK}[\w'-]+){{0,4}} *"
    rf"|\w(?:n't|nt)\b(?: +{_BREAK}[\w'-]+){{0,4}} *)\Z",
    re.IGNORECASE,
)
_NEGATED_AFTER = re.compile(
    r"\s+(?:\w+\s+){0,3}?(?:(?:was|were|is|are|did|do|does|had|has|have|could|would)(?:\s+not|n'?t|\s+never)\b"
    r"|(?:was|were)\s+(?:ruled out|unavailable)|never\b|[:=]\s*(?:no|none|n/a)\b)|\??\s*[:=?-]\s*(?:no|none|n/?a|false)\b",
    re.IGNORECASE,
)
_LONG_PAST = re.compile(
    r"\b(?:(?:previous|prior|earlier|other|last|past|former|old) (?:\w+ )?claims?|years? ago|in the past|back in (?:19|20)\d\d"
    r"|history of|used to|unrelated|separate claim|for example|such as in case|in case of|if (?:there|i|we|you) (?:is|are|had|were))\b",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(r"\b(?:whether|if|in case|unless|should)(?: [\w']+){0,6} *\Z", re.IGNORECASE)
_BEFORE, _AFTER = 70, 45
MOST_MATCHES = 40
"""How many matches of one pattern are looked at."""


def is_negated(text: str, start: int, end: int) -> bool:
    """Whether the sentence `text` denies what it says between `start` and `end`."""
    return bool(
        _NEGATED_BEFORE.search(text[max(0, start - _BEFORE) : start])
        or _NEGATED_AFTER.match(text[end : end + _AFTER])
    )


def is_supposed(text: str, start: int) -> bool:
    """Whether what the sentence `text` says at `start` is only asked or supposed: `whether anyone was hurt`."""
    return bool(_SUPPOSED.search(text[max(0, start - _BEFORE) : start]))


def is_long_past(sentence: str) -> bool:
    """Whether the sentence tells of another, earlier matter, or of a mere possibility."""
    return bool(_LONG_PAST.search(sentence))


def limited(pattern: re.Pattern[str], text: str, most: int = MOST_MATCHES) -> Iterator[re.Match[str]]:
    """The first `most` matches, so that a hostile text costs a bounded time."""
    for count, found in enumerate(pattern.finditer(text)):
        if count == most:
            return
        yield found
