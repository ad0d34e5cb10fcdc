"""What a person's name looks like."""

import re

from reading.evidence import limited, phrases

CAPITAL = f"[{''.join(filter(str.isupper, map(chr, (*range(0x41, 0x250), *range(0x1E00, 0x1F00)))))}]"
WORD = rf"{CAPITAL}(?=.)(?:[^\W\d_]|['’-](?=[^\W\d_])){{1,30}}(?!\w|-\d)"
_FIRST = rf"(?:(?:(?:al|el|ad|an|ash|as|az)-)?{WORD}|[A-Z]\.?)"
_PARTICLE = (
    r"(?:de|la|las|los|le|van|von|vom|zu|zur|der|den|del|della|da|di|dos|das|do|du|des|e|y|i|bin|ibn|bint|ben"
    r"|abu|al|el|ten|ter|af|av|st\.|san|santa|'t)"
)
TITLES = r"(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Rev|Sir|Mme|Herr|Frau|Sra|Engr|Capt|Sgt|Shri|Smt)\b\.? )"
NAME = (
    rf"{TITLES}{{0,2}}{_FIRST}(?: (?:{_PARTICLE} ){{0,3}}{_FIRST}){{0,3}} (?:{_PARTICLE} ){{0,3}}{WORD}"
    r"(?:,? (?:Jr|Sr|II|III|MD|M\.D)\b\.?)?"
)
_IS_NAME = re.compile(rf"{NAME}\Z")
_TITLE = re.compile(rf"\A{TITLES}{{1,2}}")
LAST_FIRST = re.compile(r"([^\W\d_][\w'’ -]{1,30}), ([^\W\d_][\w'’.-]*(?: [^\W\d_]\.?)?)\Z")
"""As registers have it: `Doe, Jane A.`."""
_ASKED = re.compile(
    r"\A(?:I'm|Name|Call|Phone|Ring|Contact|Reach|Text|Email|Write|Ask|Tel|Mail)\.? (?:(?:to|for) )?"
)
"""What a writer asks for before the name: `Call Jane Doe`."""
NO_NAME = phrases(
    """
    policy | claims? | insurance | department | team | street | avenue | road | claimant | insured | auto
    body | hospital | clinic | company | dear | hello | enclosed | attached | police | ave | inc | llc
    phone | tel | email | number | date | monday | tuesday | wednesday | thursday | friday | saturday
    sunday | january | february | march | april | june | july | august | september | october | november
    december | honda | toyota | ford | subaru | chevrolet | tesla | writing | sent | iphone | android
    outlook | deeply | very | so | not | sure | sorry | north | south | east | west | roofing | restoration
    center | centre | home | medical | your | customer | you | regards | in advance | plumbing | collision
    garage | contractors | park | airport | services | support | portal | llp | brokers? | attorneys?
    associates | polisy | numb?e?r | management | property | building | damage[ds]? | loss | report | form
    repairs? | estimate | account | taxi | co | cab | firm | value | mfg | contract | member(?:ship)?
    """
)
"""Words that no name of a person holds."""
_SHORTEST, _LONGEST = 4, 60
ANY_NAME = re.compile(rf"(?={CAPITAL})\b{NAME}")
_SPELLED_OUT = re.compile(r"\b([a-z]{2,20})[._-]([a-z-]{2,30})@", re.IGNORECASE)
"""A mailbox of first and last name."""


def as_name(text: str, *, any_case: bool = False) -> str | None:
    """`text` if it is a person's name."""
    text = _TITLE.sub("", _ASKED.sub("", text.strip(" \"'.,")))
    if any_case and (text.islower() or text.isupper()) and "@" not in text:
        text = text.title()
    if not _SHORTEST <= len(text) <= _LONGEST or not _IS_NAME.match(text) or NO_NAME.search(text):
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
