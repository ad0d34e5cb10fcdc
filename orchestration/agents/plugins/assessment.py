"""Tools over what was found out about the claim so far."""

from typing import Any, ClassVar

from pydantic import BaseModel

from orchestration.agents.plugins.plugin import Plugin, tool, tool_result
from shared.models.claim import Assessment


class AssessmentResult(BaseModel):
    """The tool_result of `read_assessment`."""

    assessment: Assessment | None
    """None: the rules have not been applied yet."""


class ReportOnRecord(BaseModel):
    """A report as an agent handed it in."""

    step: str
    role: str
    report: dict[str, Any]


class ReportsResult(BaseModel):
    """The tool_result of `read_reports`."""

    reports: list[ReportOnRecord]
    """Phase after phase, and side by side in the roster's order."""


class AssessmentTools(Plugin):
    """Reads the rules' assessment and the other agents' reports."""

    name: ClassVar[str] = "assessment"

    @tool
    def read_assessment(self) -> str:
        """Read what the rules computed of the claim: cover, limits, payout, risk score, who decides."""
        return tool_result(AssessmentResult(assessment=self.context.claim.assessment))

    @tool
    def read_reports(self) -> str:
        """Read the full reports that the other agents have handed in on this claim."""
        return tool_result(
            ReportsResult(
                reports=[
                    ReportOnRecord(step=turn.step, role=turn.role, report=turn.report)
                    for turn in self.context.turns
                ]
            )
        )
