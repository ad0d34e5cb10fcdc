"""The amount that is claimed, among all the sums that a letter mentions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, pairwise

from reading.evidence import Weighted, anywhere, heaviest, limited, one_of, phrases, word_first
from reading.numerals import NUMERAL, spelled_out
from reading.text import Narrative

_CODES = "usd|eur|gbp|cad|aud|nzd|chf|mxn|inr|jpy|ngn|zar|sek|nok|dkk|pln|aed|sgd"
_SYMBOLS = {
    "$": "USD",
    "us$": "USD",
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "rs": "INR",
    "rs.": "INR",
    "₦": "NGN",
    "¥": "JPY",
} | {
    symbol: code
    for code in ("CAD", "AUD")
    for symbol in (f"{code[0]}$".lower(), f"{code[:2]}$".lower(), f"{code}$".lower())
}
_UNITS = {"dol": "USD", "buck": "USD", "euro": "EUR", "pound": "GBP", "quid": "GBP", "franc": "CHF"}
_FACTORS = {"k": 1_000, "g": 1_000, "t": 1_000, "m": 1_000_000, "l": 100_000}
"""By the first letter of k, grand, thousand, million, lakh."""

_DIGITS = r"\d{1,3}(?:[,.' ]\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d)"
_TIMES = r"(?:\s?(?:k|grand|thousand|million|mil|m|lakhs?|lac)\b)"
_ALONE = r"(?<![\w.,$€£/#-])"
_MONEY = anywhere(
    r"(?=[\d$€£₹₦acdegijmnprsuz])(?:"
    rf"(?<![\w$€£])(?P<before>(?:us|ca|cad|c|au|a)?\$|€|£|₹|₦|\brs\b\.?|\b(?:{_CODES})\b\s?[$€£]?)\s{{0,3}}"
    rf"(?P<n1>{_DIGITS})(?P<t1>{_TIMES})?"
    rf"|{_ALONE}(?P<n2>{_DIGITS})(?P<t2>{_TIMES})?\s?-?"
    rf"(?P<after>€|£|\$|\b(?:{_CODES})\b|(?:us |u\.s\. )?(?:doll?[ae]r|buck|euro|quid|franc)s?\b"
    r"|pounds?\b(?! of))"
    rf"|{_ALONE}(?P<n3>\d{{1,4}}(?:[.,]\d{{1,2}})?)\s?(?P<t3>k|grand|thousand)\b"
    r"(?!\s+(?:miles|km|people|sq)))"
)
"""It first looks for a digit, a sign or a letter with which a currency begins: most of a text has none."""
_BARE = re.compile(rf"{_ALONE}(?P<n>{_DIGITS})(?P<t>{_TIMES})?(?![\w/%-])", re.IGNORECASE)
_AFTER_CUE = phrases(
    """
    est | estimate[ds]? | quoted? | damages? | costs? | amount | total | claim(?:ing)? | bill | invoice
    repairs? | said | says | wants? | asks? | charged?
    """,
    after=r"(?:\?\s+(?:\[[^\]\n]{1,12}\] ?)?(?:[a-z]{2,12}: ?)?(?:yes|yeah|yep|sure)?,?(?=\s?\d)|\.?)"
    r"(?: (?:is|of|at|about|around|approx\.?|was|for|to|comes to|will be|it))*[:=]? ?"
    rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+(?:\.\d\d)?|\d{{3,6}}(?:\.\d\d?)?)(?P<t>{_TIMES})?"
    r"(?![\w%/-]| (?:miles|days|hours|weeks|of|am|pm|km))",
)
"""A number without a currency counts only directly after one of these words, or as the answer to them."""
_NUMBER_IN_TOTAL = anywhere(
    rf"{_ALONE}(?P<n>\d{{1,3}}(?:[,.]\d{{3}})+(?:[.,]\d\d)?|\d{{3,6}}(?:[.,]\d\d)?)(?P<t>{_TIMES})?"
    r"(?= (?:altogether|all together|in total|in all|all in|total)\b)"
)
_ROUGHLY_IN_WORDS = phrases(
    rf"(?:about|around|roughly|says|said|wants|costs?|estimated?|quoted?|for|comes to|came to|total\w*|of|at)"
    rf" (?P<words>{NUMERAL}(?:[ -]{NUMERAL}){{0,6}}[ -](?:hundred|thousand)(?:[ -]{NUMERAL}){{0,5}})",
    after=r"(?!\s(?:people|miles|feet|times|square|sq|km|kilometers|pounds of|doll|buck|euro|pound|percent))",
)
"""Numbers in words of what has a price, without the money's name."""
_IN_WORDS = phrases(
    rf"(?P<words>{NUMERAL}(?:[ -]{NUMERAL}){{0,9}})"
    r"\s(?:(?P<unit>doll?[ae]rs?|bucks|euros?|pounds)\b(?! of)|(?P<grand>grand))"
)

_IN_BOTH = word_first(
    r"(?P<words>\d{1,3} (?:thousand|grand)(?:,? (?:and )?\d{1,3} hundred)?(?: (?:and )?\d{1,2}\b)?"
    r"|\d{1,2} hundred)(?: (?P<unit>doll?[ae]rs?|bucks|euros?|pounds)\b)?"
    r"(?!\s(?:people|miles|feet|times|square|sq|km))"
)
"""Digits and words: `2 thousand 7 hundred`."""

_CLAIM_LABEL = one_of(
    r"""
    (?:total |estimated |est\.? |approx\w* )*(?:claim )?(?:amount|sum|value|total|cost|loss\
    |damages?)(?: of (?:the )?(?:claim|loss|damages?|repairs?))?(?: claimed| requested| sought)?
    (?:total |estimated |initial |billed )*(?:claim(?:ed)?|repair|damage|loss|charge)s?(?: (?:amount|costs?\
    |total|value|estimate))? | (?:grand )?total.{0,30} | estimated? .{0,40} | amount .{0,30}
    (?:total )?charges?(?: billed)? | how much.{0,40}
    .{0,30}\b(?:claim(?:ed)? amount|amount claimed|total claim(?:ed)?)\b.{0,20}
    """,
    after=r"(?:\s*\(.{1,30}\))?",
)
_OTHER_LABEL = phrases(
    """
    deductible | excess | premium | limit | date | number | no | id | vehicle value | mileage | phone | type
    policy | handler | status | by | from | vendor | shop | coverage
    """
)

_BEFORE: Weighted = (
    (7, phrases(r"""
        claim(?:ing|ed)?(?: is| for| of)? (?:a )?(?:total|amount|sum)
        amount (?:of (?:the|my|this) )?claim(?:ed)? | total (?:amount )?(?:claim\w*|requested)
        (?:i|we)(?:'m| am|'re| are)? claim(?:ing)? | my claim is for | seeking | requesting | reimburse\w*
        (?:wish|want|would like|should like|'d like)\w* to claim | asking (?:for|you)
        request(?:ing)? (?:payment|compensation)
        """)),
    (6, phrases(r"""
        grand total | in total | totals? | totall?ed (?:at|up|to) | totall?ing | altogether | all together
        all in | comes? to | came to | adds? up | sum of | overall | which makes
        now (?:it's|it is|at|says?|wants?|asks?|up to) | is now | revised | corrected
        (?:went|gone|rose) up to
        final(?:ly)? (?:\w+ )?(?:is|was|at|bill|price|figure|estimate|quote|invoice)
        """)),
    (6, phrases(r"that is | that's | so | i\.e | making | hence", after=r"\W{1,3}(?:about |around )?\Z")),
    (4, phrases(r"""
        estimate[sd]? | estimating | quote[sd]? | quotation | assessed | apprais\w+ | cost(?:s|ing)?
        invoice | damages? | bill(?:s|ed)? | loss(?:es)? | charge[sd]? | repairs? | fix | replace\w*
        figures? | price | scope | bid | (?:asks?|wants?|says?|speaks? of|writ\w+ down|count on|calculat\w+)
        """)),
    (1, phrases("about | around | approximately | roughly | approx | nearly | pay | paid | owe | amount")),
)  # fmt: skip
"""What speaks for an amount in the sentence before it."""
_AFTER: Weighted = (
    (6, phrases(r"""
        final | now | (?:in |grand )?total | altogether | all together | all in | overall
        """, before=r"\A[\s,)]*")),
    (7, phrases(r"(?:wish|want|intend)\w* to claim | would like to claim", before=r"\A[^$€£]{0,80}")),
    (3, phrases(r"""
        damages? | to (?:fix|repair|replace) | in repairs
        for (?:the )?(?:repairs?|damage|surgery|procedure) | worth of | estimate | claim
        """, before=r"\A.{0,25}")),
)  # fmt: skip
_AGAINST_BEFORE: Weighted = (
    (30, phrases(r"""
        deductible | ded\.? | reserves? | excess | premiums? | co-?pays? | co-?insurance
        policy limit | limits?
        coverage(?: limit| amount)?(?: is| of| up to)? | covered up to
        (?<!went )(?<!gone )(?<!rose )(?<!now )(?<!is )up to | insured for | sum insured
        salary | income | rent is | mortgage | fine of | ticket of | odometer | mileage
        """, after=r"\W{1,3}(?:\w+ ){0,3}\W{0,2}\Z")),
    (15, phrases(r"""
        (?:one|last|first|only|other) time | years? ago | back in | (?:in|from|of) (?:19|20)[01]\d
        """, after=r"[^.;]{0,50}\Z")),
    (2, phrases(r"worth | valued? | market value | blue ?book | book value | kbb", after=r"[^.;]{0,30}\Z")),
    (6, phrases(r"""
        bought | purchased? | paid | msrp
        purchase price | cost me new | new price | retail(?:s|ed)? | insurance paid
        already (?:paid|covered) | deposit | advance | offer(?:s|ed|ing)? | first said | at first | originally
        """, after=r"[^.;]{0,30}\Z")),
    (3, phrases(r"""
        towing | tow | rental | labou?r | parts | tax | subtotal | sub-total | fee | paint | first | another
        further | additional(?:ly)? | extra
        one | other driver'?s | previous\w* | prior | last (?:claim|year) | lower | initial(?:ly)? | cash
        wallet
        """, after=r"[^.;,$€£]{0,20}\Z")),
)  # fmt: skip
"""What says that an amount is none that is claimed; 30 rules it out."""
_AGAINST_AFTER: Weighted = (
    (30, phrases(r"""
        deductible | excess | premium | co-?pay | limit | of coverage | policy limit
        (?:collision |comprehensive |my |auto |home |annual |all-peril |wind(?:/hail)? |hail )+deductible
        (?:per|an?|each|every) (?:hour|hr|day|night|week|month|year) | hourly | daily | monthly
        /\s?(?:hr|hour|h|day|night|week|wk|month|mo|yr|year)
        """, before=r"\A\s{0,2}")),
    (30, phrases(r"""
        .{0,30}\b(?:separate(?:ly)?|on its own|by itself) | can be added
        (?:do|am|did|are|is|was|were)(?: not|n't) (?:claim\w*|includ\w*|seek\w*|ask\w*|part of)
        not (?:claim\w*|includ\w*|part of)
        """, before=r"\A.{0,15}")),
    (6, one_of(r"""
        (?:per|a|each|/|an)\s?(?:item|visit|session|piece|sq|mile|sheet)?\b(?!\s*total)
        (?:in )?cash | deposit | bill in | gift
        """, before=r"\A\s{0,2}")),
    (5, one_of(r"in (?:19|20)\d\d", before=r"\A\W{0,3}")),
    (5, one_of(r"when | new | brand new | two years ago | last year | for (?:it|the (?:car|house|truck"
               r"|vehicle)) (?:when|new|in|last)",
               before=r"\A\W{0,3}")),
    (3, one_of(r"""
        (?:was |is |for |in |of )?(?:the |a )?(?:towing|fee|charge|tow|rental|labou?r|parts|sales tax|tax\
        |paint|subtotal|already) | for my (?:car|house|home)\b
        """, before=r"\A\W{0,3}")),
)  # fmt: skip

_SINGLE = 1
"""The rank of a label that may name one position of several."""
_TOTAL = phrases(
    r"""
    total(?:s|ling|ing|led|ed)?(?! loss) | altogether | in all | sum of | all in | claim(?:ing|ed)
    request(?:ed|ing) | reimburs\w* | seeking | amount due | balance
    """
)
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
            or not _CLAIM_LABEL.fullmatch(field.label[:90])
            or _OTHER_LABEL.search(field.label)
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
    if _TOTAL.search(narrative.flow):
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
    if _TOTAL.search(text):
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
    score = heaviest(_BEFORE, before) + heaviest(_BEFORE, clause) / 2 + heaviest(_AFTER, after)
    return score - heaviest(_AGAINST_BEFORE, clause) - heaviest(_AGAINST_AFTER, after)


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
    if unit[:3] in _CODES.split("|"):
        return unit[:3].upper()
    return _SYMBOLS.get(unit) or next((code for name, code in _UNITS.items() if name in unit), None)
