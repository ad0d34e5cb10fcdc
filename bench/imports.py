"""What importing the app costs, against importing only the three libraries that it cannot do without."""

import statistics
import subprocess
import sys
import time
from typing import ClassVar, Self, override

from bench.part import Effort, Part, Target
from bench.running import REPOSITORY

APP = "import function_app"
FLOOR = "import azure.durable_functions, azure.storage.blob.aio, pydantic"


class Imports(Part):
    """Milliseconds."""

    TITLE: ClassVar[str] = "Import"

    app_ms: float
    floor_ms: float

    @classmethod
    @override
    async def measure(cls, effort: Effort) -> Self:
        app, floor = _run(2 * effort.rounds + 5)
        return cls(app_ms=1000 * app, floor_ms=1000 * floor)

    @property
    def ratio(self) -> float:
        return self.app_ms / self.floor_ms

    @override
    def targets(self) -> list[Target]:
        return [Target("Time of the import, of the floor's", self.ratio, at_most=1.5)]

    @override
    def body(self) -> str:
        return f"""
What every instance pays before it can answer. The floor imports `azure.durable_functions`,
`azure.storage.blob.aio` and `pydantic` alone.

| | time | ratio |
|---|---|---|
| floor | {self.floor_ms:.0f} ms | 1 |
| `import function_app` | {self.app_ms:.0f} ms | {self.ratio:.2f} |
"""


def _run(rounds: int) -> tuple[float, float]:
    """Median seconds of a Python process that imports the app, and of one that imports the floor, in turn."""
    times: dict[str, list[float]] = {APP: [], FLOOR: []}
    for number in range(rounds + 1):
        for code, taken in times.items():
            started = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", code],
                cwd=REPOSITORY,
                env={"SessionStorage__path": ".data", "AGENT_MODEL": "offline", "PATH": ""},
                check=True,
            )
            if number:  # the first round warms the file cache
                taken.append(time.perf_counter() - started)
    return statistics.median(times[APP]), statistics.median(times[FLOOR])
