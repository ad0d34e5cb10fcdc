"""What is shown while a claim is worked: phase, agent, and the time since the start."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from client.cli.output import console_for
from client.cli.text import on_one_line
from client.orchestrator import Watch
from client.responses import Claim, Message


@contextmanager
def shown_progress() -> Generator[Watch]:
    """A watch that prints a line for each change, and on a terminal keeps a live line below them."""
    console = console_for(sys.stdout)
    if not console.is_terminal:
        yield ChangeLines(console.print)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as live:
        task = live.add_task("submitting", total=None)
        lines = ChangeLines(live.console.print)

        def watch(claim: Claim, messages: list[Message]) -> None:
            lines(claim, messages)
            live.update(task, description=f"{lines.state}  {lines.agent}")

        yield watch


class ChangeLines:
    """A watch that gives one line for each turn that an agent ended, and for each state that was reached."""

    def __init__(self, print_line: Callable[[str], None]) -> None:
        self._print_line = print_line
        self._started = time.monotonic()
        self._turns: set[str] = set()
        self.state = ""
        self.agent = ""

    def __call__(self, claim: Claim, messages: list[Message]) -> None:
        for message in messages:
            step = (message.get("metadata") or {}).get("step")
            name = message.get("name")
            if name and message["role"] == "assistant" and isinstance(step, str) and step not in self._turns:
                self._turns.add(step)
                self.agent = on_one_line(name)
                self._line(on_one_line(step.partition(".")[0]), self.agent)
        state = on_one_line(claim.get("state") or claim["status"])
        if state != self.state:
            self.state = state
            self._line(state)

    def _line(self, phase: str, agent: str = "") -> None:
        seconds = time.monotonic() - self._started
        self._print_line(f"{seconds:7.1f} s  {phase:<12}  {agent}".rstrip())
