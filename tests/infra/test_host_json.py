"""host.json, for either backend: what it asks the Functions host for."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.infra.templates import ROOT

HOST_JSON = ROOT / "host.json"
BACKENDS = ("storage", "scheduler")
OBJECT: dict[str, Any] = {"type": "object", "additionalProperties": False}
DURATION = {"type": "string", "pattern": r"^\d\d:\d\d:\d\d$"}
SCHEMA: dict[str, Any] = {
    **OBJECT,
    "required": ["version", "extensionBundle", "extensions"],
    "properties": {
        "version": {"const": "2.0"},
        "logging": {
            **OBJECT,
            "properties": {
                "logLevel": {
                    "type": "object",
                    "additionalProperties": {
                        "enum": ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"]
                    },
                },
                "applicationInsights": {
                    **OBJECT,
                    "properties": {
                        "samplingSettings": {
                            **OBJECT,
                            "properties": {
                                "isEnabled": {"type": "boolean"},
                                "excludedTypes": {"type": "string"},
                                "maxTelemetryItemsPerSecond": {"type": "number"},
                            },
                        }
                    },
                },
            },
        },
        "extensionBundle": {
            **OBJECT,
            "properties": {
                "id": {"const": "Microsoft.Azure.Functions.ExtensionBundle"},
                "version": {"type": "string"},
            },
        },
        "extensions": {
            **OBJECT,
            "properties": {
                "http": {**OBJECT, "properties": {"routePrefix": {"type": "string"}}},
                "durableTask": {
                    **OBJECT,
                    "required": ["hubName"],
                    "properties": {
                        "hubName": {"type": "string"},
                        "defaultVersion": {"type": "string"},
                        "versionMatchStrategy": {"enum": ["None", "Strict", "CurrentOrOlder"]},
                        "versionFailureStrategy": {"enum": ["Reject", "Fail"]},
                        "maxConcurrentActivityFunctions": {"type": "integer", "minimum": 1},
                        "storageProvider": {
                            "oneOf": [
                                {**OBJECT, "properties": {"maxQueuePollingInterval": DURATION}},
                                {
                                    **OBJECT,
                                    "required": ["type", "connectionStringName"],
                                    "properties": {
                                        "type": {"const": "azureManaged"},
                                        "connectionStringName": {"type": "string"},
                                    },
                                },
                            ]
                        },
                        "tracing": {
                            **OBJECT,
                            "properties": {
                                "distributedTracingEnabled": {"type": "boolean"},
                                "version": {"enum": ["V1", "V2"]},
                                "traceInputsAndOutputs": {"type": "boolean"},
                            },
                        },
                    },
                },
            },
        },
    },
}
"""The part of the host's own schema that is used here, written after its reference documentation: the
whole one is not to be had as a package."""


def written(backend: str, folder: Path) -> dict[str, Any]:
    """host.json as scripts/host_json.py makes it for a backend."""
    copy = folder / "host.json"
    copy.write_text(HOST_JSON.read_text())
    script = ROOT / "scripts/host_json.py"
    subprocess.run([sys.executable, str(script), backend, str(copy)], check=True)
    return json.loads(copy.read_text())


@pytest.mark.parametrize("backend", BACKENDS)
def test_it_says_nothing_that_the_host_does_not_know(backend: str, tmp_path: Path) -> None:
    jsonschema.validate(written(backend, tmp_path), SCHEMA)


@pytest.mark.parametrize("backend", BACKENDS)
def test_it_asks_for_what_the_durable_sdk_needs_and_keeps_claims_out_of_traces(
    backend: str, tmp_path: Path
) -> None:
    host = written(backend, tmp_path)
    assert host["extensionBundle"]["version"] == "[4.38.0, 5.0.0)"
    durable = host["extensions"]["durableTask"]
    assert durable["hubName"] == "%TASKHUB_NAME%"
    assert durable["tracing"] == {
        "distributedTracingEnabled": True,
        "version": "V2",
        "traceInputsAndOutputs": False,
    }
    assert "extendedSessionsEnabled" not in durable  # not supported for Python


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_instance_leaves_orchestrations_of_a_newer_version_to_others(backend: str, tmp_path: Path) -> None:
    durable = written(backend, tmp_path)["extensions"]["durableTask"]
    assert re.fullmatch(r"\d+\.\d+", durable["defaultVersion"])  # one number alone is compared as text
    assert (ROOT / "tests/replay" / durable["defaultVersion"]).is_dir()
    assert durable["versionMatchStrategy"] == "CurrentOrOlder"
    assert durable["versionFailureStrategy"] == "Reject"


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_failed_request_and_no_event_is_sampled_away(backend: str, tmp_path: Path) -> None:
    sampling = written(backend, tmp_path)["logging"]["applicationInsights"]["samplingSettings"]
    assert {"Request", "Exception", "Trace"} <= set(sampling["excludedTypes"].split(";"))


def test_an_idle_queue_is_looked_at_every_ten_seconds_at_least() -> None:
    provider = json.loads(HOST_JSON.read_text())["extensions"]["durableTask"]["storageProvider"]
    hours, minutes, seconds = map(int, provider["maxQueuePollingInterval"].split(":"))
    assert 0 < 3600 * hours + 60 * minutes + seconds <= 10


def test_the_one_in_the_repository_is_the_one_for_storage(tmp_path: Path) -> None:
    written("storage", tmp_path)
    assert (tmp_path / "host.json").read_bytes() == HOST_JSON.read_bytes()


def test_the_backends_differ_in_their_storage_provider_only(tmp_path: Path) -> None:
    scheduler = written("scheduler", tmp_path)
    provider = scheduler["extensions"]["durableTask"].pop("storageProvider")
    assert provider == {
        "type": "azureManaged",
        "connectionStringName": "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
    }
    storage = json.loads(HOST_JSON.read_text())
    del storage["extensions"]["durableTask"]["storageProvider"]
    assert scheduler == storage


def test_packaging_writes_it_for_the_backend_and_puts_it_back() -> None:
    azd = yaml.safe_load((ROOT / "azure.yaml").read_text())
    app = azd["services"]["app"]
    assert (app["project"], app["language"], app["host"]) == (".", "python", "function")
    assert "host_json.py" in app["hooks"]["prepackage"]["posix"]["run"]
    assert app["hooks"]["postpackage"]["posix"]["run"].endswith("host_json.py storage")
    for hook in (*app["hooks"].values(), *azd["hooks"].values()):
        assert {platform["shell"] for platform in hook.values()} == {"sh", "pwsh"}
        for platform in hook.values():
            (named,) = re.findall(r"scripts/[\w.]+", platform["run"])
            assert (ROOT / named).is_file()
