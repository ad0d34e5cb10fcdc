"""How the claimant can be reached: e-mail address and phone number."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from reading.matching.phrases import Phrases, limited
from reading.matching.word_files import Label, PhraseSet, WordFile, load
from reading.people.clients import client_name
from reading.people.persons import NAME, TITLES, WORD, as_name
from reading.people.regions import HOME, region_of
from reading.text.letters import before_signature
from reading.text.narrative import Narrative


class _Words(WordFile):
    other_number: Label
    own: PhraseSet
    of_writer: PhraseSet
    third_person: PhraseSet
    of_somebody_else: PhraseSet
    sentence_of_another: PhraseSet
    of_kin: PhraseSet
    own_again: PhraseSet
    says_i: PhraseSet
    asks_to_call: PhraseSet
    office_mailbox: Label
    shown_as_phone: Label
    client: PhraseSet
    not_client: PhraseSet


_WORDS = load("contacts", _Words)
_EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,190}\.[A-Za-z]{2,20}(?![\w-])"
)
_PHONE = re.compile(
    r"(?<![\w.$€£/#-])(?:\+|\(|\b)\d(?:[^\S\n]?[().-]?[^\S\n]?\d){6,14}(?![\w/-]|[.,]\d)"
    r"(?:\s{0,2}(?:x|ext\.?)\s?\d{1,5})?"
    r"|(?<![\w.$€£/#-])\d{3}/\d{3}[ .-]?\d{4}(?![\w/-])"
)
_NAMED_BEFORE = re.compile(rf"(?P<name>{NAME})(?:'s)?\W{{1,4}}(?:(?:at|on|tel|phone|cell|ph)\b\W{{1,3}})?\Z")
_TITLED = re.compile(rf"{TITLES}(?:(?:{WORD}|[A-Z]\.) )*{WORD}")
_OWN_LABEL = re.compile(
    r"\W{0,3}(?:(?:my|our|best|main|insured|claimant) )*(?:contact|phone|tel\w*|cell|mobile|e-?mail"
    r"|reach)\b[^:]{0,20}:",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(
    r"(?<!\b[MD]r)(?<!\bM[rsi]s)(?<!\bMs)[.!?;]\s+(?=[A-Z])|(?<=[a-z\d]{4})[.!?;]\s+(?=[a-z\d]|\Z)"
)
_TOLL_FREE = re.compile(r"1?8(?:00|33|44|55|66|77|88)\d{7}")
_BESIDE = 60
"""How far behind its owner's name or address a number may stand, in characters."""
_LEAST_EMAIL, _LEAST_PHONE = -3, -2
"""The ownership at which an address or number is somebody else's."""


@dataclass(frozen=True)
class Contact:
    """How somebody can be reached; None for a way that is not given."""

    email: str | None
    phone: str | None
    """In E.164."""


@dataclass(frozen=True)
class _Voice:
    """How a text speaks of the claimant, and of the others who can be reached."""

    claimant: Phrases
    others: tuple[Phrases, ...]
    may_be_unsaid: bool = True
    """Whether what nobody is named for is the claimant's."""


_OF_ITSELF = _Voice(_WORDS.of_writer, (_WORDS.of_somebody_else, _WORDS.third_person))
_OF_CALLER = _Voice(_WORDS.third_person, (_WORDS.of_somebody_else,))
_FOR_CLIENT = _Voice(_WORDS.client, (_WORDS.of_somebody_else, _WORDS.not_client), may_be_unsaid=False)


def contact(narrative: Narrative, name: str | None) -> Contact:
    """The claimant's own address and number; not the shop's, nor the other driver's, nor the lawyer's.

    `name` is the claimant's, where it is known.
    """
    voice = _voice(narrative)
    narrative = narrative.own
    text = narrative.flow if voice.may_be_unsaid else before_signature(narrative)
    parts = [part.lower() for part in re.findall(r"\w{3,}", name or "")]

    def email_score(found: re.Match[str], before: str) -> int:
        mailbox = found.group().split("@")[0].lower()
        office = 4 if _WORDS.office_mailbox.match(found.group()) else 0
        least = _LEAST_EMAIL if voice.may_be_unsaid else 0
        return _ownership(before, voice) + _spells(mailbox, parts, voice) - office - least

    email = _best(text, _EMAIL, email_score, _valid_email)
    own = [mark.lower() for mark in (email, name) if mark]

    def phone_score(found: re.Match[str], before: str) -> int:
        bare = found.group().isdigit() and not _WORDS.shown_as_phone.search(before)
        beside = 5 if any(mark in before[-_BESIDE:].lower() for mark in own) else 0
        ruled_out = 20 if _WORDS.other_number.search(before) else 0
        against = ruled_out + (2 if bare else 0) + (6 if _is_toll_free(found.group()) else 0)
        against += 20 if _is_of_another(before, parts) else 0
        least = _LEAST_PHONE if voice.may_be_unsaid else 0
        return _ownership(before, voice) + beside - against - least

    def valid(match: str) -> str | None:
        return _valid_phone(match, narrative.flow)

    return Contact(email, _best(text, _PHONE, phone_score, valid))


def _voice(narrative: Narrative) -> _Voice:
    if client_name(narrative.cased):
        return _FOR_CLIENT
    return _OF_ITSELF if _WORDS.says_i.search(narrative.own.flow) else _OF_CALLER


def _spells(mailbox: str, parts: list[str], voice: _Voice) -> int:
    """How much the letters of a mailbox speak for the person whose name has these parts."""
    if voice.may_be_unsaid:
        return 4 if any(part in mailbox for part in parts) else 0
    first_and_last = parts and parts[-1] in mailbox and mailbox[0] == parts[0][0]
    return 4 if parts and (parts[0] in mailbox or first_and_last) else 0


def _is_toll_free(number: str) -> bool:
    return _TOLL_FREE.fullmatch(re.sub(r"\D", "", number)) is not None


def _is_of_another(before: str, parts: list[str]) -> bool:
    """Whether a number stands directly behind another's name, or in one sentence with a title and name."""
    titled = [
        name for found in limited(_TITLED, before) for name in re.findall(r"\w{3,}", found.group().lower())
    ]
    if _OWN_LABEL.match(before):
        return False
    if titled and not set(titled) & set(parts) and not _WORDS.own_again.search(before):
        return True
    found = _NAMED_BEFORE.search(before[-_BESIDE:])
    if not parts or not found or _WORDS.own.search(found["name"]) or not as_name(found["name"]):
        return False
    return not set(re.findall(r"\w{3,}", found["name"].lower())) & set(parts)


def parse_contact(answer: str) -> Contact:
    """The contact that an answer gives; everything in it is the claimant's."""
    rest = _EMAIL.sub(" ", answer)
    return Contact(
        _best(answer, _EMAIL, lambda _found, _before: 1, _valid_email),
        _best(rest, _PHONE, lambda _found, _before: 1, _valid_phone),
    )


def _best(
    text: str,
    pattern: re.Pattern[str],
    score: Callable[[re.Match[str], str], int],
    valid: Callable[[str], str | None],
) -> str | None:
    """The first valid match among those that score highest; only a positive score counts."""
    scored = [(score(found, _before(text, found.start())), found.group()) for found in limited(pattern, text)]
    ranked = sorted((one for one in scored if one[0] > 0), key=lambda one: -one[0])
    return next((value for _, match in ranked if (value := valid(match))), None)


def _before(text: str, start: int) -> str:
    """What leads up to `start` in its line and sentence."""
    line = text[max(text.rfind("\n", 0, start) + 1, start - 140) : start]
    return _SENTENCE_END.split(line)[-1]


def _ownership(before: str, voice: _Voice) -> int:
    """How much the words before an address speak for the claimant as its owner; negative for another."""
    clauses = reversed(re.split(r"[,;]\s|\b(?:and|or|but)\b", before))
    near = next((clause for clause in clauses if re.search(r"[A-Za-z]{2}", _EMAIL.sub("", clause))), before)
    score = 2 if _WORDS.own.search(near) else 0
    score += 3 if voice.claimant.search(near) else 0
    score -= 3 if _WORDS.sentence_of_another.search(before) else 0
    score -= 20 if voice.may_be_unsaid and _speaks_of_kin(before[-_BESIDE:]) else 0
    if (label := _OWN_LABEL.match(before)) and not any(words.search(label.group()) for words in voice.others):
        return score
    asked = _WORDS.asks_to_call.sub("", near)
    if any(words.search(asked) for words in voice.others):
        return score - 5
    is_unowned = not voice.claimant.search(before)
    return score - (3 if is_unowned and any(words.search(before) for words in voice.others) else 0)


def _speaks_of_kin(before: str) -> bool:
    *_, last = (0, *(found.end() for found in _WORDS.of_kin.finditer(before)))
    return last > 0 and not _WORDS.own_again.search(before[last:])


def _valid_email(text: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email  # loaded by the first address

    try:
        return validate_email(text.rstrip(".'"), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return None


def _valid_phone(text: str, whole: str = "") -> str | None:
    """`text` in E.164; a number set aside for fiction is taken where it is complete.

    `whole` is the text from which the country of a number that begins with 0 is taken.
    """
    import phonenumbers  # loaded by the first number

    text = re.sub(r"\A\(?00", "+", text)
    region = (region_of(whole) or "GB") if text.lstrip("(").startswith("0") else HOME
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if number.country_code == phonenumbers.country_code_for_region(HOME):
        complete = len(str(number.national_number)) == 10
    else:
        complete = phonenumbers.is_possible_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if complete else None
