"""Reads host.json, local.settings.json and the environment."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from devhost.errors import HostError

_HUB = "ClaimsOrchestrator"
_DEFAULTS = {
    "AGENT_MODEL": "offline",
    "AZURE_FUNCTIONS_ENVIRONMENT": "Development",  # as Azure's own tools have it on a developer's machine
    "TASKHUB_NAME": _HUB,
}
_CONCURRENT_PER_CORE = 10  # the Durable extension's own default

MOST_WORKERS = 10  # Azure's own limit
_WORKERS = 2
_WORKERS_SETTING = "FUNCTIONS_WORKER_PROCESS_COUNT"
IN_MEMORY = ":memory:"
"""The path of a storage that lies in the memory of the process that uses it."""

_LEVELS = {
    "trace": "DEBUG",
    "debug": "DEBUG",
    "information": "INFO",
    "warning": "WARNING",
    "error": "ERROR",
    "critical": "CRITICAL",
    "none": "CRITICAL",
}


@dataclass(frozen=True)
class HostConfig:
    """The parts of host.json that the embedded host honours."""

    route_prefix: str
    hub_name: str
    max_activities: int
    """The number of activities that may run at the same time."""
    max_orchestrators: int
    """The number of orchestrations that may take a step at the same time; waiting ones do not count."""
    log_level: str
    """The level of the app's own logs, as `logging` names it."""


def apply_settings(app: Path, data: Path) -> None:
    """Completes the environment of this process by `local_settings`.

    Raises:
        HostError: local.settings.json is there and is not usable.
    """
    os.environ.update(local_settings(app, data, os.environ))


def local_settings(app: Path, data: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """`environment`, completed by local.settings.json and by the defaults of a local run.

    Raises:
        HostError: local.settings.json is there and is not usable.
    """
    given = _read_json(app / "local.settings.json")
    if given.get("IsEncrypted") is True:
        raise HostError("local.settings.json is encrypted: decrypt it with `func settings decrypt`")
    values = {name: str(value) for name, value in _section(given, "Values").items()}
    completed = _DEFAULTS | values | dict(environment)
    places = ("SessionStorage", "SessionStorage__blobServiceUri", "SessionStorage__path")
    if not any(completed.get(place) for place in places):
        completed["SessionStorage__path"] = str(data)
    return completed


def read_host_json(app: Path) -> HostConfig:
    """Reads host.json beside the app. What it leaves out has the Functions host's default.

    Raises:
        HostError: host.json is there and is not usable.
    """
    host = _read_json(app / "host.json")
    extensions = _section(host, "extensions")
    durable = _section(extensions, "durableTask")
    level = str(_section(_section(host, "logging"), "logLevel").get("default", "Warning"))
    if level.lower() not in _LEVELS:
        raise HostError(f"host.json: logging.logLevel.default is {level!r}; use one of {', '.join(_LEVELS)}")
    per_machine = _CONCURRENT_PER_CORE * (os.cpu_count() or 1)
    return HostConfig(
        route_prefix=str(_section(extensions, "http").get("routePrefix", "api")).strip("/"),
        hub_name=resolve_settings(str(durable.get("hubName", _HUB)), "host.json: hubName"),
        max_activities=_positive(durable, "maxConcurrentActivityFunctions", per_machine),
        max_orchestrators=_positive(durable, "maxConcurrentOrchestratorFunctions", per_machine),
        log_level=_LEVELS[level.lower()],
    )


def durable_workers(asked: int | None) -> int:
    """The number of processes that run the durable functions, where 0 means the host's own.

    It is `asked`, else the setting FUNCTIONS_WORKER_PROCESS_COUNT, which has to be applied before. Sessions
    in memory can be in one process only, which is the host's own.

    Raises:
        HostError: the setting is not a number of processes.
    """
    if os.environ.get("SessionStorage__path") == IN_MEMORY:
        return 0
    if asked is not None:
        return asked
    setting = os.environ.get(_WORKERS_SETTING) or str(_WORKERS)
    if not (setting.isdecimal() and 1 <= int(setting) <= MOST_WORKERS):
        raise HostError(
            f"{_WORKERS_SETTING} must be a whole number from 1 to {MOST_WORKERS}, not {setting!r}"
        )
    return int(setting)


def resolve_settings(text: str, owner: str) -> str:
    """`text` with each `%SETTING%` replaced by the value of the setting, as the Functions host does it.

    Raises:
        HostError: a setting is missing; the message begins with `owner`.
    """

    def value_of(match: re.Match[str]) -> str:
        value = os.environ.get(match[1])
        if value is None:
            raise HostError(f"{owner} names the setting {match[1]}, which is not set")
        return value

    return re.sub(r"%([^%\s]+)%", value_of, text)


def _read_json(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise HostError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise HostError(f"{path.name} must hold a JSON object")
    return cast(dict[str, Any], content)


def _section(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = of.get(name)
    return cast(dict[str, Any], section) if isinstance(section, dict) else {}


def _positive(section: Mapping[str, Any], name: str, default: int) -> int:
    value = section.get(name, default)
    if not isinstance(value, int) or value < 1:
        raise HostError(f"host.json: {name} must be a whole number above 0, not {value!r}")
    return value
