"""What a person's name looks like."""

import re

from reading.matching.phrases import limited
from reading.matching.word_files import Alternatives, PhraseSet, WordFile, load


class _Words(WordFile):
    titles: Alternatives
    particles: Alternatives
    asked: Alternatives
    no_name: PhraseSet


_WORDS = load("persons", _Words)

CAPITAL = f"[{''.join(filter(str.isupper, map(chr, (*range(0x41, 0x250), *range(0x1E00, 0x1F00)))))}]"
WORD = rf"{CAPITAL}(?=.)(?:[^\W\d_]|['’-](?=[^\W\d_])){{1,30}}(?!\w|-\d)"
_FIRST = rf"(?:(?:(?:al|el|ad|an|ash|as|az)-)?{WORD}|[A-Z]\.?)"
TITLES = rf"(?:{_WORDS.titles}\b\.? )"
_PARTICLES = rf"(?:{_WORDS.particles} ){{0,3}}"
NAME = (
    rf"{TITLES}{{0,2}}{_FIRST}(?: {_PARTICLES}{_FIRST}){{0,3}} {_PARTICLES}{WORD}"
    r"(?:,? (?:Jr|Sr|II|III|MD|M\.D)\b\.?)?"
)
_IS_NAME = re.compile(rf"{NAME}\Z")
_TITLE = re.compile(rf"\A{TITLES}{{1,2}}")
LAST_FIRST = re.compile(r"([^\W\d_][\w'’ -]{1,30}), ([^\W\d_][\w'’.-]*(?: [^\W\d_]\.?)?)\Z")
"""As registers have it: `Doe, Jane A.`."""
_ASKED = re.compile(rf"\A{_WORDS.asked}\.? (?:(?:to|for) )?")
"""What a writer asks for before the name: `Call Jane Doe`."""
_SHORTEST, _LONGEST = 4, 60
ANY_NAME = re.compile(rf"(?={CAPITAL})\b{NAME}")
_SPELLED_OUT = re.compile(r"\b([a-z]{2,20})[._-]([a-z-]{2,30})@", re.IGNORECASE)
"""A mailbox of first and last name."""


def as_name(text: str, *, any_case: bool = False) -> str | None:
    """`text` if it is a person's name."""
    text = _TITLE.sub("", _ASKED.sub("", text.strip(" \"'.,")))
    if any_case and (text.islower() or text.isupper()) and "@" not in text:
        text = text.title()
    if not _SHORTEST <= len(text) <= _LONGEST or not _IS_NAME.match(text) or is_no_name(text):
        return None
    return text


def in_full(name: str, text: str) -> str:
    """`name` with the first name in full if `text` holds it, even if only in the spelling of a mailbox.

    For a name of which only initials were found: `J. R. Doe`.
    """
    *initials, last = name.split()
    if not initials or any(len(initial.rstrip(".")) > 1 for initial in initials):
        return name
    written = (found.group() for found in limited(ANY_NAME, text, 80) if found.group().endswith(f" {last}"))
    mailboxes = (
        f"{found[1].title()} {last}"
        for found in limited(_SPELLED_OUT, text, 5)
        if found[2].lower() == last.lower()
    )
    full = (known for one in (*written, *mailboxes) if (known := as_name(one)))
    return next((one for one in full if one[0] == name[0] and len(one) > len(name)), name)


def is_no_name(text: str) -> bool:
    """Whether `text` holds a word that no name of a person holds."""
    return _WORDS.no_name.search(text) is not None
