"""The amount that is claimed, among all the sums that a letter mentions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from orchestration.agents.reading.evidence import limited
from orchestration.agents.reading.text import Narrative

_CODES = r"(?:USD|EUR|GBP|CAD|AUD|NZD|CHF|MXN|INR|JPY)"
_SYMBOLS = {
    "us$": "USD",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "¥": "JPY",
    "c$": "CAD",
    "ca$": "CAD",
    "cad$": "CAD",
    "a$": "AUD",
    "au$": "AUD",
}
_UNITS = {"dollar": "USD", "buck": "USD", "euro": "EUR", "pound": "GBP", "quid": "GBP", "franc": "CHF"}
_NUMBER = r"\d{1,3}(?:[,.' ]\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d)"
_TIMES = r"(?:\s?(?:k|grand|thousand|million|mil|m)\b)"
_AMOUNT = re.compile(
    rf"(?<![\w$€£])(?P<before>(?:US|CA|CAD|C|AU|A)?\$|€|£|₹|\b{_CODES}\b\s?[$€£]?)\s{{0,3}}(?P<n1>{_NUMBER})(?P<t1>{_TIMES})?"
    rf"|(?<![\w.,$€£/-])(?P<n2>{_NUMBER})(?P<t2>{_TIMES})?\s?-?(?P<after>€|£|\$|\b{_CODES}\b|(?:us |u\.s\. )?(?:dollar|buck|euro|quid|franc)s?\b|pounds?\b(?! of))"
    rf"|(?<![\w.,$€£/-])(?P<n3>\d{{1,4}}(?:[.,]\d{{1,2}})?)\s?(?P<t3>k|grand|thousand)\b(?!\s+(?:miles|km|people|sq))",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?<![\w.,$€£/#-])(?P<n>{_NUMBER})(?P<t>{_TIMES})?(?![\w/%-])", re.IGNORECASE)
_AFTER_CUE = re.compile(
    rf"\b(?:est|estimate[ds]?|quoted?|damages?|costs?|amount|total|claim(?:ing)?|bill|invoice|repairs?)\b\.?(?: (?:is|of|at|about|around|approx\.?|was|for|to|comes to|will be|it))*[:=]? "
    rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+(?:\.\d\d)?|\d{{3,6}}(?:\.\d\d)?)(?P<t>{_TIMES})?(?![\w%/-]| (?:miles|days|hours|weeks|of|am|pm|km))",
    re.IGNORECASE,
)
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_SMALL = (
    {
        word: number
        for number, word in enumerate(
            ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
        )
    }
    | _TENS
    | {"a": 1}
)
_NUMBER_WORD = rf"(?:{'|'.join(sorted(_SMALL, key=len, reverse=True))}|hundred|thousand|grand|and|half)"
_WORDS = re.compile(
    rf"\b(?P<words>{_NUMBER_WORD}(?:[ -]{_NUMBER_WORD}){{0,9}})\s(?P<unit>dollars?|bucks|euros?|pounds)\b(?! of)"
    r"|\b(?P<grand>(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[ -])?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|a) (?:hundred )?(?:grand|thousand)(?: (?:one|two|three|four|five|six|seven|eight|nine) hundred)?)\b(?!\s+(?:miles|people|times|sq))",
    re.IGNORECASE,
)

_CLAIM_LABEL = re.compile(
    r"(?:(?:total |estimated |approx\w* )*(?:amount|claim amount|sum|value|total|cost|loss|damages?)(?: of (?:the )?(?:claim|loss|damages?|repairs?))?(?: claimed| requested| sought| being claimed| of claim)?"
    r"|(?:total |estimated |initial )*(?:claim(?:ed)?|repair|damage|loss|charges|billed charges)s?(?: (?:amount|costs?|total|value|estimate))?"
    r"|(?:grand )?total.{0,30}|estimated? .{0,40}|amount .{0,30}|how much.{0,40}|.{0,30}\b(?:claim(?:ed)? amount|amount claimed|total claimed|total claim)\b.{0,20})(?:\s*\(.{1,30}\))?",
    re.IGNORECASE,
)
_NO_CLAIM_LABEL = re.compile(
    r"\b(?:deductible|excess|premium|limit|date|number|no|id|vehicle value|mileage|phone|type|policy|handler|status|by|from|vendor|shop)\b",
    re.IGNORECASE,
)

_FOR = (
    (7, re.compile(r"\b(?:claim(?:ing|ed)?(?: is| for| of)? (?:a )?(?:total|amount|sum)|amount (?:of (?:the|my|this) )?claim(?:ed)?|total (?:amount )?(?:claim\w*|requested)|i(?:'m| am)? (?:am )?claim(?:ing)?|we(?:'re| are)? claim(?:ing)?|my claim is for|seeking|requesting|reimburse\w*|asking (?:for|you)|request(?:ing)? (?:payment|compensation))\b", re.I)),
    (6, re.compile(r"\b(?:grand total|in total|totals?|totall?ed (?:at|up|to)|totall?ing|altogether|all together|all in|comes? to|came to|adds? up|sum of|overall)\b", re.I)),
    (4, re.compile(r"\b(?:estimate[sd]?|estimating|quote[sd]?|quotation|assessed|apprais\w+|cost(?:s|ing)?|invoice|damages?|bill(?:s|ed)?|loss(?:es)?|charge[sd]?|repairs?|fix|replace\w*)\b", re.I)),
    (1, re.compile(r"\b(?:about|around|approximately|roughly|approx|nearly|pay|paid|owe|amount)\b", re.I)),
)  # fmt: skip
_FOR_AFTER = (
    (6, re.compile(r"\A[\s,)]*(?:in total|total\b|altogether|all together|all in\b|overall|grand total)", re.I)),
    (3, re.compile(r"\A.{0,25}\b(?:damages?|to (?:fix|repair|replace)|in repairs|for (?:the )?(?:repairs?|damage|surgery|procedure)|worth of|estimate|claim)\b", re.I)),
)  # fmt: skip
_AGAINST = (
    (30, re.compile(r"\b(?:deductible|excess|premiums?|co-?pays?|co-?insurance|policy limit|limits?|coverage(?: limit)?(?: is| of| up to)?|covered up to|up to|insured for|sum insured|salary|income|rent is|mortgage|fine of|ticket of|odometer|mileage)\W{1,3}(?:\w+ ){0,3}\W{0,2}\Z", re.I)),
    (6, re.compile(r"\b(?:bought|purchased?|paid|worth|valued?|market value|msrp|blue ?book|book value|kbb|purchase price|cost me new|new price|retail(?:s|ed)?|insurance paid|already (?:paid|covered)|deposit|advance)\b[^.;]{0,30}\Z", re.I)),
    (3, re.compile(r"\b(?:towing|tow|rental|labou?r|parts|tax|subtotal|sub-total|fee|paint|first|another|one|other driver'?s|previous\w*|prior|last (?:claim|year)|lower|initial(?:ly)?|cash|wallet)\b[^.;,$€£]{0,20}\Z", re.I)),
)  # fmt: skip
_AGAINST_AFTER = (
    (30, re.compile(r"\A\s{0,2}(?:deductible|excess|premium|co-?pay|limit|of coverage|policy limit|(?:collision |comprehensive |my |auto |home |annual |all-peril |wind(?:/hail)? |hail )+deductible|per (?:hour|hr|month|year)|an? (?:hour|month|year)|/ ?(?:hr|hour|h|month|mo|yr|year)|hourly|monthly|a month)\b", re.I)),
    (6, re.compile(r"\A\s{0,2}(?:per|a|each|/|an) ?(?:day|night|week|item|visit|session|piece|sq|mile|sheet)?\b(?!\s*total)|\A\s{0,2}(?:cash|deposit|bill in|gift)", re.I)),
    (3, re.compile(r"\A\W{0,3}(?:was |is |for |in |of )?(?:the |a )?(?:towing|tow|rental|labou?r|parts|sales tax|tax|paint|subtotal|already|for my (?:car|house|home)\b)", re.I)),
    (5, re.compile(r"\A\W{0,3}(?:when|new|brand new|two years ago|last year|for (?:it|the (?:car|house|truck|vehicle)) (?:when|new|in|last))", re.I)),
)  # fmt: skip


_SINGLE = 1
"""The rank of a label that may name one position of several."""
_TOTAL = re.compile(r"\b(?:total(?:s|ling|ing|led|ed)?(?! loss)|altogether|in all|sum of|all in|claim(?:ing|ed)|request(?:ed|ing)|reimburs\w*|seeking|amount due|balance)\b", re.IGNORECASE)
_ITEM = re.compile(r"[A-Za-z][^:$€£.]{1,60}?(?:\s*[:=(]\s*|\s+-?\s*)(?:about |approx\w*\.? |est\.? )?(?:[$€£]|USD|EUR|GBP|\d)", re.IGNORECASE)


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
    return _sum_of_items(narrative) or labelled or _best(narrative.flow)


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
            or _NO_CLAIM_LABEL.search(field.label)
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
        amounts = list(_amounts(line)) if len(line) <= 120 else []
        if len(amounts) == 1 and _ITEM.match(line) and _score(line, amounts[0]) >= -3:
            items.append(amounts[0])
        elif line and len(items) < 2:
            items = []
        elif line:
            break
    if len({item.value for item in items}) < 2 or len({item.currency for item in items}) > 1:
        return None
    return replace(items[0], value=sum((item.value for item in items), Decimal(0)))


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
    after = re.split(r"[.!?;]\s|\n|\Z", text[amount.end : amount.end + 50])[0]
    clause = re.split(r",\s|\b(?:and|but|plus|minus|less|with|after)\b", before)[-1]
    score = max((float(weight) for weight, pattern in _FOR if pattern.search(before)), default=0)
    score += max((weight * 0.5 for weight, pattern in _FOR if pattern.search(clause)), default=0)
    score += max((weight for weight, pattern in _FOR_AFTER if pattern.search(after)), default=0)
    score -= max((weight for weight, pattern in _AGAINST if pattern.search(clause)), default=0)
    score -= max((weight for weight, pattern in _AGAINST_AFTER if pattern.search(after)), default=0)
    return score


def _amounts(text: str) -> Iterator[Amount]:
    any_symbol = False
    for found in limited(_AMOUNT, text, 60):
        number = found["n1"] or found["n2"] or found["n3"]
        any_symbol = True
        times = found["t1"] or found["t2"] or found["t3"]
        if (value := _value(number, times)) is not None:
            yield Amount(
                value, _currency(found["before"] or found["after"] or ""), found.start(), found.end()
            )
    if not any_symbol:
        for found in limited(_AFTER_CUE, text, 10):
            if (value := _value(found["n"], found["t"])) is not None:
                yield Amount(value, None, found.start("n"), found.end())
    for found in limited(_WORDS, text, 20):
        value = _spoken(found["words"] or found["grand"])
        if value:
            yield Amount(Decimal(value), _currency(found["unit"] or ""), found.start(), found.end())


def _bare(text: str) -> Iterator[Amount]:
    for found in limited(_BARE, text, 10):
        if (value := _value(found["n"], found["t"])) is not None:
            yield Amount(value, _currency(""), found.start(), found.end())


def _value(number: str, times: str | None) -> Decimal | None:
    from price_parser import Price

    amount = Price.fromstring(number.replace("'", "").replace(" ", "")).amount
    if amount is None:
        return None
    factor = {"k": 1_000, "g": 1_000, "t": 1_000, "m": 1_000_000}[times.strip()[0].lower()] if times else 1
    value = (amount * factor).quantize(Decimal("0.01"))
    return value if value < Decimal(10) ** 12 else None


def _currency(unit: str) -> str | None:
    unit = unit.strip().lower()
    if unit[:3].upper() in {"USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF", "MXN", "INR", "JPY"}:
        return unit[:3].upper()
    if unit in _SYMBOLS:
        return _SYMBOLS[unit]
    return next((code for name, code in _UNITS.items() if name in unit), None)


def _spoken(words: str) -> int:
    """'four thousand eight hundred fifty' as a number."""
    total, part = 0, 0
    for word in re.split(r"[ -]", words.lower()):
        if word == "hundred":
            part = (part or 1) * 100
        elif word in {"thousand", "grand"}:
            total, part = total + (part or 1) * 1_000, 0
        else:
            part += _SMALL.get(word, 0)
    return total + part
