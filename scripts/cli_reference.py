"""Writes docs/cli-reference.md from the command line's own help: `python -m scripts.cli_reference`.

A test fails where the page is not what `--help` says; `./dev docs` calls this.
"""

from pathlib import Path

from typer.main import get_command_name
from typer.testing import CliRunner

from client.cli import app
from client.cli.text import PROGRAM

PAGE = Path(__file__).resolve().parents[1] / "docs/cli-reference.md"
INTRODUCTION = f"""\
# Command-line reference

What `{PROGRAM} --help` says, and `--help` of each command. How it finds the app, its exit codes and an
example are in the [guide](guide.md#command-line). `./dev docs` writes this page.
"""
_WIDTH = 110


def reference() -> str:
    """The page as it has to be now."""
    functions = [command.callback for command in app.registered_commands]
    names = [get_command_name(function.__name__) for function in functions if function]
    sections = [f"## {name}\n\n{_help(name)}" for name in names]
    return "\n".join([INTRODUCTION, _help(), *sections])


def _help(*command: str) -> str:
    shown = CliRunner().invoke(app, [*command, "--help"], prog_name=PROGRAM, terminal_width=_WIDTH)
    return f"```text\n{shown.stdout}```\n"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
