"""What the API shows of a claim: the types of its answers, which are also those of the OpenAPI document."""

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from pydantic import AwareDatetime, BaseModel

from orchestration.rules.requirements import Requirements
from orchestration.rules.routing import in_order
from shared.models.claim import (
    Approval,
    Assessment,
    ClaimContext,
    ClaimStatus,
    ClaimSummary,
    DocumentRecord,
    GatheringEnd,
    Message,
    MissingDocument,
    OpenQuestion,
    RecordedDecision,
    Usage,
)
from shared.models.facts import ClaimFacts, Facts

Links = TypedDict(
    "Links",
    {
        "self": str,
        "missing_documents": str,
        "continue": str,
        "documents": str,
        "history": str,
        "decision": str,
        "withdraw": str,
    },
)
"""Where a claim's resources are, as paths on the host that was called."""


class Accepted(BaseModel):
    """What was sent is on record, and the claim is being worked, or will be in a moment."""

    claim_id: str
    status: ClaimStatus
    links: Links


class TurnReport(BaseModel):
    """What an agent handed in."""

    step: str
    role: str
    report: dict[str, Any]


class ClaimView(ClaimSummary):
    """A claim as it stands."""

    risk_score: float | None
    gathering_ended: GatheringEnd | None
    facts: Facts
    evidence: ClaimFacts
    open_questions: list[OpenQuestion]
    documents: list[DocumentRecord]
    unclassified_documents: list[str]
    assessment: Assessment | None
    approvals: list[Approval]
    decision: RecordedDecision | None
    reports: list[TurnReport]
    usage: Usage
    links: Links


class ClaimPage(BaseModel):
    """Summaries, maybe none; `continuation` asks for the next page, null on the last one."""

    claims: list[ClaimSummary]
    continuation: str | None


class MissingView(BaseModel):
    """What is still missing, in words for the claimant."""

    missing_documents: list[MissingDocument]
    missing_information: list[str]
    open_questions: list[OpenQuestion]
    """What else is asked, and keeps nothing waiting."""


class HistoryPage(BaseModel):
    """Messages of a claim's chat; `next` is the `after` of the following page, null on the last one."""

    messages: list[Message]
    next: int | None


class TakenDocument(BaseModel):
    """A document as it was taken."""

    type: str
    filename: str
    size: int
    sha256: str


class TakenDocuments(BaseModel):
    """The documents of a form with several files."""

    documents: list[TakenDocument]


UPLOAD_HEADERS = {"x-ms-blob-type": "BlockBlob"}
"""What a storage account wants to know of an upload; the embedded host does without."""


class UploadLink(BaseModel):
    """Where one missing document may be put, by whoever has the link, and nothing else be done."""

    type: str
    method: Literal["PUT"] = "PUT"
    url: str
    headers: dict[str, str] = UPLOAD_HEADERS
    """To be sent with the file."""
    expires_at: AwareDatetime


class UploadLinks(BaseModel):
    """One link for each missing document."""

    claim_id: str
    links: list[UploadLink]


class Erased(BaseModel):
    """The answer to an erasure."""

    claim_id: str
    status: Literal["erased"] = "erased"


class Health(BaseModel):
    """The answer of an app that is up."""

    status: Literal["ok"] = "ok"
    version: str


class ProblemField(BaseModel):
    """A field that is wrong: its path in the body, or its name, and what is wrong with it."""

    field: str
    message: str


class Problem(BaseModel):
    """An error, in the form of RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemField] | None = None


def claim_view(
    context: ClaimContext,
    status: ClaimStatus,
    roles: Sequence[str],
    requirements: Requirements,
    links: Links,
) -> ClaimView:
    """The claim as `GET /claims/{claim_id}` answers it; reports of a round are in the order of `roles`."""
    reports = [
        TurnReport.model_construct(step=turn.step, role=turn.role, report=turn.report)
        for turn in in_order(context.turns, roles)
    ]
    names = ClaimView.model_fields.keys() - {"claim_type", "status", "open_questions", "reports", "links"}
    return ClaimView.model_construct(
        claim_type=context.facts.claim_type,
        status=status,
        open_questions=requirements.open_questions(context.evidence),
        reports=reports,
        links=links,
        **{name: getattr(context, name) for name in names},
    )


def missing_view(context: ClaimContext, requirements: Requirements) -> MissingView:
    """What the claim misses, as `GET /claims/{claim_id}/missing-documents` answers it."""
    return MissingView(
        missing_documents=requirements.describe(context.missing_documents, context),
        missing_information=context.missing_information,
        open_questions=requirements.open_questions(context.evidence),
    )


def history_page(messages: Sequence[Message], after: int, total: int) -> dict[str, Any]:
    """Messages of a chat of `total`, `after` of them skipped, as JSON of the form of `HistoryPage`."""
    following = after + len(messages)
    return {
        "messages": [message.model_dump(mode="json", exclude_none=True) for message in messages],
        "next": following if following < total else None,
    }
