"""Who works on a claim: the agents of roster.yaml, validated when the app starts.

Imports no agent framework, so that the app can validate the file without loading one.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from orchestration.agents.plugins import TOOLS
from orchestration.agents.reports import REPORT_TYPES, Report
from shared.names import Slug
from shared.yaml_files import read_yaml

ROSTER_FILE = Path(__file__).with_name("roster.yaml")

Prompt = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _plain(text: str) -> str:
    if "{{" in text:
        raise ValueError("must not hold '{{', which the prompt template would take for code")
    return text


def _known_tool(name: str) -> str:
    if name not in TOOLS:
        raise ValueError(f"there is no tool '{name}'; known are {', '.join(sorted(TOOLS))}")
    return name


def _known_report(name: str) -> str:
    if name not in REPORT_TYPES:
        raise ValueError(f"there is no report type '{name}'; known are {', '.join(REPORT_TYPES)}")
    return name


class Role(BaseModel):
    """One agent: its instructions, the tools that it may use, the report that it hands in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""
    """Its key in the file."""
    instructions: Annotated[Prompt, AfterValidator(_plain)]
    tools: tuple[Annotated[str, AfterValidator(_known_tool)], ...] = ()
    report: Annotated[str, AfterValidator(_known_report)] = "report"
    reads_reports: bool = False
    """The summaries of earlier reports stand in what this agent is given."""
    sees_identity: bool = False
    """Whether a model gets the claimant's name and contact; if not, marks stand in their places."""
    model: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] | None = None
    """A model or deployment other than the one of the settings."""

    @property
    def report_type(self) -> type[Report]:
        """The type of report that this agent hands in."""
        return REPORT_TYPES[self.report]


class _RosterFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rules: Annotated[Prompt, AfterValidator(_plain)]
    """Instructions for every agent."""
    roles: dict[Slug, Role]


class Roster(Mapping[str, Role]):
    """The agents by name, in the order of the file."""

    def __init__(self, rules: str, roles: Mapping[str, Role]) -> None:
        self.rules = rules
        self._roles = dict(roles)

    def __getitem__(self, name: str) -> Role:
        return self._roles[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._roles)

    def __len__(self) -> int:
        return len(self._roles)


def load_roster(path: Path = ROSTER_FILE) -> Roster:
    """Read and validate a roster.

    Raises:
        SettingsError: it is not YAML or an entry is wrong; names the file, the role and the problem.
    """
    file = read_yaml(path, _RosterFile.model_validate)
    named = {name: role.model_copy(update={"name": name}) for name, role in file.roles.items()}
    return Roster(file.rules, named)
