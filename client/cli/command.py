"""What all commands have in common: where they work, how they print, and how they are registered."""

import inspect
import os
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.cli.text import PROGRAM
from client.errors import InputError

if TYPE_CHECKING:
    from client.orchestrator import ClaimsOrchestrator, Watch

app = typer.Typer(
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    rich_markup_mode=None,
)

ClaimId = Annotated[str, typer.Argument(metavar="CLAIM_ID", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@dataclass(kw_only=True)
class Call:
    """What every command is called with: the app at `url`, or the data folder `data`, and how to print.

    A data folder that is typed outranks an address from the environment.

    Raises:
        InputError: both an address and a data folder are given, or a key without an address.
    """

    url: Annotated[
        str | None,
        typer.Option(
            help="Address of a deployed app. Without it, the embedded host is used. [env: CLAIMS_URL]"
        ),
    ] = None
    key: Annotated[str | None, typer.Option(help="Function key of that app. [env: CLAIMS_KEY]")] = None
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Data folder of the embedded host. [default: .data]")
    ] = None
    as_json: AsJson = False

    def __post_init__(self) -> None:
        if self.url and self.data:
            raise InputError(
                "--url and --data exclude each other: name the app, or the folder of the embedded host"
            )
        if self.url is None and self.data is None:
            self.url = os.environ.get("CLAIMS_URL") or None
        if self.url is not None:
            self.key = self.key or os.environ.get("CLAIMS_KEY") or None
        elif self.key:
            raise InputError("--key goes with --url or CLAIMS_URL: the embedded host asks for none")

    @asynccontextmanager
    async def orchestrator(self) -> "AsyncGenerator[ClaimsOrchestrator]":
        """The app at the address, or the embedded host on the data folder.

        Raises:
            InputError: the address is none.
            HostError: the embedded host does not start.
        """
        from client.orchestrator import build_orchestrator

        given = {"url": self.url, "key": self.key, "session_dir": self.data}
        config = {name: value for name, value in given.items() if value is not None}
        async with await build_orchestrator(config) as orchestrator:
            yield orchestrator

    def storage(self, command: str) -> Path | None:
        """The data folder if one is named, for a command that works on storage only.

        Raises:
            InputError: the call names an address.
        """
        if self.url is not None:
            raise InputError(
                f"{command} works on storage, not through an address: leave out --url and CLAIMS_URL,"
                " and let --data or SessionStorage name the storage of that app"
            )
        return self.data

    def progress(self) -> "AbstractContextManager[Watch | None]":
        """Shows what happens to a claim meanwhile, but for JSON."""
        if self.as_json:
            return nullcontext()
        from client.cli.progress import shown_progress

        return shown_progress()


Command = Callable[..., Coroutine[Any, Any, None]]


def command(*examples: str) -> Callable[[Command], Command]:
    """Register a command: a coroutine function that takes a `Call` and, by name, options of its own.

    Args:
        examples: calls of it, shown below its help.
    """

    def register(command: Command) -> Command:
        common = inspect.signature(Call).parameters
        _, *own = inspect.signature(command).parameters.values()

        def invoke(**given: Any) -> None:
            from client.cli.running import run

            call = Call(**{name: given.pop(name) for name in common})
            run(command(call, **given))

        described: Any = invoke
        described.__signature__ = inspect.Signature([*own, *common.values()])
        invoke.__name__, invoke.__doc__ = command.__name__, command.__doc__
        epilog = "\n".join(("\b", "Examples:", *(f"  {PROGRAM} {example}" for example in examples)))
        app.command(epilog=epilog if examples else None)(invoke)
        return command

    return register
