"""Sends the claims of a case as claimants do, and tells what was paid by rule; `cases.yaml` says how."""

import asyncio
import base64
import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from email.message import EmailMessage
from hashlib import shake_256
from io import BytesIO
from pathlib import Path
from typing import Any

import azure.functions as func
import yaml
from PIL import Image

from orchestration.bootstrap import App
from orchestration.durable.in_process import NoEngine, work
from orchestration.phases.context import PhaseContext
from orchestration.services.claim_queries import load_claim
from orchestration.services.claims import continue_claim
from orchestration.services.context import ServiceContext
from orchestration.services.documents import given_documents
from orchestration.services.submission import submit
from shared.errors import ClaimsError
from shared.models.claim import ClaimContext
from shared.models.requests import Continuation
from shared.session_store import open_local_store
from triggers.http.submissions import parse_submission

TODAY = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
_DAY = re.compile(r"\{\{(?P<days>[+-]?\d+)(?: (?P<form>\w+))?\}\}")
_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}


@dataclass(frozen=True)
class Case:
    """Claims, and what a rule should pay for them: `payout`, or what `may_pay` and `sum_at_most` allow."""

    id: str
    group: str
    why: str
    claims: list[dict[str, Any]]
    payout: Decimal | None
    may_pay: int | None
    sum_at_most: Decimal | None
    together: bool


def payout_cases() -> list[Case]:
    """The cases of the file, with days in the place of their placeholders."""
    text = Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8")
    return [
        Case(
            case["id"],
            case["group"],
            case["why"],
            case["claims"],
            Decimal(str(case["payout"])) if "payout" in case else None,
            case.get("may_pay"),
            Decimal(str(case["sum_at_most"])) if "sum_at_most" in case else None,
            case.get("order") == "together",
        )
        for case in yaml.load(_DAY.sub(_dated, text), Loader=yaml.CSafeLoader)
    ]


def is_right(case: Case, paid: list[Decimal]) -> bool:
    """Whether what was paid by rule is what should be."""
    if case.payout is not None:
        return paid == [case.payout]
    if case.sum_at_most is not None:
        return sum(paid) <= case.sum_at_most
    return len(paid) <= (case.may_pay or 0)


async def paid_by_rule(case: Case, app: App) -> list[Decimal]:
    """What is paid by rule for the claims of a case, on a store without any other claim."""
    services = replace(app.services, store=open_local_store(":memory:"), now=lambda: TODAY)
    try:
        runs = [
            _settled(claim, f"{case.id}-{number}", services, app.phases())
            for number, claim in enumerate(case.claims)
        ]
        settled = await asyncio.gather(*runs) if case.together else [await run for run in runs]
    finally:
        await services.store.close()
    return [payout for context in settled if (payout := _paid(context)) is not None]


def _paid(context: ClaimContext | None) -> Decimal | None:
    if context is None or context.assessment is None or context.assessment.route != "rule":
        return None
    return context.decision.payout_amount if context.decision else None


async def _settled(
    claim: Mapping[str, Any], claim_id: str, services: ServiceContext, phases: PhaseContext
) -> ClaimContext | None:
    content_type, body = _body(claim["submit"])
    request = func.HttpRequest("POST", "/api/claims", headers={"Content-Type": content_type}, body=body)
    try:
        parsed = parse_submission(request)
        submission = parsed.submission.model_copy(update={"claim_id": claim_id})
        await submit(services, NoEngine(), submission, parsed.documents)
        await work(services.store, phases, claim_id)
        for more in claim.get("then") or ():
            papers = _documents(more.get("documents", ()))
            brought = Continuation.model_validate({**more, "documents": papers})
            documents = given_documents(brought.documents)
            await continue_claim(services, NoEngine(), claim_id, documents, brought.notes)
            await work(services.store, phases, claim_id)
    except ClaimsError:
        return None
    return (await load_claim(services.store, claim_id)).context


def _body(form: Mapping[str, Any]) -> tuple[str, bytes]:
    if "text" in form:
        return "text/plain", form["text"].encode()
    if "json" in form:
        fields = form["json"]
        brought = {"documents": _documents(fields["documents"])} if "documents" in fields else {}
        return "application/json", json.dumps({**fields, **brought}).encode()
    mail = EmailMessage()
    mail["From"], mail["Subject"] = form["email"]["from"], form["email"]["subject"]
    mail["To"], mail["Date"] = "claims@example.com", TODAY
    mail.set_content(form["email"]["body"])
    for attached in form["email"].get("attachments", ()):
        kind = ("image", "png") if "text" not in attached else ("text", "plain")
        mail.add_attachment(
            _content(attached), maintype=kind[0], subtype=kind[1], filename=attached["filename"]
        )
    return "message/rfc822", mail.as_bytes()


def _documents(given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"type": paper["type"], "filename": paper["filename"]}
        | (
            {"reference": paper["reference"]}
            if "reference" in paper
            else {"content_base64": base64.b64encode(_content(paper)).decode()}
        )
        for paper in given
    ]


def _content(paper: Mapping[str, Any]) -> bytes:
    if "text" in paper:
        return paper["text"].encode()
    return base64.b64decode(paper["base64"]) if "base64" in paper else _photo(paper["photo"])


def _photo(seed: int) -> bytes:
    """A picture of 640 by 480 pixels, another one for each seed."""
    picture = Image.frombytes("RGB", (64, 48), shake_256(str(seed).encode()).digest(64 * 48 * 3)).resize(
        (640, 480)
    )
    target = BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def _dated(found: re.Match[str]) -> str:
    day = TODAY + dt.timedelta(days=int(found["days"]))
    form = found["form"] or "iso"
    if form in _MONTHS:
        month = _MONTHS[form].split()[day.month - 1]
        return f"{day.day} {month} {day.year}" if form == "fr" else f"{day.day} de {month} de {day.year}"
    return {
        "iso": f"{day:%Y-%m-%d}",
        "long": f"{day:%B} {day.day}, {day.year}",
        "uk": f"{day.day} {day:%B} {day.year}",
        "compact": f"{day:%Y%m%d}",
        "rfc": f"{day:%a, %d %b %Y %H:%M:%S} +0000",
    }[form]
