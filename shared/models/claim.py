"""What is known of a claim: its context, its summary, and its messages."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal, TypedDict, Unpack

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    with_config,
)

from shared.document_types import OTHER
from shared.models.events import ClaimEvent
from shared.models.fields import Money
from shared.models.requests import Note, Submission
from shared.models.vocabulary import ClaimState, ClaimStatus, Outcome
from shared.names import ClaimId

SCHEMA_VERSION = 1
_INSTANT = TypeAdapter[dt.datetime](AwareDatetime)
_LONG_AGO = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
_CLOCKS_DIFFER = dt.timedelta(days=1)


class Facts(BaseModel):
    """What is known of a claim, from the submission, the agents' reading of it, and notes.

    `None` means not known; `False` means that the text says no.
    """

    claim_type: str | None = None
    policy_number: str | None = None
    incident_date: dt.date | None = None
    incident_location: str | None = None
    incident_description: str | None = None
    claim_amount: Money | None = None
    currency: str | None = None
    claimant_name: str | None = None
    email: str | None = None
    phone: str | None = None
    injuries: bool | None = None
    police_involved: bool | None = None
    theft_or_vandalism: bool | None = None
    vendors: list[str] = Field(default_factory=list)


class DocumentRecord(BaseModel):
    """A document on file. `sha256` and `size` are None for a reference into another system."""

    type: str
    filename: str
    size: int | None = None
    sha256: str | None = None
    reference: str | None = None
    classification_confidence: float | None = None
    """How sure the classification was, 0 to 1; None where the type was given."""
    unreadable: str | None = None
    """Why its text could not be read when it came, or not all of it."""
    received_at: AwareDatetime
    earlier_versions: list[str] = Field(default_factory=list)
    """Checksums of the documents that this one replaced, oldest first; they are kept beside it."""


def _is_none(value: object) -> bool:
    return value is None


def _is_nothing(value: object) -> bool:
    return not value


class MissingDocument(BaseModel):
    type: str
    description: str
    how_to_ask: str
    requested_by: str | None = Field(default=None, exclude_if=_is_none)
    reason: str | None = Field(default=None, exclude_if=_is_none)
    """Why a specialist asks for it, where no rule requires it."""


Cost = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]


class Usage(BaseModel):
    """What the agents cost so far."""

    turns: int = 0
    model_calls: int = 0
    """That the model answered."""
    tool_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    duration_seconds: float = 0
    """Of the turns, one after the other."""
    cost: Cost | None = Field(default=Decimal(0), json_schema_extra={"default": 0})
    """In the currency of the price table; None where a model has no price there."""

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def plus(self, other: "Usage") -> "Usage":
        return Usage(
            turns=self.turns + other.turns,
            model_calls=self.model_calls + other.model_calls,
            tool_calls=self.tool_calls + other.tool_calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            duration_seconds=round(self.duration_seconds + other.duration_seconds, 3),
            cost=None if self.cost is None or other.cost is None else self.cost + other.cost,
        )


class TurnRecord(BaseModel):
    """A turn that is done; `report` is the agent's typed report (orchestration/agents/reports.py)."""

    step: str
    role: str
    report: dict[str, Any]
    finished_at: AwareDatetime
    usage: Usage | None = None
    """What it cost; None on records of before usage was kept by turn."""
    refused_tools: list[str] = Field(default_factory=list)
    """Tools that are not the role's, or that nobody has, which the agent asked for in vain."""


class Assessment(BaseModel):
    """What rules computed of a claim; no model can change it."""

    risk_score: float
    """0 (none) to 1 (certain)."""
    fraud_indicators: list[str]
    covered: bool
    complete: bool
    not_covered_because: list[str]
    claim_amount: Money | None
    currency: str
    deductible: Money
    coverage_limit: Money
    remaining_aggregate: Money
    recommended_payout: Money
    recommendation: Literal["approve", "deny", "investigate"]
    route: Literal["rule", "officer"]
    """Who decides: the approval rule, or a human officer."""
    route_reasons: list[str]
    missing_at_assessment: list[str] = Field(default_factory=list)
    """What was still missing where the claim went on without it (HUMAN_IN_LOOP=false)."""


class Identity(BaseModel):
    """Who an officer is, as App Service authentication says."""

    provider: str
    name: str
    user_id: str | None = None


class Approval(BaseModel):
    """What one officer decided. Where a second officer is needed, it waits for one who decides the same."""

    decision: Literal["approve", "deny"]
    officer_id: str
    identity: Identity | None = None
    """None where no authentication is on: then the officer is who the request said."""
    rationale: str
    payout_amount: Money | None = None
    denial_reason: str | None = None
    override_reason: str | None = None
    decided_at: AwareDatetime


class RecordedDecision(BaseModel):
    decision: Literal["approve", "deny"]
    decided_by: Literal["rule", "officer"]
    officer_id: str | None
    """The first of the officers who decided."""
    rationale: str
    payout_amount: Money | None = None
    denial_reason: str | None = None
    override_reason: str | None = None
    approvals: list[Approval] = Field(default_factory=list[Approval])
    """Of each officer who decided this, in order; none where a rule did."""
    assessment_sha256: str | None = None
    """Of the assessment that was decided on, as JSON with sorted keys and without white space."""
    decided_at: AwareDatetime


class GatheringRound(BaseModel):
    """A round of phase 2, planned before it runs so that a crash in the middle changes nothing of it."""

    number: int
    roles: list[str]
    documents: list[str]
    """`type/filename` and checksum of what was on file when the round was planned."""
    questions: dict[str, str] = Field(default_factory=dict)
    """What the coordinator wants to know, by role."""


GatheringEnd = Literal["nothing_new", "stalled", "round_limit"]
"""Why gathering ended: all were heard and nothing is open; rounds brought nothing new; too many rounds."""


class AuditHead(BaseModel):
    """Where the audit trail ends that belongs to a context."""

    model_config = ConfigDict(frozen=True)

    count: int = 0
    bytes: int = 0
    """How much of audit.jsonl belongs to it; what lies behind was never committed."""
    sha256: str = ""
    """Of the last line, before it is sealed."""


@with_config(ConfigDict(extra="forbid", strict=True))
class ClaimChanges(TypedDict, total=False):
    """The fields of a `ClaimContext` that the claim's workflow may change, each of them optional.

    What the store keeps of a commit (revision, lengths, audit trail) and what a claim is from its beginning
    (id, submission) is not among them. Values are what the type checker sees, so validation is strict.
    """

    status: ClaimStatus
    state: ClaimState
    outcome: Outcome | None
    paused_at: AwareDatetime | None
    expires_at: AwareDatetime | None
    completed_at: AwareDatetime | None
    archived_at: AwareDatetime | None
    termination_reason: str | None
    facts: Facts
    documents: list[DocumentRecord]
    notes: list[Note]
    missing_documents: list[str]
    missing_information: list[str]
    turns: dict[str, TurnRecord]
    rounds: list[GatheringRound]
    gathering_ended: GatheringEnd | None
    taken: list[str]
    usage: Usage
    risk_score: float | None
    fraud_indicators: list[str]
    assessment: Assessment | None
    approvals: list[Approval]
    decision: RecordedDecision | None
    waiting_since: AwareDatetime | None
    notices: int
    event_count: int
    outbox: list[ClaimEvent]


_CHANGES = TypeAdapter(ClaimChanges)


class ClaimContext(BaseModel):
    """Everything that matters about a claim; `context.json`. Written by the claim's workflow only."""

    model_config = ConfigDict(frozen=True)

    schema_version: int = SCHEMA_VERSION
    claim_id: ClaimId
    revision: int = 0
    """Counts the commits of this session; 0 before the first."""
    history_bytes: int = 0
    """How much of history.jsonl belongs to this revision; what lies behind was never committed."""
    message_count: int = 0
    audit: AuditHead = AuditHead()

    status: ClaimStatus = ClaimStatus.PROCESSING
    state: ClaimState = ClaimState.INTAKE
    outcome: Outcome | None = None
    created_at: AwareDatetime
    saved_at: AwareDatetime | None = None
    paused_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    completed_at: AwareDatetime | None = None
    archived_at: AwareDatetime | None = None
    termination_reason: str | None = None

    submission: Submission
    """As it came, without the contents of its documents."""
    submission_sha256: str
    facts: Facts = Field(default_factory=Facts)
    documents: list[DocumentRecord] = Field(default_factory=list[DocumentRecord])
    notes: list[Note] = Field(default_factory=list[Note])
    required_documents: dict[str, str] = Field(default_factory=dict)
    """Documents that this claim requires whatever the rules say, type to description."""
    missing_documents: list[str] = Field(default_factory=list)
    missing_information: list[str] = Field(default_factory=list)

    turns: dict[str, TurnRecord] = Field(default_factory=dict[str, TurnRecord])
    """The turns on record, by step id; a turn found here is not run again."""
    rounds: list[GatheringRound] = Field(default_factory=list[GatheringRound])
    gathering_ended: GatheringEnd | None = None
    taken: list[str] = Field(default_factory=list)
    """Ids of inbox entries that were taken up and may still lie there, so that none counts twice."""
    usage: Usage = Field(default_factory=Usage)

    risk_score: float | None = None
    fraud_indicators: list[str] = Field(default_factory=list)
    assessment: Assessment | None = None
    approvals: list[Approval] = Field(default_factory=list[Approval])
    """Officers' decisions that wait for a second officer's."""
    decision: RecordedDecision | None = None

    waiting_since: AwareDatetime | None = Field(default=None, exclude_if=_is_nothing)
    """When the present pause, or the wait for an officer, began."""
    notices: int = Field(default=0, exclude_if=_is_nothing)
    """Reminders and escalations since then."""
    event_count: int = Field(default=0, exclude_if=_is_nothing)
    """Events that the claim has told so far; none where there is no webhook."""
    outbox: list[ClaimEvent] = Field(default_factory=list[ClaimEvent], exclude_if=_is_nothing)
    """Events that may still have to be delivered."""

    def with_changes(self, **changes: Unpack[ClaimChanges]) -> "ClaimContext":
        """A copy of the context in which these fields have these values.

        Raises:
            ValidationError: a name is no field that may change, or a value is not of its field's type.
        """
        return self.model_copy(update=dict(_CHANGES.validate_python(changes)))

    def as_committed(
        self, *, saved_at: dt.datetime, history_bytes: int, message_count: int, audit: AuditHead
    ) -> "ClaimContext":
        """The context of the next revision, as the store commits it."""
        kept = {"revision": self.revision + 1, "saved_at": saved_at, "history_bytes": history_bytes}
        return self.model_copy(update=kept | {"message_count": message_count, "audit": audit})

    @property
    def sent_at(self) -> dt.datetime:
        """When the claimant wrote: the date of the e-mail where it can be true, else when it came in."""
        try:
            sent_at = _INSTANT.validate_python(self.submission.metadata.get("sent_at"))
        except ValidationError:
            return self.created_at
        return sent_at if _LONG_AGO <= sent_at <= self.created_at + _CLOCKS_DIFFER else self.created_at

    @property
    def is_unread(self) -> bool:
        """Whether the claim came from elsewhere, past intake, and none of our agents has looked at it yet."""
        return self.state is not ClaimState.INTAKE and not self.turns

    @property
    def unclassified_documents(self) -> list[str]:
        return [d.filename for d in self.documents if d.type == OTHER]


class ClaimSummary(BaseModel):
    """`session.json`: what a list shows and a sweep needs. Holds no personal data."""

    claim_id: str
    claim_type: str | None
    status: ClaimStatus
    outcome: Outcome | None
    state: ClaimState
    missing_documents: list[str]
    missing_information: list[str]
    message_count: int
    revision: int
    created_at: AwareDatetime
    saved_at: AwareDatetime | None
    paused_at: AwareDatetime | None
    expires_at: AwareDatetime | None
    completed_at: AwareDatetime | None
    archived_at: AwareDatetime | None
    termination_reason: str | None
    schema_version: int

    @property
    def moment(self) -> dt.datetime:
        """When a paused claim expires; of any other, since when it is in its status.

        An imported claim that was over long ago counts from its import.
        """
        if self.status is ClaimStatus.PAUSED and self.expires_at:
            return self.expires_at
        return self.archived_at or self.completed_at or self.saved_at or self.created_at

    @classmethod
    def of(cls, context: ClaimContext) -> "ClaimSummary":
        shared = {name: getattr(context, name) for name in cls.model_fields if name != "claim_type"}
        return cls.model_construct(claim_type=context.facts.claim_type, **shared)


class Message(BaseModel):
    """One line of history.jsonl.

    `items` holds Semantic Kernel's own dump of the message's items where it has more than one text
    (function calls and results, images, …); `content` is its text either way.
    """

    role: str
    content: str = ""
    name: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    items: list[dict[str, Any]] | None = None
