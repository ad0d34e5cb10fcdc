"""How the claimant can be reached: e-mail address and phone number."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from reading.clients import KIN, client_name
from reading.evidence import Phrases, limited, one_of, phrases
from reading.letters import before_signature
from reading.persons import NAME, TITLES, WORD, as_name
from reading.regions import HOME, region_of
from reading.text import Narrative

_EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,190}\.[A-Za-z]{2,20}(?![\w-])"
)
_PHONE = re.compile(
    r"(?<![\w.$€£/#-])(?:\+|\(|\b)\d(?:[^\S\n]?[().-]?[^\S\n]?\d){6,14}(?![\w/-]|[.,]\d)"
    r"(?:\s{0,2}(?:x|ext\.?)\s?\d{1,5})?"
    r"|(?<![\w.$€£/#-])\d{3}/\d{3}[ .-]?\d{4}(?![\w/-])"
)
_OTHER_NUMBER = one_of(
    r"policy | claim | case | report | member | account | acct | invoice | vin | order | group | ref\w* "
    r"| id | license | npi",
    after=r"\W{0,3}(?:number|no|id|#)?\W{0,4}(?:is )?\Z",
)
"""Before digits that are no phone number."""

_OWN = phrases(
    """
    my | me | i | our | us | mine | cell | mobile | contact | reach | call | phone | tel | telephone
    e-?mail | home | claimant | insured | policy ?holder | patient | from | reply-to | best | cb | caller
    back to | reply to
    call ?back | text | txt | ring | whatsapp | daytime | evenings?
    """
)
_OF_WRITER = phrases("my | me | us | mine | from | reply-to")
_THIRD_PERSON = phrases("his | her | their | they | she | he | him")
_OF_SOMEBODY_ELSE = phrases(
    r"""
    other (?:driver|party|guy|lady|man|woman|person|car)\w* | body shop | shop | garage | dealer\w* | adjuster
    agent | agency | broker | witness\w* | officer
    police | precinct | sheriff | contractor | clinic | hospital | doctor | dr | physician | provider
    billing | office | fax | hotline | claims? (?:dep\w+|team|line|desk|center|office) | customer service
    (?:operated|driven|owned) by | vehicle (?:no\.? ?|#)?(?:2|two|b)
    (?:\w+ )?(?:guy|fellow|man|company|co|crew|firm) | tow\w* | roof\w* | restoration
    neighbou?r\w* | landlord | employer | emergency contact
    (?<!back )(?<!reply )(?:to|cc|bcc)(?=:) | insurer | insurance compan\w+ | support | estimate | report
    case | plumb\w+
    attorney | lawyer | therap\w+ | whose | surgeon | switchboard | tenant | vet | mechanic | do not
    """
)
_SENTENCE_OF_ANOTHER = phrases(r"other (?:driver|party|car) | witness\w* | adjuster | agent")
_OF_KIN = phrases(
    rf"(?:my|our) (?:{KIN}|tenant|neighbou?r|friend|boss|colleague|landlord|lawyer)",
    before="(?<!with )(?<!at )",
)
"""Not those with whom the claimant stays, and can be reached."""
_OWN_AGAIN = phrases(r"me | mine | my (?:own )?(?:cell|phone|number|mobile|e-?mail|home)")
_NAMED_BEFORE = re.compile(rf"(?P<name>{NAME})(?:'s)?\W{{1,4}}(?:(?:at|on|tel|phone|cell|ph)\b\W{{1,3}})?\Z")
_TITLED = re.compile(rf"{TITLES}(?:(?:{WORD}|[A-Z]\.) )*{WORD}")
_OWN_LABEL = re.compile(
    r"\W{0,3}(?:(?:my|our|best|main|insured|claimant) )*(?:contact|phone|tel\w*|cell|mobile|e-?mail"
    r"|reach)\b[^:]{0,20}:",
    re.IGNORECASE,
)
_SAYS_I = phrases("i | my | me | we | our | us")
_SENTENCE_END = re.compile(
    r"(?<!\b[MD]r)(?<!\bM[rsi]s)(?<!\bMs)[.!?;]\s+(?=[A-Z])|(?<=[a-z\d]{4})[.!?;]\s+(?=[a-z\d]|\Z)"
)
_TOLL_FREE = re.compile(r"1?8(?:00|33|44|55|66|77|88)\d{7}")
_ASKS_TO_CALL = phrases("(?:contact|reach|call|text|email) (?:me|us)", after=".*")
_OFFICE_MAILBOX = one_of(
    """
    claims? | info | support | service | office | no-?reply | billing | contact | help | estimates? | admin
    sales | intake | frontdesk | newclaims? | fnol
    """,
    after=r"[\w.-]*@",
)
_SHOWN_AS_PHONE = one_of(
    "call | phone | fone | cell | mobile | reach | tel | text | txt | contact | ring | whatsapp | cb"
)
_BESIDE = 60
"""How far behind its owner's name or address a number may stand, in characters."""
_LEAST_EMAIL, _LEAST_PHONE = -3, -2
"""The ownership at which an address or number is somebody else's."""


@dataclass(frozen=True)
class Contact:
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


_OF_ITSELF = _Voice(_OF_WRITER, (_OF_SOMEBODY_ELSE, _THIRD_PERSON))
_OF_CALLER = _Voice(_THIRD_PERSON, (_OF_SOMEBODY_ELSE,))
_FOR_CLIENT = _Voice(
    phrases(
        rf"his | her | their | they | she | he | him | (?:client|customer|member)s? | mr | mrs | ms "
        rf"| insured | {KIN}"
    ),
    (
        _OF_SOMEBODY_ELSE,
        phrases(rf"(?:my|our) (?!{KIN}|client|insured|customer|member) | me | us | mine | from"),
    ),
    may_be_unsaid=False,
)


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
        office = 4 if _OFFICE_MAILBOX.match(found.group()) else 0
        least = _LEAST_EMAIL if voice.may_be_unsaid else 0
        return _ownership(before, voice) + _spells(mailbox, parts, voice) - office - least

    email = _best(text, _EMAIL, email_score, _valid_email)
    own = [mark.lower() for mark in (email, name) if mark]

    def phone_score(found: re.Match[str], before: str) -> int:
        bare = found.group().isdigit() and not _SHOWN_AS_PHONE.search(before)
        beside = 5 if any(mark in before[-_BESIDE:].lower() for mark in own) else 0
        ruled_out = 20 if _OTHER_NUMBER.search(before) else 0
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
    return _OF_ITSELF if _SAYS_I.search(narrative.own.flow) else _OF_CALLER


def _spells(mailbox: str, parts: list[str], voice: _Voice) -> int:
    """How much a mailbox says that it belongs to the one whose name has these parts."""
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
    if titled and not set(titled) & set(parts) and not _OWN_AGAIN.search(before):
        return True
    found = _NAMED_BEFORE.search(before[-_BESIDE:])
    if not parts or not found or _OWN.search(found["name"]) or not as_name(found["name"]):
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
    """How much the words before an address say that it is the claimant's."""
    clauses = reversed(re.split(r"[,;]\s|\b(?:and|or|but)\b", before))
    near = next((clause for clause in clauses if re.search(r"[A-Za-z]{2}", _EMAIL.sub("", clause))), before)
    score = 2 if _OWN.search(near) else 0
    score += 3 if voice.claimant.search(near) else 0
    score -= 3 if _SENTENCE_OF_ANOTHER.search(before) else 0
    score -= 20 if voice.may_be_unsaid and _speaks_of_kin(before[-_BESIDE:]) else 0
    if (label := _OWN_LABEL.match(before)) and not any(words.search(label.group()) for words in voice.others):
        return score
    asked = _ASKS_TO_CALL.sub("", near)
    if any(words.search(asked) for words in voice.others):
        return score - 5
    is_unowned = not voice.claimant.search(before)
    return score - (3 if is_unowned and any(words.search(before) for words in voice.others) else 0)


def _speaks_of_kin(before: str) -> bool:
    *_, last = (0, *(found.end() for found in _OF_KIN.finditer(before)))
    return last > 0 and not _OWN_AGAIN.search(before[last:])


def _valid_email(text: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email  # loaded by the first address

    try:
        return validate_email(text.rstrip(".'"), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return None


def _valid_phone(text: str, whole: str = "") -> str | None:
    """`text` in E.164; a number set aside for fiction is taken where it is complete.

    `whole` says in which country a number that begins with 0 is.
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
