"""What an agent hands in: a typed report for each kind of role.

The same types are the schema a model is asked to answer in, and what a turn keeps on record.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.models.claim import Message, Usage
from shared.models.facts import Facts


class _HandedIn(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Finding(_HandedIn):
    """Something an agent found out, and where."""

    statement: str
    evidence: str
    """The tool call, or the document and passage, that shows it."""


class RequestedDocument(_HandedIn):
    """A document that an agent asks for, and why."""

    type: str
    reason: str


class Report(_HandedIn):
    """What every role hands in."""

    summary: str
    findings: list[Finding] = Field(default_factory=list[Finding])
    risk_indicators: list[str] = Field(default_factory=list)
    """Codes of orchestration/rules/risk.py; an indicator can make a decision more careful, never less."""
    requested_documents: list[RequestedDocument] = Field(default_factory=list[RequestedDocument])
    recommendation: Literal["approve", "deny", "investigate"] | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None


class Quote(_HandedIn):
    """The passage that says a fact."""

    fact: str
    """The fact's name."""
    words: str
    """The passage word for word, as it stands in its source."""


class ReadingReport(Report):
    """A report of a role that reads text and so learns facts."""

    facts: Facts = Field(default_factory=Facts)
    quotes: list[Quote] = Field(default_factory=list[Quote])
    """For each fact the passage that says it."""

    def quote_of(self, fact: str) -> str:
        """The passage that says a fact; empty where none is quoted."""
        return next((quote.words for quote in self.quotes if quote.fact == fact), "")


class Question(_HandedIn):
    """A question of the coordinator to a specialist."""

    role: str
    """The specialist who should answer."""
    question: Annotated[str, Field(min_length=1, max_length=500)]


class CoordinationReport(Report):
    """What the coordinator wants to know before gathering may end; nothing, in the ordinary case."""

    questions: Annotated[list[Question], Field(max_length=6)] = Field(default_factory=list[Question])


class AssessmentReport(Report):
    """The brief that the decision rests on."""

    brief: str


class DecisionSheet(Report):
    """What a human officer should check before deciding. It never decides."""

    questions: list[str] = Field(default_factory=list)
    options: list[str] = Field(default_factory=list)


class HandoffNote(Report):
    """What happens next with a decided claim."""

    next_steps: list[str] = Field(default_factory=list)


REPORT_TYPES: dict[str, type[Report]] = {
    "report": Report,
    "reading": ReadingReport,
    "coordination": CoordinationReport,
    "assessment": AssessmentReport,
    "decision_sheet": DecisionSheet,
    "handoff_note": HandoffNote,
}
"""The names that roster.yaml uses."""


@dataclass(frozen=True)
class Reply:
    """What came of a turn."""

    report: Report
    messages: list[Message]
    """What goes on record, in order: the prompt, each function call and result, the final answer."""
    usage: Usage
    refused_tools: list[str]
    """Tools that the agent asked for and that are not its own."""
