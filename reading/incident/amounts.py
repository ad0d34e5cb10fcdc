"""The amount that is claimed, among all the sums that a letter mentions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import chain, pairwise

from reading.incident.numerals import NUMERAL, spelled_out
from reading.matching.index import Index
from reading.matching.phrases import anywhere, heaviest, limited, word_first
from reading.matching.word_files import Alternatives, Entry, Label, PhraseSet, Table, WordFile, load
from reading.text.narrative import Narrative


class _Currency(Entry):
    signs: tuple[str, ...] = ()
    names: Label | None = None


class _Words(WordFile):
    currencies: dict[str, _Currency]
    cue: Alternatives
    rough_cue: Alternatives
    claim_label: Label
    other_label: PhraseSet
    before: Table
    after: Table
    against_before: Table
    against_after: Table
    total: PhraseSet


_WORDS = load("amounts", _Words)
_BY_SIGN = {sign: code for code, currency in _WORDS.currencies.items() for sign in currency.signs}
_BY_NAME = {
    code: currency.names for code, currency in _WORDS.currencies.items() if currency.names is not None
}
_CODES = "|".join(_WORDS.currencies).lower()
_SIGNS = "|".join(
    re.escape(sign) + (r"\b" if sign[-1].isalpha() else "")
    for sign in sorted(_BY_SIGN, key=len, reverse=True)
)
_NAMES = "|".join(names.pattern for names in _BY_NAME.values())
_FIRST = "".join({sign[0] for sign in (*_BY_SIGN, *_CODES.split("|"))})
_FACTORS = {"k": 1_000, "g": 1_000, "t": 1_000, "m": 1_000_000, "l": 100_000}
"""By the first letter of k, grand, thousand, million, lakh."""

_DIGITS = r"\d{1,3}(?:[,.' ]\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d)"
_TIMES = r"(?:\s?(?:k|grand|thousand|million|mil|m|lakhs?|lac)\b)"
_ALONE = r"(?<![\w.,$€£/#-])"
_word_first = partial(word_first, index=Index())
_MONEY = anywhere(
    rf"(?=[\d{_FIRST}])(?:"
    rf"(?<![\w$€£])(?P<before>{_SIGNS}|\b(?:{_CODES})\b\s?[$€£]?)\s{{0,3}}"
    rf"(?P<n1>{_DIGITS})(?P<t1>{_TIMES})?"
    rf"|{_ALONE}(?P<n2>{_DIGITS})(?P<t2>{_TIMES})?\s?-?"
    rf"(?P<after>€|£|\$|\b(?:{_CODES})\b|(?:us |u\.s\. )?(?:{_NAMES})s?\b)"
    rf"|{_ALONE}(?P<n3>\d{{1,4}}(?:[.,]\d{{1,2}})?)\s?(?P<t3>k|grand|thousand)\b"
    r"(?!\s+(?:miles|km|people|sq)))"
)
"""The first group turns most of a text down at once: an amount begins with a digit or a currency."""
_BARE = re.compile(rf"{_ALONE}(?P<n>{_DIGITS})(?P<t>{_TIMES})?(?![\w/%-])", re.IGNORECASE)
_AFTER_CUE = _word_first(
    rf"{_WORDS.cue}\b"
    r"(?:\?\s+(?:\[[^\]\n]{1,12}\] ?)?(?:[a-z]{2,12}: ?)?(?:yes|yeah|yep|sure)?,?(?=\s?\d)|\.?)"
    r"(?: (?:is|of|at|about|around|approx\.?|was|for|to|comes to|will be|it))*[:=]? ?"
    rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+(?:\.\d\d)?|\d{{3,6}}(?:\.\d\d?)?)(?P<t>{_TIMES})?"
    r"(?![\w%/-]| (?:miles|days|hours|weeks|of|am|pm|km))"
)
"""A number without a currency counts only directly after one of these words, or as the answer to them."""
_NUMBER_IN_TOTAL = anywhere(
    rf"{_ALONE}(?P<n>\d{{1,3}}(?:[,.]\d{{3}})+(?:[.,]\d\d)?|\d{{3,6}}(?:[.,]\d\d)?)(?P<t>{_TIMES})?"
    r"(?= (?:altogether|all together|in total|in all|all in|total)\b)"
)
_ROUGHLY_IN_WORDS = _word_first(
    rf"{_WORDS.rough_cue} (?P<words>{NUMERAL}(?:[ -]{NUMERAL}){{0,6}}[ -](?:hundred|thousand)"
    rf"(?:[ -]{NUMERAL}){{0,5}})\b"
    r"(?!\s(?:people|miles|feet|times|square|sq|km|kilometers|pounds of|doll|buck|euro|pound|percent))"
)
"""Numbers in words of what has a price, without the money's name."""
_IN_WORDS = _word_first(
    rf"(?P<words>{NUMERAL}(?:[ -]{NUMERAL}){{0,9}})"
    r"\s(?:(?P<unit>doll?[ae]rs?|bucks|euros?|pounds)\b(?! of)|(?P<grand>grand))\b"
)

_IN_BOTH = _word_first(
    r"(?P<words>\d{1,3} (?:thousand|grand)(?:,? (?:and )?\d{1,3} hundred)?(?: (?:and )?\d{1,2}\b)?"
    r"|\d{1,2} hundred)(?: (?P<unit>doll?[ae]rs?|bucks|euros?|pounds)\b)?"
    r"(?!\s(?:people|miles|feet|times|square|sq|km))"
)
"""Digits and words: `2 thousand 7 hundred`."""

_SINGLE = 1
"""The rank of a label that may name one position of several."""
_ITEM = re.compile(
    r"[A-Za-z][^:$€£.]{1,60}?(?:\s*[:=(]\s*|\s+-?\s*)(?:about |approx\w*\.? |est\.? )?(?:[$€£]|USD|EUR|GBP"
    r"|\d)",
    re.I,
)
_PLUS = re.compile(r"[^.;\n$€£]{0,60}?(?:\+|\bplus\b)[^.;\n$€£]{0,40}", re.IGNORECASE)
_AND = re.compile(r"[^.;\n$€£]{0,60}?\band\b[^.;\n$€£]{0,40}", re.IGNORECASE)
_BOTH = re.compile(r"[^.;\n]{0,40}\bboth\b", re.IGNORECASE)
_NEAR = 80
_TOO_MUCH = Decimal(10) ** 12
_MOST = 60
"""How many amounts of a text are weighed."""


@dataclass(frozen=True)
class Amount:
    """An amount of money and where it stands in the text that was read."""

    value: Decimal
    currency: str | None
    start: int
    end: int


def claim_amount(narrative: Narrative) -> Amount | None:
    """The amount claimed or, failing that, estimated; never a deductible, a limit or a rate."""
    rank, labelled = _labelled(narrative)
    if labelled and rank > _SINGLE:
        return labelled
    text = narrative.spelled.flow
    return _sum_of_items(narrative) or labelled or _sum_of_parts(text) or _best(text)


def parse_amount(answer: str) -> Amount | None:
    """The amount in an answer; a bare number will do."""
    return _best(answer) or next(_bare(answer), None)


def _labelled(narrative: Narrative) -> tuple[int, Amount | None]:
    """The best labelled amount with the rank of its label."""
    best: tuple[int, Amount] | None = None
    for field in narrative.fields:
        if (
            not field.value
            or not _WORDS.claim_label.fullmatch(field.label[:90])
            or _WORDS.other_label.search(field.label)
        ):
            continue
        value = field.value[:160]
        amount = _best(value) or (next(_bare(value), None) if len(value) <= 40 else None)
        if amount and amount.value:
            rank = 3 if "claim" in field.label else 2 if "total" in field.label else _SINGLE
            if best is None or rank > best[0]:
                best = rank, amount
    return best or (0, None)


def _sum_of_items(narrative: Narrative) -> Amount | None:
    """The sum of a list in which every line names one amount; None if a total stands anywhere."""
    if _WORDS.total.search(narrative.flow):
        return None
    items: list[Amount] = []
    for line in narrative.lines:
        amounts = list(_amounts(line)) if len(line) <= 120 and _ITEM.match(line) else []
        if len(amounts) == 1 and _score(line, amounts[0]) >= -3:
            items.append(amounts[0])
        elif line and len(items) < 2:
            items = []
        elif line:
            break
    if len({item.value for item in items}) < 2 or len({item.currency for item in items}) > 1:
        return None
    return replace(items[0], value=sum((item.value for item in items), Decimal(0)))


def _sum_of_parts(text: str) -> Amount | None:
    """The sum of `$5,200 for the car + $300 for towing`; None if a total stands anywhere."""
    if _WORDS.total.search(text):
        return None
    for one, other in pairwise(sorted(_amounts(text), key=lambda amount: amount.start)):
        between, after = text[one.end : other.start], text[other.end : other.end + _NEAR]
        joined = _PLUS.fullmatch(between) or (_AND.fullmatch(between) and _BOTH.match(after))
        if (
            joined
            and one.currency == other.currency
            and all(_score(text, part) > -15 for part in (one, other))
        ):
            return replace(one, value=one.value + other.value, end=other.end)
    return None


def _best(text: str) -> Amount | None:
    best: tuple[float, Amount] | None = None
    for amount in _amounts(text):
        score = _score(text, amount)
        if (
            score > -15
            and amount.value > 0
            and (best is None or (score, amount.value) > (best[0], best[1].value))
        ):
            best = score, amount
    return best[1] if best else None


def _score(text: str, amount: Amount) -> float:
    begin = text.rfind("\n", 0, amount.start) + 1
    before = re.split(r"[.!?;]\s+(?=[A-Z])|\n", text[max(begin, amount.start - 110) : amount.start])[-1]
    after = re.split(
        r"(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)[.!?;]\s|\n|\Z", text[amount.end : amount.end + 90]
    )[0]
    clause = re.split(r",\s|\b(?:and|but|plus|minus|less|with|after)\b", before)[-1]
    score = (
        heaviest(_WORDS.before, before) + heaviest(_WORDS.before, clause) / 2 + heaviest(_WORDS.after, after)
    )
    return score - heaviest(_WORDS.against_before, clause) - heaviest(_WORDS.against_after, after)


def _amounts(text: str) -> Iterator[Amount]:
    with_currency = False
    for found in limited(_MONEY, text, _MOST):
        number = found["n1"] or found["n2"] or found["n3"]
        value = _value(number, found["t1"] or found["t2"] or found["t3"])
        if value is not None:
            with_currency = True
            yield Amount(value, _currency(found["before"] or found["after"]), found.start(), found.end())
    for found in chain(limited(_IN_WORDS, text, _MOST), limited(_IN_BOTH, text, _MOST)):
        words = f"{found['words']} {found.groupdict().get('grand') or ''}"
        if value := spelled_out(words):
            yield Amount(Decimal(value), _currency(found["unit"]), found.start(), found.end())
    for found in limited(_NUMBER_IN_TOTAL, text, _MOST):
        if (value := _value(found["n"], found["t"])) is not None:
            yield Amount(value, None, found.start(), found.end())
    for found in limited(_AFTER_CUE, text, _MOST):
        if (not with_currency or "," in found["n"]) and (value := _value(found["n"], found["t"])) is not None:
            yield Amount(value, None, found.start("n"), found.end())
    if not with_currency:
        for found in limited(_ROUGHLY_IN_WORDS, text, _MOST):
            if value := spelled_out(found["words"]):
                yield Amount(Decimal(value), None, found.start("words"), found.end())


def _bare(text: str) -> Iterator[Amount]:
    for found in limited(_BARE, text, 10):
        if (value := _value(found["n"], found["t"])) is not None:
            yield Amount(value, None, found.start(), found.end())


def _value(number: str, times: str | None) -> Decimal | None:
    from price_parser import Price  # loaded by the first text that names a number

    amount = Price.fromstring(number.replace("'", "").replace(" ", "")).amount
    if amount is None:
        return None
    value = (amount * (_FACTORS[times.strip()[0].lower()] if times else 1)).quantize(Decimal("0.01"))
    return value if value < _TOO_MUCH else None


def _currency(unit: str | None) -> str | None:
    unit = (unit or "").strip()
    if unit[:3].upper() in _WORDS.currencies:
        return unit[:3].upper()
    return _BY_SIGN.get(unit) or next((code for code, names in _BY_NAME.items() if names.search(unit)), None)


CURRENCY = rf"{_SIGNS}|\b(?:{_CODES})\b"
"""The regular expression of the signs and codes of currencies, for texts without regard to case."""


def currency_code(unit: str) -> str | None:
    """The ISO 4217 code of a currency's sign, code or name; None where it is no currency that is known."""
    return _currency(unit)
