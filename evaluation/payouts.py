"""Claims that a rule should pay, and claims that none may: what becomes of each, worked to its rest."""

import asyncio
import base64
import datetime as dt
import json
import random
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import yaml
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from evaluation.labelled import Letter
from evaluation.running import submitted_to
from orchestration.bootstrap import App, Rulebook, bootstrap
from orchestration.durable.in_process import NoEngine, work
from orchestration.services.claim_queries import load_claim
from orchestration.services.claims import continue_claim
from orchestration.services.documents import given_documents
from shared.errors import AppError
from shared.models.requests import Continuation
from shared.models.vocabulary import Outcome

TODAY = dt.date(2026, 11, 30)
"""The day on which every case is sent; the policies of `data/` are in force on it."""
_DAY = re.compile(r"\{\{([+-]?\d{1,4})(?: (\w{1,10}))?\}\}")
_ENGLISH = "January February March April May June July August September October November December"
_FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_SPANISH = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
_MONTHS = {
    "long": (_ENGLISH, "{month} {day}, {year}"),
    "uk": (_ENGLISH, "{day} {month} {year}"),
    "fr": (_FRENCH, "{day} {month} {year}"),
    "es": (_SPANISH, "{day} de {month} de {year}"),
}
"""How a day is written out, by the form that its placeholder names."""
_SIZE = (640, 480)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Sent(_Strict):
    """How a claim is submitted: in one of three forms."""

    json_: dict[str, Any] | None = Field(default=None, alias="json")
    text: str | None = None
    email: dict[str, Any] | None = None


class SentClaim(_Strict):
    """A claim, and what follows once it has settled."""

    submit: Sent
    then: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    no_id: bool = False


class PayoutCase(_Strict):
    """Claims of one case, and what may be paid of them."""

    id: str
    group: Literal["Y", "N"]
    """Y: a rule should pay it; N: none may, but for `may_pay` and `sum_at_most`."""
    kind: str
    policies: list[str]
    why: str
    payout: Decimal | None = None
    """What is to be paid, in the policy's currency."""
    may_pay: int = 0
    """How many of the claims may be paid."""
    sum_at_most: Decimal | None = None
    """What all of them together may be paid; then each may be paid."""
    order: Literal["sequence", "together"] = "sequence"
    claims: list[SentClaim]


@dataclass(frozen=True)
class PayoutResult:
    """What a rule paid in a case."""

    id: str
    is_clean: bool
    is_wrong: bool
    """Whether something was paid that must not be, or another sum."""
    is_paid_exactly: bool


def payout_cases(path: Path) -> list[PayoutCase]:
    """The cases of a file.

    Raises:
        ValidationError: the file is no list of cases.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return TypeAdapter(list[PayoutCase]).validate_python(content)


async def run_case(case: PayoutCase, environment: Mapping[str, str], rulebook: Rulebook) -> PayoutResult:
    """The claims of a case, each worked to its rest on a store of its own, with approval by rule."""
    assisted = {"DECISION_MODE": "assisted", "AUTO_APPROVE_LIMIT": "1000", "SessionStorage__path": ":memory:"}
    app = bootstrap({**environment, **assisted}, rulebook=rulebook)
    app = replace(app, services=replace(app.services, now=lambda: _noon(TODAY)))
    try:
        if case.order == "together":
            paid = list(await asyncio.gather(*(_paid(claim, app) for claim in case.claims)))
        else:
            paid = [await _paid(claim, app) for claim in case.claims]
    finally:
        await app.store.close()
    return judged(case, [sum_ for sum_ in paid if sum_ is not None])


def judged(case: PayoutCase, paid: Sequence[Decimal]) -> PayoutResult:
    """Whether the sums that a rule paid are those that it may."""
    if case.group == "Y":
        exactly = list(paid) == [case.payout]
        return PayoutResult(case.id, True, bool(paid) and not exactly, exactly)
    if case.sum_at_most is not None:
        return PayoutResult(case.id, False, sum(paid) > case.sum_at_most, False)
    return PayoutResult(case.id, False, len(paid) > case.may_pay, False)


async def _paid(claim: SentClaim, app: App) -> Decimal | None:
    """What a rule paid on the claim; None where it was refused or is anybody else's to decide."""
    try:
        claim_id = await submitted_to(app.services, None, as_sent(claim.submit))
    except AppError:
        return None
    with suppress(AppError):  # a claim that is over takes nothing more, and may be paid already
        await work(app.store, app.phases(), claim_id)
        for step in claim.then:
            brought = Continuation.model_validate(_filled(step))
            documents = given_documents(brought.documents)
            await continue_claim(app.services, NoEngine(), claim_id, documents, brought.notes)
            await work(app.store, app.phases(), claim_id)
    context = (await load_claim(app.store, claim_id)).context
    decision = context.decision
    if context.outcome is not Outcome.APPROVED or decision is None or decision.decided_by != "rule":
        return None
    return decision.payout_amount or Decimal(0)


def as_sent(sent: Sent) -> Letter:
    """The submission as bytes, with its days and photos filled in."""
    if sent.json_ is not None:
        return Letter("application/json", json.dumps(_filled(sent.json_)).encode())
    if sent.email is not None:
        return Letter("message/rfc822", _mail(_filled(sent.email)))
    return Letter("text/plain", _days(sent.text or "").encode())


def _mail(fields: Mapping[str, Any]) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = fields["from"]
    mail["Date"] = fields.get("date") or format_datetime(_noon(TODAY))
    mail["Subject"] = fields.get("subject", "")
    mail.set_content(fields["body"])
    for file in fields.get("attachments", []):
        content = file.get("content_base64")
        data = base64.b64decode(content) if content else str(file.get("text", "")).encode()
        mail.add_attachment(data, "application", "octet-stream", filename=file["filename"])
    return mail.as_bytes()


def _filled(value: Any) -> Any:
    """The value with its days written out, and with the content of its photos."""
    match value:
        case str():
            return _days(value)
        case list():
            return [_filled(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
        case {"photo": int(seed), **rest}:
            return {**_filled(rest), "content_base64": base64.b64encode(photo(seed)).decode()}
        case {"base64": str(content), **rest}:
            return {**_filled(rest), "content_base64": content}
        case dict():
            return {key: _filled(one) for key, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
        case _:
            return value


def _days(text: str) -> str:
    return _DAY.sub(lambda found: _day(TODAY + dt.timedelta(int(found[1])), found[2]), text)


def _day(day: dt.date, form: str | None) -> str:
    match form:
        case None:
            return day.isoformat()
        case "compact":
            return f"{day:%Y%m%d}"
        case "rfc":
            return format_datetime(_noon(day))
        case _:
            months, pattern = _MONTHS[form]
            return pattern.format(day=day.day, month=months.split()[day.month - 1], year=day.year)


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def photo(seed: int) -> bytes:
    """A PNG that differs with its seed."""
    small = Image.frombytes("RGB", (4, 3), random.Random(seed).randbytes(36))  # noqa: S311 -- a picture, no secret
    file = BytesIO()
    small.resize(_SIZE).save(file, "PNG")
    return file.getvalue()
