"""The options that every command takes: which Claims Orchestrator it drives, and whether it prints JSON."""

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.errors import InputError
from client.text import PROGRAM

if TYPE_CHECKING:
    from client.connection import Target

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
_OWN = ("target", "as_json")
"""What a command is given in place of the options."""


def _options(
    *,
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            help="Address of a deployed app. Without it, the embedded host is used. [env: CLAIMS_URL]",
        ),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="Function key of that app. [env: CLAIMS_KEY]")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Data folder of the embedded host. [default: .data]"),
    ] = None,
    json: JsonOption = False,
) -> dict[str, Any]:
    return {"target": _target(url, key, data), "as_json": json}


def command(app: typer.Typer, *examples: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Register a command of `app`: a function that takes `target` and `as_json` beside its own options.

    Args:
        examples: calls of it, shown below its help.
    """

    def register(command: Callable[..., int]) -> Callable[..., int]:
        common = inspect.signature(_options).parameters
        own = [p for p in inspect.signature(command).parameters.values() if p.name not in _OWN]

        def run(**given: Any) -> int:
            resolved = _options(**{name: given.pop(name) for name in common})
            return command(**resolved, **given)

        described: Any = run
        described.__signature__ = inspect.Signature([*own, *common.values()])
        run.__name__, run.__doc__ = command.__name__, command.__doc__
        epilog = "\n".join(("\b", "Examples:", *(f"  {PROGRAM} {example}" for example in examples)))
        app.command(epilog=epilog if examples else None)(run)
        return command

    return register


def _target(url: str | None, key: str | None, data: Path | None) -> "Target":
    """What the options name; a data folder that is typed outranks an address from the environment.

    Raises:
        InputError: both an address and a data folder are typed, or a key without an address.
    """
    from client.connection import Target

    if url and data:
        raise InputError(
            "--url and --data exclude each other: name the app, or the folder of the embedded host"
        )
    if url is None and data is None:
        url = os.environ.get("CLAIMS_URL") or None
    if url is None:
        if key:
            raise InputError("--key goes with --url or CLAIMS_URL: the embedded host asks for none")
        return Target(data=data)
    return Target(url=url, key=key or os.environ.get("CLAIMS_KEY") or None)
