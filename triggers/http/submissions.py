"""A submission in whatever form it comes: JSON, Markdown, plain text, or an e-mail with attachments."""

import mimetypes
import re
from dataclasses import dataclass
from datetime import UTC
from email import policy
from email.errors import MessageDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import azure.functions as func

from documents.accepted import named_files
from documents.text import plain_text, text_in
from orchestration.services.documents import NewDocument, given_documents
from shared.errors import BadRequest, FieldError, InvalidInput, UnsupportedMedia
from shared.models.fields import TEXT_CHARACTERS
from shared.models.requests import Submission
from triggers.http import route_table
from triggers.http.requests import header, parse_json, validated
from triggers.http.routes import JSON

TEXTS = (route_table.MARKDOWN, route_table.PLAIN)

_MACHINE = re.compile(
    r"(?:no|do-?not|not?)[-_.]?reply|mailer|postmaster|bounces?\b|notifications?\b", re.IGNORECASE
)
_BROKEN = re.compile(r"Boundary|Base64|Multipart|MissingHeaderBodySeparator|FirstHeaderLineIsContinuation")
_ENCODED_WORD = re.compile(rb"=\?([^?*]{4,100})[?*]")
_SLOW = {b"punycode", b"idna"}
"""Codecs of no text that take time quadratic in the length; a header is decoded by whatever it names."""


@dataclass(frozen=True)
class Parsed:
    """A submission without the contents of its documents, and those documents."""

    submission: Submission
    documents: list[NewDocument]


def parse_submission(req: func.HttpRequest) -> Parsed:
    """The submission that a request carries.

    Raises:
        UnsupportedMedia: the content type is none of the four.
        BadRequest: the body is not what its content type says.
        InvalidInput: a field is wrong.
    """
    content_type, _, parameters = header(req, "Content-Type", JSON).partition(";")
    kind = content_type.strip().lower()
    body = req.get_body()
    claim_id = route_table.GIVEN_ID.of(req)
    if kind == JSON:
        return _from_json(body, claim_id)
    if kind in TEXTS:
        return _from_text(_decoded(body, parameters), claim_id)
    if kind == route_table.EMAIL:
        return _from_email(body, claim_id)
    raise UnsupportedMedia(f"{kind!a} is not taken; send {JSON}, {', '.join(TEXTS)} or {route_table.EMAIL}")


def _from_json(body: bytes, claim_id: str | None) -> Parsed:
    submission = parse_json(body, Submission)
    if claim_id is not None and submission.claim_id != claim_id:
        if submission.claim_id is not None:
            raise InvalidInput.of_field("claim_id", "is another one in the body")
        submission = validated(submission.model_dump() | {"claim_id": claim_id}, Submission)
    documents = given_documents(submission.documents)
    named = [d if isinstance(d, str) else d.filename for d in submission.documents]
    return Parsed(submission.model_copy(update={"documents": named}), documents)


def _from_text(text: str, claim_id: str | None) -> Parsed:
    if not text.strip():
        raise BadRequest("the body is empty; send the claim's text")
    fields = {"claim_id": claim_id, "narrative": text, "documents": named_files(text)[:200]}
    return Parsed(validated(fields, Submission), [])


def _decoded(body: bytes, parameters: str) -> str:
    charset = re.search(r"charset=\"?([\w.:-]+)", parameters)
    name = charset.group(1) if charset else "utf-8"
    _check_size(body)
    try:
        text = text_in(name, body) if charset else body.decode("utf-8-sig")
        text.encode()  # a few codecs let through what is no character
    except (UnicodeError, LookupError):
        raise BadRequest(f"the body is not text in {name}") from None
    return text


def _check_size(text: bytes) -> None:
    """
    Raises:
        InvalidInput: whatever charset it is in, that are more characters than a narrative has.
    """
    if len(text) > 4 * TEXT_CHARACTERS:
        message = f"String should have at most {TEXT_CHARACTERS} characters"
        raise InvalidInput("1 field is wrong", [FieldError(field="narrative", message=message)])


def _from_email(body: bytes, claim_id: str | None) -> Parsed:
    if not body.strip():
        raise BadRequest("the body is empty; send the e-mail as it is, with its headers")
    words = {re.sub(rb"[^a-z]", b"", word.lower()) for word in _ENCODED_WORD.findall(body)}
    if slow := words & _SLOW:
        raise BadRequest(f"the e-mail names {slow.pop().decode()} as a charset, which it is not")
    try:
        message = BytesParser(EmailMessage, policy=policy.default).parsebytes(body)
        return _read_email(message, claim_id)
    except (BadRequest, InvalidInput):
        raise
    except Exception as error:  # the standard library's header parsers raise whatever they stumble over
        raise BadRequest(f"the e-mail cannot be read ({type(error).__name__})") from None


def _read_email(message: EmailMessage, claim_id: str | None) -> Parsed:
    if message["From"] is None:
        raise BadRequest("this is no e-mail: it has no From header")
    text = _text_of(message)
    attachments = [_attachment(part, number) for number, part in enumerate(message.iter_attachments())]
    if defects := [_name(d) for part in message.walk() for d in part.defects if _BROKEN.search(_name(d))]:
        raise BadRequest(f"the e-mail is broken: {defects[0]}")
    sender = _sender(message)
    sent = message["Date"].datetime if message["Date"] else None
    subject = _header(str(message["Subject"] or ""))
    metadata: dict[str, Any] = {"source": "email", "subject": subject}
    if sent is not None:
        # The zone -0000 says UTC and nothing of where the sender was.
        metadata["sent_at"] = (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).isoformat()
    fields: dict[str, Any] = {
        "claim_id": claim_id,
        "claimant": {"name": _header(sender.display_name) or None, "email": _header(sender.addr_spec)}
        if sender
        else None,
        "narrative": f"{subject}\n\n{text}".strip(),
        "documents": [],
        "metadata": metadata,
    }
    submission = validated(fields, Submission)
    return Parsed(submission.model_copy(update={"documents": [d.filename for d in attachments]}), attachments)


def _sender(message: EmailMessage) -> Address | None:
    """Whoever is behind the e-mail: of a machine's, such as a web form's, the one whom a reply reaches."""
    sender = next(iter(message["From"].addresses), None)
    if sender is None or not _MACHINE.match(sender.username):
        return sender
    reply_to = message["Reply-To"].addresses if message["Reply-To"] else ()
    return next((one for one in reply_to if not _MACHINE.match(one.username)), None)


def _header(value: str) -> str:
    """Bytes that no header may hold are UTF-8 where they come all the same (RFC 6532)."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _attachment(part: EmailMessage, number: int) -> NewDocument:
    kind = part.get_content_type()
    name = (
        _header(part.get_filename() or "")
        or f"attachment-{number + 1}{mimetypes.guess_extension(kind) or ''}"
    )
    content = part.get_content().as_bytes() if kind == route_table.EMAIL else part.get_payload(decode=True)
    if not isinstance(content, bytes):
        content = part.as_bytes()
    return NewDocument(name, None, content=content, field=f"attachments.{number}")


def _text_of(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        raise InvalidInput("the e-mail has no text", [FieldError(field="body", message="is no text")])
    _check_size(payload)
    text = _text_in(part.get_content_charset(), payload)
    if part.get_content_subtype() == "html":
        from bs4 import BeautifulSoup

        return BeautifulSoup(text, "html.parser").get_text("\n", strip=True)
    return text


def _text_in(charset: str | None, payload: bytes) -> str:
    """The text of a part; one that names no charset may be UTF-8 all the same."""
    try:
        return payload.decode() if charset is None else text_in(charset, payload, "replace")
    except UnicodeDecodeError:
        return payload.decode("ascii", "replace")
    except LookupError:
        return plain_text(payload)


def _name(defect: MessageDefect) -> str:
    return type(defect).__name__.removesuffix("Defect")
