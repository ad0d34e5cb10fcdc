"""The ways on which one and the same letter may come in."""

import json
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from evaluation.labelled import LabelledClaim, Letter

_NOBODY = "no-reply@forms.example"
"""A sender that says nothing of the claimant, so that the letter says the same on every way."""


def ways(claim: LabelledClaim) -> dict[str, Letter]:
    """The letter as text, as JSON, and as mail with CRLF and wrapped lines, by the name of the way.

    Nothing for a claim that is no plain letter: what an e-mail or a form says beside its text would be lost.
    """
    if claim.form != "text" or claim.text is None:
        return {}
    return {
        "text": claim.letter,
        "JSON": Letter("application/json", json.dumps({"narrative": claim.text}).encode()),
        "mail": Letter("message/rfc822", _mail(claim, claim.text)),
    }


def _mail(claim: LabelledClaim, text: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _NOBODY
    mail["Date"] = format_datetime(claim.received_at)
    mail.set_content(text, cte="quoted-printable")
    return mail.as_bytes()
