import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.agents.plugins import PLUGINS, TOOLS
from orchestration.agents.roster import ROSTER_FILE, load_roster
from shared.errors import SettingsError

ENTRY = {"instructions": "Look.", "tools": ["read_claim"], "report": "report"}


def write(folder: Path, content: Any) -> Path:
    path = folder / "roster.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path


def test_holds_every_role_of_the_three_phases() -> None:
    assert list(load_roster()) == [
        "intake_coordinator",
        "policy_specialist",
        "document_validator",
        "claims_history_analyst",
        "fraud_analyst",
        "medical_specialist",
        "vendor_specialist",
        "coordinator",
        "assessment_agent",
        "claims_officer",
        "handoff_agent",
    ]


def test_a_new_agent_is_one_entry(tmp_path: Path) -> None:
    content = yaml.safe_load(ROSTER_FILE.read_text(encoding="utf-8"))
    content["roles"]["translator"] = ENTRY | {"model": "small"}
    added = load_roster(write(tmp_path, content))["translator"]
    assert (added.tools, added.report, added.model) == (("read_claim",), "report", "small")


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"tools": ["read_minds"]}, "tools.0: there is no tool 'read_minds'"),
        ({"report": "novel"}, "report: there is no report type 'novel'"),
        ({"instructions": " "}, "instructions: String should have at least 1 character"),
        ({"instructions": "Say {{name}}."}, "instructions: must not hold '{{'"),
        ({"temper": "calm"}, "temper: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_entry_is_named_with_file_role_and_problem(
    tmp_path: Path, entry: dict[str, Any], problem: str
) -> None:
    path = write(tmp_path, {"rules": "Be kind.", "roles": {"clerk": ENTRY | entry}})
    with pytest.raises(SettingsError) as error:
        load_roster(path)
    assert str(error.value).startswith(f"roster.yaml: roles.clerk.{problem}")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("roles: [", "roster.yaml: cannot be read: "),
        ("just text", "roster.yaml: "),
        ({"roles": {}}, "roster.yaml: rules: Field required"),
        ({"rules": "Be kind.", "roles": {"../clerk": ENTRY}}, "roster.yaml: roles.../clerk."),
    ],
)
def test_a_file_that_is_no_roster_is_refused(tmp_path: Path, content: Any, problem: str) -> None:
    with pytest.raises(SettingsError) as error:
        load_roster(write(tmp_path, content))
    assert str(error.value).startswith(problem)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"roster\.yaml: cannot be read"):
        load_roster(tmp_path / "roster.yaml")


def test_no_two_plugins_offer_a_tool_of_the_same_name() -> None:
    assert len(TOOLS) == sum(len(plugin.tools()) for plugin in PLUGINS)


def test_validating_the_roster_loads_no_agent_framework() -> None:
    check = (
        "import sys; from orchestration.agents.roster import load_roster; load_roster();"
        "sys.exit(bool({'semantic_kernel', 'openai', 'dateparser'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
