"""The API: every route, with what it takes and what it answers.

Handlers are registered from these values, and the OpenAPI document is made of them.
"""

from shared.models.claim import ClaimStatus, Outcome
from shared.models.requests import Continuation, Decision, Submission, Withdrawal
from shared.names import CLAIM_ID, SLUG
from shared.session_store import Order
from shared.session_store.audit import AuditTrail
from triggers.http.routes import IDEMPOTENCY_KEY, JSON, Body, Instant, Route, RouteResponse, Text, WholeNumber
from triggers.http.views import (
    Accepted,
    ClaimPage,
    ClaimView,
    Erased,
    Health,
    HistoryPage,
    MissingView,
    TakenDocument,
    TakenDocuments,
    UploadLinks,
)

NDJSON, ZIP = "application/x-ndjson", "application/zip"
MARKDOWN, PLAIN, EMAIL = "text/markdown", "text/plain", "message/rfc822"
BINARY, FORM = "application/octet-stream", "multipart/form-data"

_STATUS = {"type": "string", "enum": [*ClaimStatus]}
_TEXT = {"type": "string", "minLength": 1}

STATUS = Text("status", "Only claims of this status.", _STATUS)
PAGE = WholeNumber("limit", "How many claims, at most.", 100, 1, 1000)
CONTINUATION = Text("continuation", "The `continuation` of the page before, as it was given.")
CLAIM_TYPE = Text("claim_type", "Only claims of this type.", SLUG)
OUTCOME = Text("outcome", "Only claims decided so.", {"type": "string", "enum": [*Outcome]})
MISSING_DOCUMENT = Text("missing_document", "Only claims that wait for a document of this type.", SLUG)
SAVED_AFTER = Instant("saved_after", "Only claims saved then or later.")
SAVED_BEFORE = Instant("saved_before", "Only claims saved earlier.")
EXPIRES_AFTER = Instant("expires_after", "Only claims that expire then or later.")
EXPIRES_BEFORE = Instant("expires_before", "Only claims that expire earlier.")
SORT = Text(
    "sort",
    "By claim id, as it is without a status; or by moment, as it is with one: the paused by their expiry, "
    "others by when they were last saved, ended or archived.",
    {"type": "string", "enum": [*Order]},
)
WAIT = WholeNumber(
    "wait", "Seconds to wait for the claim to come to one of the statuses of `until`.", 0, 0, 30
)
UNTIL = Text(
    "until",
    "The statuses to wait for, with commas between them; without it, every one in which the claim rests.",
    {"type": "array", "items": _STATUS},
)
AFTER = WholeNumber("after", "How many messages to skip.", 0, 0, 10**9)
MESSAGES = WholeNumber("limit", "How many messages, at most.", 200, 1, 1000)
GIVEN_ID = Text(
    "claim_id", "The claim's id, for a text or an e-mail; JSON may have it in its body.", CLAIM_ID
)
FILE_NAME = Text("filename", "The name of a raw file; a form brings its own.")
FILE_TYPE = Text("type", "The document's type; without it, it is classified by name and text.")
IF_NONE_MATCH = Text("If-None-Match", "The ETag of the claim as it is known: where it is the same, 304.")
IF_MATCH = Text("If-Match", "The ETag of the claim as the officer read it: where it has changed, 412.")

_LOCATION = "Where the claim is, as a path on this host."
_ETAG = "Changes whenever the claim does."
_RETRY_AFTER = "Seconds after which it is worth a look."


def _accepted(description: str) -> RouteResponse:
    return RouteResponse(
        202,
        description,
        Accepted,
        headers={"Location": _LOCATION, "Retry-After": _RETRY_AFTER},
        leads_on=True,
    )


def _order(
    verb: str,
    name: str,
    summary: str,
    description: str,
    body: Body,
    done: str,
    *,
    headers: tuple[Text, ...] = (),
    problems: tuple[int, ...] = (),
    asks_for_officer: bool = False,
) -> Route:
    """A request to a claim that is stored at once and carried out soon; `done` describes what is stored."""
    return Route(
        "POST",
        f"claims/{{claim_id}}/{verb}",
        name,
        summary,
        description,
        headers=(IDEMPOTENCY_KEY, *headers),
        bodies=(body,),
        responses=(_accepted(done),),
        problems=(400, 404, 409, 413, 422, *problems),
        asks_for_officer=asks_for_officer,
    )


SUBMIT = Route(
    "POST",
    "claims",
    "submit_claim",
    "Submit a claim",
    "Every field is optional, but something must be said. The same submission again is accepted and does "
    "nothing new; the same id with other content is a conflict.",
    query=(GIVEN_ID,),
    headers=(IDEMPOTENCY_KEY,),
    bodies=(
        Body(JSON, Submission),
        Body(MARKDOWN, schema=_TEXT),
        Body(PLAIN, schema=_TEXT),
        Body(EMAIL, schema=_TEXT),
    ),
    responses=(_accepted("The claim is stored, and is being worked."),),
    problems=(400, 409, 413, 415, 422),
)
LIST = Route(
    "GET",
    "claims",
    "list_claims",
    "List claims",
    "Those that are all of what the query says. A page may be short or empty and still have a "
    "`continuation`, where few of the claims that it looked at are wanted.",
    query=(
        STATUS,
        CLAIM_TYPE,
        OUTCOME,
        MISSING_DOCUMENT,
        SAVED_AFTER,
        SAVED_BEFORE,
        EXPIRES_AFTER,
        EXPIRES_BEFORE,
        SORT,
        PAGE,
        CONTINUATION,
    ),
    responses=(RouteResponse(200, "A page of summaries.", ClaimPage),),
    problems=(422,),
)
READ = Route(
    "GET",
    "claims/{claim_id}",
    "get_claim",
    "Read a claim",
    "With `wait` it answers as soon as the claim's status is one of `until`, or when the time is up.",
    query=(WAIT, UNTIL),
    headers=(IF_NONE_MATCH,),
    responses=(
        RouteResponse(200, "The claim as it stands.", ClaimView, headers={"ETag": _ETAG}, leads_on=True),
        RouteResponse(304, "It is as it was.", headers={"ETag": _ETAG}),
    ),
    problems=(404, 422),
)
MISSING = Route(
    "GET",
    "claims/{claim_id}/missing-documents",
    "get_missing_documents",
    "Ask what a claim waits for",
    responses=(RouteResponse(200, "What is missing, and how to ask for it.", MissingView),),
    problems=(404,),
)
HISTORY = Route(
    "GET",
    "claims/{claim_id}/history",
    "get_history",
    "Read a claim's chat",
    query=(AFTER, MESSAGES),
    responses=(
        RouteResponse(200, "A page of messages.", HistoryPage),
        RouteResponse(200, "The messages, one a line.", content_type=NDJSON, schema={"type": "string"}),
    ),
    problems=(404, 422),
)
CONTINUE = _order(
    "continue",
    "continue_claim",
    "Bring documents and notes",
    "Any number of them; without any it takes up a claim that failed.",
    Body(JSON, Continuation),
    "Documents and notes are stored, and the claim is woken.",
    problems=(415,),
)
DOCUMENTS = Route(
    "POST",
    "claims/{claim_id}/documents",
    "add_documents",
    "Bring files",
    "One raw file with its name in the query, or a form with files.",
    query=(FILE_NAME, FILE_TYPE),
    headers=(IDEMPOTENCY_KEY,),
    bodies=(
        Body(BINARY, schema={"type": "string", "format": "binary"}),
        Body(
            FORM,
            schema={
                "type": "object",
                "properties": {
                    "file": {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1},
                    "type": {"type": "string"},
                },
                "required": ["file"],
            },
        ),
    ),
    responses=(RouteResponse(201, "The document, or documents, as taken.", (TakenDocument, TakenDocuments)),),
    problems=(404, 409, 413, 415, 422),
)
UPLOAD_LINKS = Route(
    "POST",
    "claims/{claim_id}/upload-links",
    "create_upload_links",
    "Get links to upload what is missing",
    "One for each missing document, for a claimant's browser: whoever has it may put one file there, until "
    "it expires, and neither read, list nor replace anything. It has no body.",
    headers=(IDEMPOTENCY_KEY,),
    responses=(RouteResponse(200, "The links.", UploadLinks),),
    problems=(400, 404, 409, 413, 422),
)
DECIDE = _order(
    "decision",
    "decide_claim",
    "Decide a claim, as an officer",
    "Only while the claim awaits a decision. With App Service authentication it is the caller's, who needs "
    "the officer role. More than the rules allow needs `override_reason`, and a second officer who decides "
    "the same.",
    Body(JSON, Decision),
    "The decision is stored.",
    headers=(IF_MATCH,),
    problems=(403, 412),
    asks_for_officer=True,
)
WITHDRAW = _order(
    "withdraw",
    "withdraw_claim",
    "Withdraw a claim",
    "Until it is decided.",
    Body(JSON, Withdrawal),
    "The withdrawal is stored.",
)
AUDIT = Route(
    "GET",
    "claims/{claim_id}/audit",
    "get_audit",
    "Ask who did what with a claim",
    "The audit trail, checked: each line holds the SHA-256 of the one before; the claim, that of the last.",
    responses=(
        RouteResponse(200, "The lines up to the first broken one, and which one that is.", AuditTrail),
    ),
    problems=(404,),
)
EXPORT = Route(
    "GET",
    "claims/{claim_id}/export",
    "export_claim",
    "Get everything that is kept of a claim",
    "Session, audit trail, documents, handoff, inbox, uploads and refused uploads, in the clear, in one zip. "
    "What is more than 64 MiB is not answered but written by the command `export`.",
    responses=(
        RouteResponse(
            200,
            "The zip.",
            content_type=ZIP,
            schema={"type": "string", "format": "binary"},
            headers={"Content-Disposition": "Names the file."},
        ),
    ),
    problems=(404, 413),
)
ERASE = Route(
    "DELETE",
    "claims/{claim_id}",
    "erase_claim",
    "Erase a claim",
    "Session, documents, uploads and the orchestration's history; it cannot be undone. What stays is that "
    "a claim of that id was erased, and when; erasing it again is answered the same.",
    responses=(RouteResponse(202, "It is erased.", Erased),),
    problems=(404,),
)
HEALTH = Route(
    "GET",
    "health",
    "health",
    "Ask whether the app answers",
    responses=(RouteResponse(200, "It does.", Health),),
    asks_for_key=False,
    has_rate_limit=False,
)
OPENAPI = Route(
    "GET",
    "openapi.json",
    "openapi",
    "This document",
    responses=(RouteResponse(200, "An OpenAPI 3.1 document.", schema={"type": "object"}),),
)
DOCS = Route(
    "GET",
    "docs",
    "docs",
    "This document, for people",
    responses=(RouteResponse(200, "A page of HTML.", content_type="text/html", schema={"type": "string"}),),
)

ROUTES = (
    *(
        SUBMIT,
        LIST,
        READ,
        MISSING,
        HISTORY,
        CONTINUE,
        DOCUMENTS,
        UPLOAD_LINKS,
        DECIDE,
        WITHDRAW,
        AUDIT,
        EXPORT,
        ERASE,
    ),
    *(HEALTH, OPENAPI, DOCS),
)
