"""How people and programs use Claims Orchestrator: `build_orchestrator`, and the command line.

What is exported here is imported when it is first used, so that `--help` does not wait for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from client.errors import (
        ApiError,
        CannotConnect,
        ClientError,
        ConfigError,
        HostError,
        InputError,
    )
    from client.orchestrator import ClaimsOrchestrator, build_orchestrator

__all__ = [
    "ApiError",
    "CannotConnect",
    "ClaimsOrchestrator",
    "ClientError",
    "ConfigError",
    "HostError",
    "InputError",
    "build_orchestrator",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "client.orchestrator" if name in {"ClaimsOrchestrator", "build_orchestrator"} else "client.errors"
    return getattr(import_module(home), name)
