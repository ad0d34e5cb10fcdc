"""How the claimant can be reached: e-mail address and phone number."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from orchestration.agents.reading.evidence import limited, one_of, phrases
from orchestration.agents.reading.text import Narrative

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
    e-?mail | home | claimant | insured | policy ?holder | patient | from | reply-to | best
    """
)
_SURELY_OWN = phrases("my | me | us | from | reply-to")
_OF_SOMEBODY_ELSE = phrases(
    r"""
    other (?:driver|party|guy|lady|man|woman|person|car)\w* | his | her | their | they | she | he
    body shop | shop | garage | dealer\w* | adjuster | agent | agency | broker | witness\w* | officer
    police | precinct | sheriff | contractor | clinic | hospital | doctor | dr | physician | provider
    billing | office | fax | hotline | claims? (?:dep\w+|team|line|desk|center|office) | customer service
    tow\w* | roof\w* | restoration | neighbou?r\w* | landlord | employer | emergency contact
    (?:to|cc|bcc)(?=:) | insurer | insurance compan\w+ | support | estimate | report | case | plumb\w+
    attorney | lawyer | therap\w+
    """
)
_SENTENCE_OF_ANOTHER = phrases(r"other (?:driver|party|car) | witness\w* | adjuster | agent")
_ASKS_TO_CALL = phrases("(?:contact|reach|call|text|email) (?:me|us)", after=".*")
_OFFICE_MAILBOX = one_of(
    """
    claims? | info | support | service | office | no-?reply | billing | contact | help | estimates? | admin
    sales | intake | frontdesk | newclaims? | fnol
    """,
    after=r"[\w.-]*@",
)
_SHOWN_AS_PHONE = one_of("call | phone | cell | mobile | reach | tel | text | contact | ring")
_REGION = "US"
"""Where a number without a country code is."""
_BESIDE = 60
"""How far behind its owner's name or address a number may stand, in characters."""
_LEAST_EMAIL, _LEAST_PHONE = -3, -2
"""The ownership at which an address or number is somebody else's."""


@dataclass(frozen=True)
class Contact:
    email: str | None
    phone: str | None
    """In E.164."""


def contact(narrative: Narrative, name: str | None) -> Contact:
    """The claimant's own address and number; not the shop's, nor the other driver's.

    `name` is the claimant's, where it is known.
    """
    parts = [part.lower() for part in re.findall(r"\w{3,}", name or "")]

    def email_score(found: re.Match[str], before: str) -> int:
        mailbox = found.group().split("@")[0].lower()
        named = 4 if any(part in mailbox for part in parts) else 0
        return _ownership(before) + named - (4 if _OFFICE_MAILBOX.match(found.group()) else 0) - _LEAST_EMAIL

    email = _best(narrative.flow, _EMAIL, email_score, _valid_email)
    own = [mark for mark in (email, name) if mark]

    def phone_score(found: re.Match[str], before: str) -> int:
        bare = found.group().isdigit() and not _SHOWN_AS_PHONE.search(before)
        beside = 5 if any(mark in before[-_BESIDE:] for mark in own) else 0
        ruled_out = 20 if _OTHER_NUMBER.search(before) else 0
        return _ownership(before) + beside - (2 if bare else 0) - ruled_out - _LEAST_PHONE

    return Contact(email, _best(narrative.flow, _PHONE, phone_score, _valid_phone))


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
    return re.split(r"[.!?;]\s+(?=[A-Z])", line)[-1]


def _ownership(before: str) -> int:
    """How much the words before an address say that it is the claimant's."""
    clauses = reversed(re.split(r",\s|\b(?:and|or|but)\b", before))
    near = next((clause for clause in clauses if re.search(r"[A-Za-z]{2}", _EMAIL.sub("", clause))), before)
    score = 2 if _OWN.search(near) else 0
    score += 3 if _SURELY_OWN.search(near) else 0
    score -= 3 if _SENTENCE_OF_ANOTHER.search(before) else 0
    return score - (5 if _OF_SOMEBODY_ELSE.search(_ASKS_TO_CALL.sub("", near)) else 0)


def _valid_email(text: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email  # loaded by the first address

    try:
        return validate_email(text.rstrip(".'"), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return None


def _valid_phone(text: str) -> str | None:
    """`text` in E.164; a number set aside for fiction is taken where it is complete."""
    import phonenumbers  # loaded by the first number

    try:
        number = phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException:
        return None
    if number.country_code == phonenumbers.country_code_for_region(_REGION):
        complete = len(str(number.national_number)) == 10
    else:
        complete = phonenumbers.is_possible_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if complete else None
