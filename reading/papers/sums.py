"""What a priced paper comes to: its total among its sums, and whether what it lists adds up to it."""

import csv
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from reading.incident.amounts import CURRENCY, currency_code
from reading.papers.wording import WORDS, begins_with, label_of

CENT = Decimal("0.01")
MOST_LINES = 2_000
_LONGEST_LINE = 300
_MOST_MONEY = 100_000_000
_DIGITS = r"\d{1,3}(?:[.,'\u00a0\u2009\u202f]\d{3})+(?:[.,]\d\d)?|\d{1,9}(?:[.,]\d\d)?"
_MONEY = re.compile(
    rf"(?P<before>(?<![^\W\d_])(?:{CURRENCY})[ \t]{{0,4}})?(?<![\w.,/#-])(?P<open>\()?"
    rf"(?P<minus>[-\u2212][ \t]?)?"
    rf"(?P<sign>(?:{CURRENCY})[ \t]?)?(?P<number>{_DIGITS})"
    rf"(?![\d_]|[^\W\d_]|[.,/-]\d|[ \t]?%"
    rf"|[ \t]?(?:h|hrs?|hours?|std|km|miles|mi|kcal|sq|ft|g|kg|ml|days|min)\b)"
    rf"(?P<trailing>-)?(?P<after>[ \t]?(?:{CURRENCY})(?![^\W\d_]))?",
    re.IGNORECASE,
)
_TIMES = re.compile(
    rf"(?<![\w.,])(?P<count>\d{{1,5}}(?:[.,]\d{{1,2}})?)[ \t]{{0,3}}"
    rf"(?:h|hrs?|hours?|pcs?|std|stk|st)?\.?[ \t]{{0,3}}"
    rf"(?:x|\u00d7|@|at|\u00e0)[ \t]{{0,3}}(?:{CURRENCY})?[ \t]?(?P<price>{_DIGITS})(?![\w])",
    re.IGNORECASE,
)
_APART = re.compile(r"(?:[:|=\t]|[ \t]{2}|\.{2})[ \t.]*$")
_COMMA_DECIMALS = re.compile(r"\d,\d\d(?![\d.,])")
_POINT_DECIMALS = re.compile(r"\d\.\d\d(?![\d.,])")
_PLAIN = re.compile(r"\d+")


class _Kind(StrEnum):
    ITEM = "item"
    SUMMARY = "summary"
    SUBTOTAL = "subtotal"
    TAX = "tax"
    DISCOUNT = "discount"
    NOT_PART = "not part"
    DUE = "due"
    TOTAL = "total"
    GRAND_TOTAL = "grand total"


_WHOLES = (_Kind.GRAND_TOTAL, _Kind.TOTAL, _Kind.DUE)
"""The kinds of lines that may be the total, the best one first."""


class _Sum(NamedTuple):
    """A line with an amount."""

    kind: _Kind
    value: Decimal
    currency: str | None
    multiplies: bool
    """Whether a count and a unit price on the line come to its amount."""


class Sums(NamedTuple):
    """What a paper comes to."""

    total: Decimal | None
    """The amount over all; None where the paper gives none, or several that differ."""
    adds_up: bool | None
    """Whether the parts come to the total, to the cent; None where either is missing."""
    currency: str | None
    has_parts: bool


def sums(text: str) -> Sums:
    """The total, the parts and the currency of a paper's text."""
    found = list(_sums(rows(text)))
    best = next((kind for kind in _WHOLES if any(one.kind is kind for one in found)), None)
    totals = [one for one in found if one.kind is best]
    values = {one.value for one in totals}
    is_clear = len(values) == 1 and not (
        best is _Kind.DUE and any(one.kind is _Kind.NOT_PART for one in found)
    )
    total = totals[0].value if is_clear and totals[0].value > 0 else None
    currencies = {one.currency for one in found if one.currency}
    named = next((one.currency for one in totals if one.currency), None)
    parts = any(one.kind in {_Kind.ITEM, _Kind.SUMMARY, _Kind.SUBTOTAL} and one.value > 0 for one in found)
    adds_up = _adds_up(found, total) if total is not None and parts else None
    if len(currencies) > 1 and adds_up:
        adds_up = False
    currency = named or (currencies.pop() if len(currencies) == 1 else None)
    return Sums(total, adds_up, currency or _headed(text), parts)


def rows(text: str) -> list[str]:
    """The lines of a text; those of a comma-separated table with a bar between the cells."""
    lines = text.splitlines()[:MOST_LINES]
    head = next((line for line in lines if line.strip()), "")
    for mark in (",", ";", "\t"):
        if (
            head.count(mark) >= 2
            and ", " not in head
            and sum(mark in line for line in lines) * 2 > len(lines)
        ):
            try:
                return [" | ".join(cells) for cells in csv.reader(lines, delimiter=mark)]
            except csv.Error:
                break
    return lines


def _headed(text: str) -> str | None:
    """The currency in the head of a table: `amount_usd`."""
    head = next((line for line in text.splitlines() if line.strip()), "")[:_LONGEST_LINE]
    found = {m.group(1) for m in re.finditer(r"_([a-z]{3})(?![a-z])", head) if currency_code(m.group(1))}
    return currency_code(found.pop()) if len(found) == 1 else None


def _sums(lines: list[str]) -> Iterator[_Sum]:
    text = "\n".join(lines)
    comma = bool(_COMMA_DECIMALS.search(text)) and not _POINT_DECIMALS.search(text)
    has_decimals = comma or bool(_POINT_DECIMALS.search(text))
    for line in _joined(lines):
        if len(line) > _LONGEST_LINE:
            continue
        money = [m for m in _MONEY.finditer(line) if _is_money(m, line, plain=not has_decimals)]
        if not money:
            continue
        last = money[-1]
        label = label_of(line[: last.start()]) or label_of(line[last.end() :])
        value = _value(last["number"], comma=comma)
        if value is None or not label:
            continue
        is_plain = _PLAIN.fullmatch(last["number"]) and not _currency(last)
        if is_plain and begins_with(WORDS.not_priced, label):
            continue
        kind = _kind(label)
        if last["minus"] or last["open"] or last["trailing"]:
            value = value if kind is _Kind.DISCOUNT else -value
        yield _Sum(kind, value, _currency(last), _multiplies(line, value, comma=comma))


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """The lines, each label that stands alone together with the amount on the line below."""
    for line, following in pairwise([*(line.rstrip() for line in lines), ""]):
        amount = _MONEY.fullmatch(following.strip())
        if amount and line.strip() and not any(c.isdigit() for c in line):
            yield f"{line}  {following.strip()}"
        else:
            yield line


def _is_money(found: re.Match[str], line: str, *, plain: bool) -> bool:
    """Whether a number is an amount: by its decimals or currency, else at the end of a line with a label."""
    if _currency(found) or not _PLAIN.fullmatch(found["number"]):
        return True
    before = line[: found.start()]
    is_last = not line[found.end() :].strip(" \t|")
    return is_last and (
        _kind(label_of(before)) in {_Kind.TOTAL, _Kind.GRAND_TOTAL}
        or (plain and _APART.search(before) is not None)
    )


def _currency(found: re.Match[str]) -> str | None:
    unit = found["before"] or found["sign"] or found["after"]
    return currency_code(unit.strip().lower()) if unit else None


def _value(number: str, *, comma: bool) -> Decimal | None:
    """The value of a number; None where its marks can be read in two ways."""
    point, group = (",", ".") if comma else (".", ",")
    whole, mark, cents = number.rpartition(point)
    if mark and len(cents) == 2:
        rest = whole
    elif mark:
        return None
    else:
        rest, cents = number, "00"
    plain = re.sub(rf"[{re.escape(group)}'\u00a0\u2009\u202f]", "", rest)
    if not plain.isdecimal() or (group in rest and not re.fullmatch(r"\d{1,3}(?:\D\d{3})+", rest)):
        return None
    value = Decimal(f"{plain}.{cents}")
    return value if value < _MOST_MONEY else None


def _kind(label: str) -> _Kind:
    for kind, words in (
        (_Kind.NOT_PART, WORDS.included_tax),
        (_Kind.NOT_PART, WORDS.not_part),
        (_Kind.TAX, WORDS.tax),
        (_Kind.DISCOUNT, WORDS.discount),
        (_Kind.DUE, WORDS.due),
        (_Kind.SUBTOTAL, WORDS.subtotal),
        (_Kind.GRAND_TOTAL, WORDS.grand_total),
    ):
        if begins_with(words, label):
            return kind
    if rest := begins_with(WORDS.total, label):
        further = label[rest:].split()
        return _Kind.TOTAL if all(word in WORDS.total_words for word in further) else _Kind.SUBTOTAL
    return _Kind.SUMMARY if label in WORDS.summary else _Kind.ITEM


def _multiplies(line: str, value: Decimal, *, comma: bool) -> bool:
    times = _TIMES.search(line)
    price = _value(times["price"], comma=comma) if times else None
    if times is None or price is None or times.end() >= len(line.rstrip()):
        return True
    count = Decimal(times["count"].replace(",", "."))
    return abs(count * price - value) < CENT


def _adds_up(found: list[_Sum], total: Decimal) -> bool:
    extra = sum((s.value for s in found if s.kind is _Kind.TAX), Decimal(0))
    extra -= sum((abs(s.value) for s in found if s.kind is _Kind.DISCOUNT), Decimal(0))
    if not all(one.multiplies for one in found):
        return False
    return any(base + extra == total for base in _bases(found))


def _bases(found: list[_Sum]) -> Iterator[Decimal]:
    """The sums of the parts before tax and discount, in each way in which the lines can be meant."""
    parts = [s for s in found if s.kind in {_Kind.ITEM, _Kind.SUMMARY}]
    if not parts:
        yield sum((s.value for s in found if s.kind is _Kind.SUBTOTAL), Decimal(0))
        return
    yield sum((s.value for s in parts), Decimal(0))
    counted, group, has_items = Decimal(0), Decimal(0), False
    for part in parts:
        if part.kind is _Kind.SUMMARY and has_items and part.value == group:
            group, has_items = Decimal(0), False
            continue
        counted, group = counted + part.value, group + part.value
        has_items = has_items or part.kind is _Kind.ITEM
    yield counted
