"""The guide and the code say the same: a setting, route, command or rule in one is in the other."""

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from client.config import OrchestratorConfig
from devhost.config import local_settings
from orchestration.agents.roster import load_roster
from orchestration.reference.files import load_requirements
from orchestration.rules.risk import RISK_INDICATORS
from scripts.cli_reference import PAGE, reference
from shared.errors import SettingsError
from shared.models.claim import ClaimState, ClaimStatus
from shared.models.events import EventType
from shared.settings import PROVIDER_SETTINGS, Settings
from tests.docs.markdown import GUIDE, ROOT, code, named, table
from tests.test_function_app import routes

NAMED = named(GUIDE)
EMBEDDED = " on the embedded host"
"""Follows a default that only the embedded host gives."""
LEAST = {"SessionStorage__path": ":memory:", "AGENT_MODEL": "offline"}

APP_SETTINGS = {code(name)[0]: (default, meaning) for name, default, meaning in table(GUIDE, "The app's")}
FIELDS = {str(field.alias): name for name, field in Settings.model_fields.items()}


def test_every_setting_is_in_the_guide_and_every_one_there_exists() -> None:
    assert sorted(APP_SETTINGS) == sorted(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_has_the_default_that_the_guide_gives(name: str, tmp_path: Path) -> None:
    shown, _ = APP_SETTINGS[name]
    if shown.endswith(EMBEDDED):
        with pytest.raises(SettingsError, match=re.escape(name)):
            Settings.load({other: value for other, value in LEAST.items() if other != name})
        assert local_settings(tmp_path, Path(".data"), {})[name] == code(shown)[0]
    else:
        actual = getattr(Settings.load(LEAST), FIELDS[name])
        given = {} if shown == "–" else {name: code(shown)[0]}
        assert actual == getattr(Settings.load(LEAST | given), FIELDS[name])
        assert (shown == "–") == (actual is None)


def test_the_models_required_settings_are_those_of_the_guide() -> None:
    required = {
        (code(model)[0], code(name)[0])
        for name, model, _ in table(GUIDE, "The models'")
        if model.endswith("required")
    }
    assert required == {(model, name) for model, names in PROVIDER_SETTINGS.items() for name in names}


def test_every_route_is_in_the_guide_and_every_one_there_exists() -> None:
    documented = {code(call)[0] for call, _ in table(GUIDE, "HTTP")}
    assert documented == set(routes())


def test_every_command_is_in_the_guide_and_every_one_there_exists() -> None:
    shown = subprocess.run(["./dev", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    commands = {line.split()[0] for line in shown.splitlines() if line.startswith("  ")}
    documented = {code(command)[0].removeprefix("./dev ") for command, _ in table(GUIDE, "Commands")}
    assert documented == commands


def test_every_option_of_the_embedded_host_is_in_the_guide_and_every_one_there_exists() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "devhost", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    documented = [code(option)[0].split()[0] for option, _ in table(GUIDE, "Its options")]
    assert sorted(["--help", *documented]) == sorted(re.findall(r"^  (?:-h, )?(--\w+)", shown, re.MULTILINE))


def test_the_reference_of_the_command_line_is_what_its_help_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run ./dev docs"


def test_the_guide_names_only_commands_of_the_command_line_that_exist() -> None:
    shown = re.findall(r"\./dev claims ([a-z-]+)", GUIDE.read_text(encoding="utf-8"))
    assert shown
    assert {f"## {name}" for name in shown} <= set(reference().splitlines())


def test_the_settings_of_the_python_api_are_in_the_guide() -> None:
    rows = table(GUIDE, "Python")
    assert [name for row in rows for name in code(row[0])] == list(OrchestratorConfig.model_fields)
    for (name, *_), default in ((code(row[0]), row[1]) for row in rows):
        given = OrchestratorConfig.model_fields[name].default
        assert default == ("–" if given is None else f"`{given}`")


def test_the_guide_has_every_event() -> None:
    assert [code(event)[0] for event, _ in table(GUIDE, "Events")] == list(get_args(EventType))


def test_the_guide_names_every_status_state_and_agent() -> None:
    assert [code(status)[0] for status, _ in table(GUIDE, "A claim's life")] == [*ClaimStatus]
    assert set(ClaimState) <= NAMED
    assert set(load_roster()) <= NAMED


def test_the_guide_has_the_requirement_rules() -> None:
    documented = {
        code(claim_type)[0]: _always(always) | _conditional(condition) | _optional(optional)
        for claim_type, always, condition, optional in table(GUIDE, "What a claim needs")
    }
    rules = load_requirements()
    assert documented == {name: rule.documents for name, rule in rules.claim_types.items()}
    assert rules.information.keys() <= NAMED
    assert rules.document_types.keys() <= NAMED


def test_the_guide_has_every_risk_indicator_with_its_weight() -> None:
    documented = {
        code(name)[0]: (float(weight), meaning) for name, weight, meaning in table(GUIDE, "Who decides")
    }
    assert documented == {
        name: (indicator.weight, indicator.description) for name, indicator in RISK_INDICATORS.items()
    }


def _always(cell: str) -> dict[str, str]:
    return dict.fromkeys(code(cell), "always")


def _conditional(cell: str) -> dict[str, str]:
    names = code(cell)
    return dict(zip(names[::2], names[1::2], strict=True))


def _optional(cell: str) -> dict[str, str]:
    return dict.fromkeys(code(cell), "optional")
