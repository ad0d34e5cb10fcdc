"""What is known of a claim: its context, its summary, and its messages.

The status, state and outcome of a claim are in shared/models/vocabulary.py.
"""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal, TypedDict, Unpack

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    with_config,
)

from shared.document_types import OTHER
from shared.models.events import ClaimEvent
from shared.models.facts import ClaimFacts, Facts
from shared.models.fields import Line, Money
from shared.models.papers import PaperReading
from shared.models.requests import Note, Submission
from shared.models.vocabulary import ClaimState, ClaimStatus, Outcome
from shared.names import ClaimId

SCHEMA_VERSION = 2
_INSTANT = TypeAdapter[dt.datetime](AwareDatetime)
_LONG_AGO = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
_CLOCKS_DIFFER = dt.timedelta(days=1)


class DocumentRecord(BaseModel):
    """A document on file. A reference into another system has neither `sha256` nor `size`."""

    type: str
    filename: str
    size: int | None = None
    sha256: str | None = None
    reference: str | None = None
    classification_confidence: float | None = None
    """How sure the classification was, 0 to 1; None where the type was given."""
    unreadable: str | None = None
    """Why its text, or a part of it, could not be read when the document came; None where it was read."""
    received_at: AwareDatetime
    earlier_versions: list[str] = Field(default_factory=list)
    """SHA-256 of each document that this one replaced, oldest first; those documents are kept as well."""


def _is_none(value: object) -> bool:
    return value is None


def _is_nothing(value: object) -> bool:
    return not value


class MissingDocument(BaseModel):
    """A document that the claim needs, with what the claimant is told about it."""

    type: str
    description: str
    how_to_ask: str
    requested_by: str | None = Field(default=None, exclude_if=_is_none)
    """The role of the specialist who asks for it; None where a rule requires it."""
    reason: str | None = Field(default=None, exclude_if=_is_none)
    """Why the specialist asks for it; None where a rule requires it."""


Cost = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]


class Usage(BaseModel):
    """What agents' turns cost: of one turn, or of all turns of a claim so far."""

    turns: int = 0
    model_calls: int = 0
    """Calls to which the model gave a result."""
    tool_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    duration_seconds: float = 0
    """The sum of the turns' durations, also of those that ran at the same time."""
    cost: Cost | None = Field(default=Decimal(0), json_schema_extra={"default": 0})
    """In the currency of the price table; None where a model has no price there."""

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens together."""
        return self.prompt_tokens + self.completion_tokens

    def plus(self, other: "Usage") -> "Usage":
        """The sum of both; its cost is unknown where one of the costs is."""
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
    """An agent's finished turn. `report` is the dump of a report of orchestration/agents/reports.py."""

    step: str
    role: str
    report: dict[str, Any]
    finished_at: AwareDatetime
    usage: Usage | None = None
    """What the turn cost; None on records from before usage was kept by turn."""
    refused_tools: list[str] = Field(default_factory=list)
    """Names of tools that the agent asked for and did not get, because its role does not have them."""


class Assessment(BaseModel):
    """What the rules computed for a claim; no model can change it. Amounts are in `currency`."""

    risk_score: float
    """The chance of a problem, 0 (none) to 1 (certain)."""
    fraud_indicators: list[str]
    """Codes of orchestration/rules/risk.py."""
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
    """Why an officer decides; empty where the rule does."""
    missing_at_assessment: list[str] = Field(default_factory=list)
    """What was still missing where the claim went on without it (HUMAN_IN_LOOP=false)."""
    number: int = 1
    """Counts the assessments of the claim; each change of what one was made on makes the next one."""
    basis: dict[str, str] = Field(default_factory=dict, exclude_if=_is_nothing)
    """Digests of the facts, notes, papers, waivers and ledger entry that were assessed, by the part's name.

    Empty before version 2.
    """


class Identity(BaseModel):
    """Who an officer is according to App Service authentication."""

    provider: str
    name: str
    user_id: str | None = None


class Approval(BaseModel):
    """One officer's decision. Where two must agree, it waits for a second officer who decides the same."""

    decision: Literal["approve", "deny"]
    officer_id: str
    identity: Identity | None = None
    """None where no authentication is on; then `officer_id` is what the request named."""
    rationale: str
    payout_amount: Money | None = None
    denial_reason: str | None = None
    override_reason: str | None = None
    decided_at: AwareDatetime


class RecordedDecision(BaseModel):
    """The final decision of a claim. Its payout is in the currency of the assessment."""

    decision: Literal["approve", "deny"]
    decided_by: Literal["rule", "officer"]
    officer_id: str | None
    """The first of the officers who decided; None where a rule did."""
    rationale: str
    payout_amount: Money | None = None
    denial_reason: str | None = None
    override_reason: str | None = None
    approvals: list[Approval] = Field(default_factory=list[Approval])
    """The decision of each officer who decided this, in order; empty where a rule decided."""
    assessment_sha256: str | None = None
    """SHA-256 of the assessment that was decided on, as JSON with sorted keys and without white space."""
    decided_at: AwareDatetime


class Correction(BaseModel):
    """A fact that an officer set, with the reason. The fact itself is in the claim's evidence."""

    fact: str
    value: JsonValue
    """As the officer gave it."""
    previous: JsonValue
    """What the claim went by before; None where it was unknown."""
    reason: Line
    officer_id: Line
    identity: Identity | None = None
    """None where no authentication is on."""
    at: AwareDatetime


class Waiver(BaseModel):
    """A requirement that an officer waived: a document type or a kind of information."""

    requirement: str
    reason: Line
    officer_id: Line
    identity: Identity | None = None
    at: AwareDatetime


class OpenQuestion(BaseModel):
    """A decisive fact that is unknown or in conflict, asked for together with what is missing."""

    fact: str
    question: str
    """In words for the claimant."""
    understood: JsonValue = None
    """What was understood so far; None where nothing was."""


class GatheringRound(BaseModel):
    """A round of phase 2. It is on record before it runs, so that a crash in it does not change the plan."""

    number: int
    """Counts the rounds of a claim from 1."""
    roles: list[str]
    documents: list[str]
    """The documents that were on file when the round was planned: `type/filename` and the checksum."""
    questions: dict[str, str] = Field(default_factory=dict)
    """The coordinator's questions, by the role that is asked."""


GatheringEnd = Literal["nothing_new", "stalled", "round_limit"]
"""Why gathering ended: no specialist is left to ask; rounds brought nothing new; there were too many."""


class AuditHead(BaseModel):
    """The end of the audit trail that belongs to a context."""

    model_config = ConfigDict(frozen=True)

    count: int = 0
    bytes: int = 0
    """How much of audit.jsonl belongs to the trail; what lies behind was never committed."""
    sha256: str = ""
    """SHA-256 of the last line in the clear; empty where there is none."""


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
    evidence: ClaimFacts
    corrections: list[Correction]
    waivers: list[Waiver]
    readings: dict[str, PaperReading]
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
    """How many bytes of history.jsonl belong to this revision; what lies behind was never committed."""
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
    """The submission as it came, without the contents of its documents."""
    submission_sha256: str
    evidence: ClaimFacts = ClaimFacts()
    """What is known of the claim, each fact with where it was read, in which words, and how surely."""
    corrections: list[Correction] = Field(default_factory=list[Correction], exclude_if=_is_nothing)
    waivers: list[Waiver] = Field(default_factory=list[Waiver], exclude_if=_is_nothing)
    readings: dict[str, PaperReading] = Field(default_factory=dict[str, PaperReading], exclude_if=_is_nothing)
    """What rules read in the documents, by their SHA-256."""
    documents: list[DocumentRecord] = Field(default_factory=list[DocumentRecord])
    notes: list[Note] = Field(default_factory=list[Note])
    required_documents: dict[str, str] = Field(default_factory=dict)
    """Documents that this claim needs beside those of the rules, as type and description."""
    missing_documents: list[str] = Field(default_factory=list)
    missing_information: list[str] = Field(default_factory=list)

    turns: dict[str, TurnRecord] = Field(default_factory=dict[str, TurnRecord])
    """The finished turns by step id; a turn that is here is not run again."""
    rounds: list[GatheringRound] = Field(default_factory=list[GatheringRound])
    gathering_ended: GatheringEnd | None = None
    taken: list[str] = Field(default_factory=list)
    """Ids of inbox items that are applied and may still lie in the inbox, so that none is applied twice."""
    usage: Usage = Field(default_factory=Usage)

    risk_score: float | None = None
    fraud_indicators: list[str] = Field(default_factory=list)
    assessment: Assessment | None = None
    approvals: list[Approval] = Field(default_factory=list[Approval])
    """Officers' decisions that wait for a second officer who decides the same."""
    decision: RecordedDecision | None = None

    waiting_since: AwareDatetime | None = Field(default=None, exclude_if=_is_nothing)
    """When the present pause or the present wait for an officer began; None where the claim does not wait."""
    notices: int = Field(default=0, exclude_if=_is_nothing)
    """How many reminders and escalations the present wait has had."""
    event_count: int = Field(default=0, exclude_if=_is_nothing)
    """How many webhook events the claim has had; 0 where there is no webhook."""
    outbox: list[ClaimEvent] = Field(default_factory=list[ClaimEvent], exclude_if=_is_nothing)
    """Webhook events that may still have to be delivered, oldest first."""

    @property
    def facts(self) -> Facts:
        """The values of the facts alone; None where one is unknown."""
        return self.evidence.values

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
        """When the claimant wrote: the date of the e-mail if it is plausible, else when the claim came in."""
        try:
            sent_at = _INSTANT.validate_python(self.submission.metadata.get("sent_at"))
        except ValidationError:
            return self.created_at
        return sent_at if _LONG_AGO <= sent_at <= self.created_at + _CLOCKS_DIFFER else self.created_at

    @property
    def is_unread(self) -> bool:
        """Whether the claim was imported past its intake and no agent of ours has had a turn on it."""
        return self.state is not ClaimState.INTAKE and not self.turns

    @property
    def unclassified_documents(self) -> list[str]:
        """File names of the documents whose type nobody knows."""
        return [d.filename for d in self.documents if d.type == OTHER]


class ClaimSummary(BaseModel):
    """`session.json`: the part of a context that lists show and the sweep needs, without personal data."""

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
        """When a paused claim expires; of a claim in any other status, since when it has that status.

        An imported claim that was over long ago has that status since its import.
        """
        if self.status is ClaimStatus.PAUSED and self.expires_at:
            return self.expires_at
        return self.archived_at or self.completed_at or self.saved_at or self.created_at

    @classmethod
    def of(cls, context: ClaimContext) -> "ClaimSummary":
        """The summary of a context."""
        shared = {name: getattr(context, name) for name in cls.model_fields if name != "claim_type"}
        return cls.model_construct(claim_type=context.facts.claim_type, **shared)


class Message(BaseModel):
    """One line of history.jsonl.

    `content` is the message's text. `items` holds Semantic Kernel's own dump of the message's items where it
    consists of more than one text: function calls, their results, images and the like.
    """

    role: str
    content: str = ""
    name: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    items: list[dict[str, Any]] | None = None
