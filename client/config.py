"""The settings of `build_orchestrator`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from client.errors import ConfigError

DEFAULT_DATA = Path(".data")


class OrchestratorConfig(BaseModel):
    """Where the claims are worked, and how.

    With `url` an app that runs is talked to, and it has its own settings. Without, the embedded host works
    on the folder `session_dir`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    session_dir: Path = DEFAULT_DATA
    """Data folder of the embedded host; the sessions lie in `sessions/` under it."""
    enable_session_persistence: bool = True
    """False keeps nothing: sessions live as long as the orchestrator."""
    enable_human_in_loop: bool = True
    """False never pauses for what is missing; the brief says what was."""
    url: str | None = None
    key: str | None = None
    """Function key of the app at `url`."""


def read_config(given: Mapping[str, Any]) -> OrchestratorConfig:
    """Validate the settings.

    Raises:
        ConfigError: a setting is unknown, has a wrong value, or cannot go with another.
    """
    if unknown := sorted(map(str, given.keys() - OrchestratorConfig.model_fields.keys())):
        known = ", ".join(OrchestratorConfig.model_fields)
        raise ConfigError(f"unknown setting {', '.join(unknown)}: the settings are {known}")
    try:
        config = OrchestratorConfig.model_validate(dict(given))
    except ValidationError as error:
        faults = "; ".join(f"{item['loc'][0]}: {item['msg']}" for item in error.errors())
        raise ConfigError(faults) from None
    if config.url is None:
        if config.key is not None:
            raise ConfigError("key: belongs to a url; the embedded host asks for none")
    elif not (config.enable_session_persistence and config.enable_human_in_loop):
        raise ConfigError(
            "url: the app there has its own settings; set HUMAN_IN_LOOP and SessionStorage__path in it"
        )
    return config
