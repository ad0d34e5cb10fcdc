"""What counts as the same policy, person, business or address, however people write it.

Each function makes a key of a text; two texts with one key mean the same. They forgive case, spacing,
punctuation and the like, and nothing else: they never guess.
"""

import re
import unicodedata

_LEGAL_FORMS = {
    *("co", "company", "corp", "corporation", "inc", "incorporated", "limited", "ltd"),
    *("gmbh", "llc", "llp", "lp", "pc", "plc"),
}
_TITLES = {"dr", "jr", "miss", "mr", "mrs", "ms", "mx", "prof", "sir", "sr"}


def policy_key(policy_number: str) -> str:
    """A policy number without what people write differently."""
    return "".join(_words(policy_number)).upper()


def person_key(name: str) -> str:
    """A person's name whatever the order of its parts, without titles and initials."""
    words = [word for word in _words(name) if word not in _TITLES]
    return " ".join(sorted([word for word in words if len(word) > 1] or words))


def vendor_key(name: str) -> str:
    """A business's name without spacing, punctuation, article and legal form."""
    words = _words(name)
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    if len(words) > 1 and words[0] == "the":
        del words[0]
    return "".join(words)


def email_key(email: str) -> str:
    """An e-mail address without case and without the tag after `+`."""
    mailbox, _, domain = email.strip().casefold().rpartition("@")
    return f"{mailbox.partition('+')[0]}@{domain}"


def phone_key(phone: str) -> str:
    """A phone number in E.164, read as a US number where it has no country code; empty where it is none."""
    import phonenumbers

    try:
        number = phonenumbers.parse(phone, "US")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def address_key(address: str) -> str:
    """A postal address without case and punctuation."""
    return " ".join(_words(address))


def is_same_address(one: str, other: str) -> bool:
    """Whether two postal addresses may be one: all words of the shorter one stand in the longer."""
    words, others = set(_words(one)), set(_words(other))
    return words <= others or others <= words


def _words(text: str) -> list[str]:
    """Lower-case words without accents; dots and apostrophes vanish, "&" is "and", all else divides."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = re.sub(r"[.'’‘`]", "", plain).replace("&", " and ")
    return re.findall(r"[^\W_]+", plain)
