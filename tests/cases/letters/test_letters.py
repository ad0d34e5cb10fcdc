"""Letters as people write them, and what a careful reader takes out of each: amounts, dates, numbers, names.

The letters are in letters.yaml. A kind of trouble that is mended is taken off `NOT_YET`.
"""

import datetime as dt
import re
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluation.labelled import Letter
from evaluation.running import taken_in
from orchestration.durable.activities import advance
from orchestration.rules.routing import NextStep
from orchestration.services.claim_queries import load_claim
from shared.models.claim import ClaimContext
from tests.orchestration.app import app_with, rulebook

FOLDER = Path(__file__).parent
LETTERS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "letters.yaml").read_text(encoding="utf-8"))
NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)

NOT_YET = {
    "81-estimate-with-totals-heading": "claim_amount: 1760.00, not 1900",
    "63-several-vehicles": "claim_amount: 9000.00, not 1900",
    "83-indian-grouping": "claim_amount: 1.50, not 150000",
    "85-code-without-space": "claim_amount: None, not 1900; currency: None, not USD",
    "86-weekday-decides-ambiguous-date": "incident_date: 2026-03-04, not 2026-04-03; nothing is asked",
    "86d-yesterday-week": "incident_date: 2026-11-22, not 2026-11-15",
    "88-subject-claim-policy": "policy_number: None, not AUT-204518",
    "89-national-phone-formats": "phone: +19876543210, not 919876543210",
    "61c-lawyer-signature": "injuries: True; medical_records is asked for",
    "90-09": "claim_amount: 1.50, not 150000",
    "90-11": "claim_amount: None, not 1200000; currency: None, not INR",
    "90-17": "claim_amount: None, not 3450; currency: None, not CHF",
    "90-19": "claim_amount: None, not 2500; currency: None, not EUR",
    "90-22": "claim_amount: None, not 0.89; currency: None, not EUR",
    "90-24": "claim_amount: None, not 12500",
    "90-25": "claim_amount: None, not 12500",
    "90-27": "claim_amount: None, not 250000; currency: None, not JPY or CNY",
    "90-30": "claim_amount: None, not 4350; currency: None, not USD",
    "90-31": "claim_amount: None, not 4350; currency: None, not USD",
    "90-37": "claim_amount: None, not 4350; currency: None, not HKD",
    "90-39": "claim_amount: None, not 4350; currency: None, not BRL",
    "90-41": "claim_amount: None, not 85000",
    "90-47": "claim_amount: 1900.00, not 2150",
    "90-52": "claim_amount: 1900.00, not 1900.5",
    "90-55": "claim_amount: 1.00, not 1900",
    "91-d09": "incident_date: None, not 2026-03-04",
    "91-d19": "incident_date: None, not 2026-03-04",
    "91-d39": "incident_date: None, not 2026-03-04",
    "91-d40": "incident_date: 2026-11-03, not 2026-03-04",
    "91-p06": "phone: None, not 498946132207",
    "91-p12": "phone: None, not 34612345678",
    "91-p21": "phone: +4930607062026, not None",
}
"""What is still misread, by the id of the letter, and how."""


def cases() -> list[Any]:
    """The letters, each with whether it is read already."""
    return [
        pytest.param(
            letter,
            id=letter["id"],
            marks=pytest.mark.xfail(reason=NOT_YET[letter["id"]], strict=True, raises=AssertionError)
            if letter["id"] in NOT_YET
            else (),
        )
        for letter in LETTERS
    ]


def test_what_is_not_read_yet_is_among_the_letters() -> None:
    assert NOT_YET.keys() <= {letter["id"] for letter in LETTERS}


@pytest.mark.parametrize("letter", cases())
async def test_a_letter_is_read_as_a_careful_reader_reads_it(letter: dict[str, Any]) -> None:
    assert misread(letter["right"], await taken_up(letter)) == []


async def taken_up(letter: dict[str, Any]) -> ClaimContext:
    """The claim that the letter makes, once its intake is done."""
    app = app_with()
    sent = Letter("message/rfc822", as_mail(letter))
    try:
        async with taken_in(letter["id"], sent, NOW, app.services) as own:
            await advance(own.store, app.phases(), letter["id"], NextStep.INTAKE)
            return (await load_claim(own.store, letter["id"])).context
    finally:
        await app.store.close()


def as_mail(letter: dict[str, Any]) -> bytes:
    if "body" not in letter:
        return (FOLDER / "mails" / f"{letter['id']}.eml").read_bytes()
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Dana Whitfield <dana.whitfield@example.com>"
    mail["To"] = "claims@carrier.example"
    mail["Date"] = letter.get("sent", "Mon, 23 Nov 2026 09:12:44 -0500")
    mail["Subject"] = "Damage to my car"
    mail.set_content(letter["body"])
    return mail.as_bytes()


def misread(right: dict[str, Any], read: ClaimContext) -> list[str]:
    """What does not hold of the claim, in words."""
    if ways := right.get("any_of"):
        wrong = [misread(way, read) for way in ways]
        return [] if [] in wrong else [fault for faults in wrong for fault in faults]
    facts = read.facts.model_dump()
    on_file = {name for document in read.documents for name in (document.type, document.filename)}
    asked = " ".join(
        f"{question.question} {question.understood}"
        for question in rulebook().requirements.open_questions(read.evidence)
    )
    checks = {
        **{
            f"{name}: {facts[name]}, not {value}": is_same(name, facts[name], value)
            for name, value in right.get("facts", {}).items()
        },
        **{
            f"{name}: {value}": not is_same(name, facts[name], value)
            for name, value in right.get("facts_not", {}).items()
        },
        **{f"{name} is not on file": name in on_file for name in right.get("documents", [])},
        **{
            f"{name} is asked for": name not in read.missing_documents
            for name in right.get("missing_lacks", [])
        },
        f"{right.get('says')} is not said": "says" not in right or bool(re.search(right["says"], asked)),
    }
    return [fault for fault, holds in checks.items() if not holds]


def is_same(name: str, value: Any, right: Any) -> bool:
    match right:
        case {"has": words}:
            return words in (value or "")
        case {"one_of": values}:
            return value in values
        case str() if name == "phone":
            return re.sub(r"\D", "", value or "").endswith(right)
        case str() if name == "incident_date":
            return value == dt.date.fromisoformat(right)
        case int() | float() if name == "claim_amount":
            return value == Decimal(str(right))
        case _:
            return value == right
