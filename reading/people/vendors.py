"""Repairers and providers that a text names."""

import re
from collections.abc import Iterator
from functools import partial

from reading.matching.index import Index
from reading.matching.phrases import limited, word_first
from reading.matching.word_files import AlsoCapitalised, Alternatives, Label, WordFile, load
from reading.text.narrative import Narrative


class _Words(WordFile):
    care: Alternatives
    repair: Alternatives
    company: Alternatives
    no_company: Alternatives
    cue: AlsoCapitalised
    kind_of: Alternatives
    label: Label
    no_answer: Label
    leading: Alternatives
    generic: Alternatives
    generic_kind: Alternatives
    foreign: Alternatives
    foreign_end: Alternatives


_WORDS = load("vendors", _Words)

CARE = _WORDS.care
"""The expression of what a provider of care is called."""
REPAIR = _WORDS.repair
"""The expression of what a repairer is called."""
_KIND = rf"(?:{CARE}|{REPAIR})"
_WORD = r"(?:[A-Z][A-Za-z0-9'’.&-]{0,24}|&|and(?= [A-Z])|of(?= [A-Z])|St\.|[A-Z]\.)"
_COMPANY = rf"(?:,? {_WORDS.company}\b\.?)?"
_NO_COMPANY_FOLLOWS = rf"(?! {_WORDS.no_company})"
_word_first = partial(word_first, index=Index(), cased=True)
_BY_KIND = re.compile(
    rf"(?<![\w'])(?P<name>(?:{_WORD} ){{1,5}}{_KIND}"
    rf"(?: (?:{_KIND}|&|and|of|[A-Z][a-z]+(?= (?:Center|Centre|Services|Shop|Group|Specialists|Co)))){{0,3}}"
    rf"(?: (?:Center|Centre|Services?|Shop|Group|Specialists|Associates|Company|Solutions))?{_COMPANY})"
    rf"(?:(?=['’]s\b)|(?![\w']){_NO_COMPANY_FOLLOWS})"
)
_KIND_OF = _word_first(
    rf"(?P<name>{_WORDS.kind_of} of (?:the )?"
    r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,3})"
)
_CUED = _word_first(
    rf"{_WORDS.cue}(?: \w+){{0,4}}? (?:from|by|at|to|with) (?:the )?"
    rf"(?P<name>[A-Z][\w'’&.-]{{1,24}}(?: (?:{_WORD})){{0,4}}{_COMPANY})"
)
_LEADING = re.compile(rf"\A(?:{_WORDS.leading}\b\.? )+")
_NO_NAME = re.compile(
    r"(?:(?:The|My|Our|A|Some|Local|Your|Any) )*"
    rf"{_WORDS.generic}(?: (?:and |or |& )?{_WORDS.generic_kind})*\Z"
)
"""Words that are no name but a kind of shop: `Auto Body`, `Comprehensive and Collision`."""
_FOREIGN = re.compile(rf"\b{_WORDS.foreign_end}\Z|\b{_WORDS.foreign}\b")
_MOST = 8
"""How many vendors are named at most."""
_MOST_WORDS = 7


def vendors(narrative: Narrative) -> list[str]:
    """The names as written, in order of appearance, each once."""
    narrative = narrative.cased
    names: list[str] = []
    for _, raw in sorted((*_labelled(narrative), *_named(narrative.flow))):
        name = re.split(r"(?<=[a-z]{3}|\d{3})\.\s", _LEADING.sub("", raw.strip(" .,")).strip(" .,&"))[-1]
        if _is_vendor(name):
            _add(name, names)
    return names[:_MOST]


def _labelled(narrative: Narrative) -> Iterator[tuple[int, str]]:
    for field in narrative.fields:
        if _WORDS.label.fullmatch(field.label):
            name = re.split(r",\s|\(|;|\s-\s|\s{2,}|\.\s|\s(?:on|for|at)\s", field.value[:120])[0].strip(" .")
            if name[:1].isupper() and len(name.split()) <= _MOST_WORDS and not _WORDS.no_answer.match(name):
                yield narrative.flow.find(field.value[:40]), name


def _named(text: str) -> Iterator[tuple[int, str]]:
    for pattern in (_BY_KIND, _KIND_OF, _CUED):
        for found in limited(pattern, text):
            yield found.start("name"), found["name"]


def _add(name: str, names: list[str]) -> None:
    """Adds `name`; of two names where one holds the other only the longer stays."""
    for number, other in enumerate(names):
        if name.lower() in other.lower() or other.lower() in name.lower():
            names[number] = max(other, name, key=len)
            return
    names.append(name)


def _is_vendor(name: str) -> bool:
    one_word = " " not in name and not re.search(r"(?:body|works|glass|care)\Z", name)
    return len(name) >= 4 and not one_word and not _FOREIGN.search(name) and not _NO_NAME.match(name)
