"""What an offline turn costs in CPU beyond its tool calls, role by role."""

import asyncio
import functools
import inspect
import json
import logging
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Self, override

from bench.part import Effort, Part, Target
from bench.running import REPOSITORY

if TYPE_CHECKING:
    from orchestration.agents.agent_context import AgentContext
    from orchestration.agents.reports import Reply
    from orchestration.agents.runner import Agents

MOST_MS = 15.0
"""What a turn may cost."""


class Turns(Part):
    TITLE: ClassVar[str] = "Turns"

    cpu_ms: dict[str, tuple[float, float]]
    """Of a turn of each role, median and 95 %."""

    @classmethod
    @override
    async def measure(cls, effort: Effort) -> Self:
        return cls(cpu_ms=_run())

    @override
    def targets(self) -> list[Target]:
        slowest = max(median for median, _ in self.cpu_ms.values())
        return [Target("CPU of an offline turn, slowest agent", slowest, at_most=MOST_MS, unit=" ms")]

    @override
    def body(self) -> str:
        rows = "\n".join(
            f"| {role} | {median:.1f} ms | {most:.1f} ms |" for role, (median, most) in self.cpu_ms.items()
        )
        return f"""
CPU of one turn of each offline agent up to the decision, beyond its tool calls, over the claims of the
evaluation, each read for the first time.

| agent | median | 95 % |
|---|---|---|
{rows}
"""


def _run() -> dict[str, tuple[float, float]]:
    """Measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.turns"],
        cwd=REPOSITORY,
        env={**os.environ, "AGENT_MODEL": "offline", "SessionStorage__path": ":memory:"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


class _Meter:
    """Agents that take turns one at a time, and what each turn cost without its tools."""

    def __init__(self, agents: "Agents") -> None:
        self.milliseconds: defaultdict[str, list[float]] = defaultdict(list)
        self._agents = agents
        self._in_tools = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def run(self, role: str, context: "AgentContext") -> "Reply":
        """Let the agents take a turn, and measure it."""
        async with self._one_at_a_time:
            self._in_tools, started = 0, time.process_time()
            reply = await self._agents.run(role, context)
            spent = time.process_time() - started - self._in_tools
            self.milliseconds[role].append(1000 * spent)
            return reply

    def tool(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        async def timed(*args: Any, **kwargs: Any) -> Any:
            started = time.process_time()
            try:
                result = function(*args, **kwargs)
                return await result if inspect.isawaitable(result) else result
            finally:
                self._in_tools += time.process_time() - started

        return timed


async def _measure() -> dict[str, tuple[float, float]]:
    from evaluation.labelled import PARTS, labelled_claims
    from evaluation.running import run_claim
    from orchestration.agents.plugins import TOOLS
    from orchestration.agents.runner import Agents
    from orchestration.bootstrap import bootstrap

    app = bootstrap(os.environ)
    meter = _Meter(app.phases().agents)
    for name, plugin in TOOLS.items():
        setattr(plugin, name, meter.tool(plugin.tools()[name]))
    phases = replace(app.phases(), agents=Agents(app.rulebook.roster, lambda: meter))
    for claim in (claim for part in PARTS for claim in labelled_claims(part)):
        await run_claim(claim, app.services, phases)
    # The first turn of a role pays for imports and caches.
    spent = {role: sorted(times[1:]) for role, times in meter.milliseconds.items()}
    return {role: (statistics.median(t), t[int(0.95 * (len(t) - 1))]) for role, t in spent.items()}


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    print(json.dumps(asyncio.run(_measure())))
