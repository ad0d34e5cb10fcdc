"""What an offline agent's script is: it asks for tool calls, gets their results, and ends with a report."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from orchestration.agents.briefing import Briefing
from orchestration.agents.offline_scripts.wording import summary
from orchestration.agents.reports import Finding, Report


@dataclass(frozen=True)
class Call:
    """A tool call; `str()` of it is how findings cite it."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])

    def __str__(self) -> str:
        return f"{self.tool}({', '.join(f'{name}={value!r}' for name, value in self.arguments.items())})"


type Script = Generator[list[Call], list[str], Report]
"""Yields calls to be made side by side, is sent their results in the same order, returns the report."""

type ScriptFor = Callable[[Briefing], Script]


def result[M: BaseModel](text: str, model: type[M]) -> M | None:
    """A tool's result as its type; None where the tool refused the call."""
    try:
        return model.model_validate_json(text)
    except ValidationError:
        return None


@dataclass
class Findings:
    """What a script found out, as it goes along."""

    found: list[Finding] = field(default_factory=list[Finding])
    indicators: list[str] = field(default_factory=list[str])

    def add(self, statement: str, evidence: object, indicator: str | None = None) -> None:
        """Add a finding with its evidence, and the code of the risk indicator that it stands for."""
        self.found.append(Finding(statement=statement, evidence=str(evidence)))
        if indicator and indicator not in self.indicators:
            self.indicators.append(indicator)

    def report[R: Report](self, kind: type[R], claim: Briefing, conclusion: str, **further: Any) -> R:
        """A report of a kind on what was found, with `further` fields that only that kind has."""
        return kind(
            summary=summary(claim, self.found, conclusion),
            findings=self.found,
            risk_indicators=self.indicators,
            **further,
        )
