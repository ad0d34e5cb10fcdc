"""The claimant's name: labelled, introduced, signed, or beside the claimant's own address."""

import re
from collections.abc import Iterable
from email.utils import parseaddr
from functools import partial
from itertools import pairwise

from reading.matching.index import Index
from reading.matching.phrases import limited, word_first
from reading.matching.word_files import AlsoCapitalised, Alternatives, Label, PhraseSet, WordFile, load
from reading.people.clients import client_name
from reading.people.persons import ANY_NAME, CAPITAL, LAST_FIRST, NAME, WORD, as_name, in_full, is_no_name
from reading.text.casing import says_nothing
from reading.text.letters import is_closing
from reading.text.narrative import Narrative
from reading.text.speakers import speaker


class _Words(WordFile):
    label: Label
    label_in_line: AlsoCapitalised
    roles: AlsoCapitalised
    lead: AlsoCapitalised
    reports: Alternatives
    closing: AlsoCapitalised
    first_name: Label
    last_name: Label
    after_name: PhraseSet
    somebody_else: PhraseSet


_WORDS = load("names", _Words)
_word_first = partial(word_first, index=Index(), cased=True)
_LABEL_IN_LINE = _word_first(rf"{_WORDS.label_in_line}\s?(?:[Nn]ame)?\s?[:=-]\s?(?P<name>{NAME})")
_LEAD = rf"(?:{_WORDS.lead}|{_WORDS.roles}(?: is|,)?)"
_INTRODUCED = _word_first(
    rf"(?:[Mm]y (?:full )?name is|[Mm]y name's|[Nn]ame(?:'s| is)|[Mm]yself)\s+(?P<named>{NAME})"
    rf"|(?:[Ss]poke (?:with|to|w/)|[Cc]all from|[Cc]alled by) (?:[a-z]+ )?(?P<spoken>{NAME})"
    rf"|(?:my|our) (?:(?:full|legal) )*names? (?:is|are|was) (?P<full>{NAME})"
    rf"|(?:I am|I'm|[Tt]his is|[Ii]t'?s|[Ww]e are|i am|im|i'm)\s+(?P<am>{NAME})(?=[\s,.(;:!)-]|\Z)"
    rf"|(?:I|[Tt]he undersigned),\s+(?P<undersigned>{NAME}),|{_LEAD} (?P<behalf>{NAME})"
    rf"|(?P<name_is>{NAME}) is (?:the|my) name"
    rf"|(?P<calls>{NAME}) {_WORDS.reports}(?= (?:in|us|to|that|and)\b|[,.])"
)
_ANY_WORD = r"[^\W\d_][\w'’.-]{0,25}"
_SMALL_OR_LARGE = r"[^\W\d_][\w'’-]{1,25}"
_INTRODUCED_IN_ANY_CASE = _word_first(
    rf"(?i:(?:my (?:full )?name(?: is|'s|s|:)?|name is) (?P<named>{_ANY_WORD}(?: {_ANY_WORD}){{1,3}}))"
)
_SIGNED_IN_LINE = re.compile(rf"\b{_WORDS.closing}[,.!:\s-]{{1,6}}(?P<name>{NAME})")
_LINE_OF_ITS_OWN = re.compile(rf"(?:[-~]{{1,2}}\s?)?(?P<name>{NAME})\W{{0,3}}\Z")
_LAST_WORDS = re.compile(rf"[-,.;!/]\s{{1,2}}(?P<name>{NAME})\W{{0,3}}\Z")
_BESIDE_CONTACT = re.compile(
    rf"(?={CAPITAL})(?:(?<=[.!?,/:;] )|(?<=- )|(?<=\n)|\A)(?P<name>{NAME})"
    r"\s{0,2}[-,/(:;|]?\s{0,2}[-(]?\s?"
    r"(?=(?:(?:at|phone|tel|cell|e-?mail|mobile|ph)\W{1,3})?(?:[\w.+-]{2,40}@|\+?\(?\d{3}[\d ).-]{6}))"
)
_IDENTITY = (
    r"(?i:[A-Z]{2,5}[- ]?\d{5,9}\b|[\w.+-]{2,40}@[\w-]+\.\w"
    r"|(?:\+?\d{1,3}[-. ])?\(?\d{3}\)?[-. /]?\d{3}[-. ]?\d{4}\b)"
)
"""A policy number, an e-mail address or a phone number."""
_INITIALLED = rf"{WORD} [A-Z]\b\.?"
_JOINT = (
    r"\s{0,2}[,;|/(:–-]?\s{0,2}"
    r"(?i:(?:my |the )?(?:policy|plan|member|pol|contract|phone|tel|cell|mobile|fone|ph|call|e-?mail)\b\.?"
    r"(?: (?:no|number|is)\b\.?)?\W{0,3})?"
)
_NAMED_LAST_IN_ANY_CASE = _word_first(
    rf"(?i:(?:its|it's|this is|im|i'm|name|from) (?P<name>{_SMALL_OR_LARGE} {_SMALL_OR_LARGE})"
    rf"(?:\W{{0,3}}\Z|{_JOINT}(?={_IDENTITY})))"
)
_GREETS_AS = _word_first(
    r"(?i:(?:hi|hey|hello|yo)\b,? (?:its|it's|this is|im|i'm)"
    rf" (?P<name>{_SMALL_OR_LARGE} {_SMALL_OR_LARGE})(?=[,.!]))"
)
_SMALL_BESIDE_IDENTITY = re.compile(
    rf"(?:(?<=[.!?,;] )|(?<=\n)|\A)(?P<name>[a-z][a-z'-]+ [a-z][a-z'-]+){_JOINT}(?={_IDENTITY})"
)
_BESIDE_ADDRESS = re.compile(
    rf"(?={CAPITAL})(?:(?<=[.!?] )|(?<=\n)|\A)(?P<name>{NAME}),\s{{1,2}}(?=\d{{1,5}} {CAPITAL})"
)
_BESIDE_IDENTITY = re.compile(
    rf"(?={CAPITAL})(?:(?<=[.!?,/:;|] )|(?<=- )|(?<=\n)|\A)"
    rf"(?P<name>{NAME}|{_INITIALLED}){_JOINT}(?={_IDENTITY})"
)
_BEHIND_IDENTITY = re.compile(
    rf"{_IDENTITY}(?:[\w.]*\w)?\s{{0,2}}[,;|/.–-]{{0,2}}\s{{1,2}}(?P<name>{NAME}|{_INITIALLED})"
    rf"(?=\s{{0,2}}(?:[,.;|/(\n–-]|\Z|{_IDENTITY}))"
)
_MAILBOX = re.compile(r"([A-Za-z0-9._%+'-]{2,64})@[A-Za-z0-9]")
_SIGNATURE_LINES, _HEAD_LINES = 40, 6


def claimant_name(narrative: Narrative) -> str | None:
    """The claimant's name as written, without title; the surest place that names one decides."""
    chatting = speaker(narrative.lines)
    narrative = narrative.own.cased
    name = (
        client_name(narrative)
        or _labelled(narrative)
        or _introduced(narrative.flow)
        or _first(limited(_NAMED_LAST_IN_ANY_CASE, narrative.spelled.flow, 3), any_case=True)
        or _first(limited(_GREETS_AS, narrative.flow, 1), any_case=True)
        or _signed(narrative)
        or _beside_contact(narrative.flow)
        or _beside_identity(narrative.flow)
        or _signed_with_first(narrative)
        or _letterhead(narrative)
        or (as_name(chatting, any_case=True) if chatting else None)
        or _sender(narrative)
        or _alone(narrative)
        or _last(narrative.flow)
        or _first(limited(_BESIDE_ADDRESS, narrative.flow, 3))
        or _written_small(narrative.spelled.flow)
        or _beside_identity("\n".join(narrative.lines))
    )
    return in_full(name, narrative.flow) if name else None


def _labelled(narrative: Narrative) -> str | None:
    for field in narrative.fields:
        if _WORDS.label.fullmatch(field.label) and (name := _in_field(field.value)):
            return name
    first, last = narrative.labelled(_WORDS.first_name), narrative.labelled(_WORDS.last_name)
    if first and last:
        return as_name(f"{first} {last}", any_case=True)
    in_line = limited(_LABEL_IN_LINE, narrative.flow, 5)
    return _first(found for found in in_line if not _is_of_another(narrative.flow, found.start()))


def _in_field(value: str) -> str | None:
    if register := LAST_FIRST.match(value.strip()):
        return as_name(f"{register[2]} {register[1]}", any_case=True)
    return as_name(re.split(r"[,(;<]|\s{2,}|\s-\s|\d", value)[0], any_case=True)


def _introduced(text: str) -> str | None:
    for found in limited(_INTRODUCED, text, 10):
        if found["named"] and _is_of_another(text, found.start()):
            continue
        if name := as_name(next(filter(None, found.groups()))):
            return name
    for found in limited(_INTRODUCED_IN_ANY_CASE, text, 3):
        if _is_of_another(text, found.start()):
            continue
        if name := as_name(_WORDS.after_name.sub("", found["named"]), any_case=True):
            return name
    return None


def _signed(narrative: Narrative) -> str | None:
    lines = [line for line in narrative.lines if line]
    for number in range(len(lines) - 1, max(-1, len(lines) - _SIGNATURE_LINES), -1):
        if is_closing(lines[number]):
            for line in lines[number + 1 : number + 4]:
                words = re.split(r"[,(|]|\s-\s|\s{2,}", line.lstrip("-~ "))[0]
                if name := as_name(words, any_case=len(line.split()) in {2, 3}):
                    return name
    in_line = reversed(list(limited(_SIGNED_IN_LINE, narrative.flow[-1_500:])))
    own_line = (found for line in reversed(lines[-4:]) if (found := _LINE_OF_ITS_OWN.match(line)))
    return _first(in_line) or _first(own_line)


def _signed_with_first(narrative: Narrative) -> str | None:
    """The full name of one who signs with the first name alone."""
    lines = [line for line in narrative.lines if line]
    for closing, line in reversed(list(pairwise(lines[-_SIGNATURE_LINES:]))):
        first = line.strip(" -~.,!")
        if is_closing(closing) and re.fullmatch(WORD, first):
            named = (
                known for found in limited(ANY_NAME, narrative.flow, 80) if (known := as_name(found.group()))
            )
            return next((name for name in named if name.split()[0] == first), None)
    return None


def _letterhead(narrative: Narrative) -> str | None:
    """The name on the line above the sender's street, at the head of a letter."""
    lines = [line for line in narrative.lines if line][:_HEAD_LINES]
    above = (line for line, street in pairwise(lines) if re.match(rf"\d{{1,6}}[A-Za-z]? {_ANY_WORD}", street))
    return next((name for line in above if (name := as_name(line, any_case=True))), None)


def _beside_contact(text: str) -> str | None:
    """A name that an e-mail address spells, or else one directly before an address or number."""
    mailboxes = [found[1].lower() for found in limited(_MAILBOX, text, 5)]
    for found in limited(ANY_NAME, text, 80):
        spelled = any(_spells(mailbox, found.group()) for mailbox in mailboxes)
        if spelled and not _is_of_another(text, found.start()) and (name := as_name(found.group())):
            return name
    beside = (
        found for found in limited(_BESIDE_CONTACT, text, 20) if not _is_of_another(text, found.start())
    )
    if name := _first(beside):
        return name
    return next((name for mailbox in mailboxes if (name := _spelled_out(mailbox, text))), None)


def _is_of_another(text: str, start: int) -> bool:
    """Whether by the words before it a name is somebody else's."""
    if text[:start].endswith("("):
        return True
    before = re.split(r"(?<!\b[DdMm]r)[.!?]\s|\n", text[max(0, start - 30) : start])[-1]
    return _WORDS.somebody_else.search(before) is not None


def _spelled_out(mailbox: str, text: str) -> str | None:
    """The first and last name that a mailbox joins, where the text holds them too, in whatever case."""
    parts = [part for part in re.split(r"[._-]", mailbox) if part.isalpha() and len(part) > 1]
    if len(parts) < 2:
        return None
    found = re.search(rf"\b{parts[0]} (?:[^\W\d_]+ )?{parts[-1]}\b", text, re.IGNORECASE)
    return as_name(found.group(), any_case=True) if found else None


def _beside_identity(text: str) -> str | None:
    """A name in one breath with a policy number or an address: `AUT-204518, Jane Doe, 614-555-0100`."""
    for pattern in (_BESIDE_IDENTITY, _BEHIND_IDENTITY):
        for found in limited(pattern, text, 10):
            name = found["name"]
            before = re.split(r"[.!?]\s|\n", text[max(0, found.start() - 30) : found.start("name")])[-1]
            if _WORDS.somebody_else.search(before):
                continue
            if known := as_name(name):
                return known
            if re.fullmatch(_INITIALLED, name) and not is_no_name(name):
                return name
    return None


def _spells(mailbox: str, name: str) -> bool:
    """Whether the mailbox is of both names, one maybe as its initial: `j.doe`, `jane_doe`, `jane.d`."""
    parts = [part.lower() for part in re.findall(r"[^\W\d_]{3,}", name)]
    if len(parts) < 2:
        return False
    initialled = re.fullmatch(rf"{parts[0]}[._-]?{parts[-1][0]}", mailbox) is not None
    return initialled or (parts[-1] in mailbox and (parts[0] in mailbox or mailbox.startswith(parts[0][0])))


def _sender(narrative: Narrative) -> str | None:
    for field in narrative.fields:
        if field.label == "from":
            display, _ = parseaddr(field.value)
            last, comma, first = display.partition(",")
            return as_name(
                f"{first.strip()} {last.strip()}" if comma else display or field.value, any_case=True
            )
    return None


def _written_small(text: str) -> str | None:
    beside = (found for found in limited(_SMALL_BESIDE_IDENTITY, text, 5) if not says_nothing(found["name"]))
    return _first(beside, any_case=True)


def _alone(narrative: Narrative) -> str | None:
    """A name that is a whole sentence, near the end or at the very beginning."""
    sentences = [sentence for _, sentence in narrative.sentences]
    return next(
        (name for s in (*reversed(sentences[-4:]), *sentences[:1]) if (name := as_name(s.strip("-~.!? ")))),
        None,
    )


def _last(text: str) -> str | None:
    found = _LAST_WORDS.search(text[-80:])
    return as_name(found["name"]) if found else None


def _first(matches: Iterable[re.Match[str]], *, any_case: bool = False) -> str | None:
    return next((name for found in matches if (name := as_name(found["name"], any_case=any_case))), None)
