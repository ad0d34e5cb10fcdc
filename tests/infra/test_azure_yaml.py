"""azure.yaml says nothing that the Azure Developer CLI does not know."""

from typing import Any

import jsonschema
import pytest
import yaml

from tests.infra.templates import ROOT

OBJECT: dict[str, Any] = {"type": "object", "additionalProperties": False}
SCRIPT: dict[str, Any] = {
    **OBJECT,
    "required": ["run", "shell"],
    "properties": {
        "run": {"type": "string", "minLength": 1},
        "shell": {"enum": ["sh", "pwsh"]},
        "continueOnError": {"type": "boolean"},
        "interactive": {"type": "boolean"},
    },
}
HOOK: dict[str, Any] = {
    **OBJECT,
    "required": ["posix", "windows"],
    "properties": {"posix": SCRIPT, "windows": SCRIPT},
}


def hooks(*moments: str) -> dict[str, Any]:
    """A script before and after each of the moments."""
    return {
        **OBJECT,
        "properties": {f"{when}{moment}": HOOK for when in ("pre", "post") for moment in moments},
    }


SCHEMA: dict[str, Any] = {
    **OBJECT,
    "required": ["name", "services"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "minLength": 2},
        "infra": {
            **OBJECT,
            "properties": {
                "provider": {"enum": ["bicep", "terraform"]},
                "path": {"type": "string"},
                "module": {"type": "string"},
            },
        },
        "services": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                **OBJECT,
                "required": ["host", "project"],
                "properties": {
                    "host": {"const": "function"},
                    "project": {"type": "string"},
                    "language": {"enum": ["py", "python"]},
                    "remoteBuild": {"type": "boolean"},
                    "hooks": hooks("build", "deploy", "package", "publish", "restore"),
                },
            },
        },
        "hooks": hooks("deploy", "down", "package", "provision", "restore", "up"),
    },
}
"""The part of the schema of azd that a function app of Python needs, written after it: its own is fetched."""


def azure_yaml() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "azure.yaml").read_text("utf-8"))


def test_it_fits_the_schema() -> None:
    jsonschema.validate(azure_yaml(), SCHEMA)


@pytest.mark.parametrize("misspelt", ["prepakage", "predeploi"])
def test_a_hook_that_would_never_run_is_found(misspelt: str) -> None:
    spoilt = azure_yaml()
    spoilt["services"]["app"]["hooks"][misspelt] = spoilt["services"]["app"]["hooks"].pop("prepackage")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(spoilt, SCHEMA)


def test_its_paths_lead_somewhere() -> None:
    infra = azure_yaml()["infra"]
    assert (ROOT / infra["path"] / f"{infra['module']}.{infra['provider']}").is_file()
