"""What importing the app costs, against importing only the three libraries that it cannot do without."""

import statistics
import subprocess
import sys
import time

from bench.running import REPOSITORY

APP = "import function_app"
FLOOR = "import azure.durable_functions, azure.storage.blob.aio, pydantic"


def run(rounds: int) -> tuple[float, float]:
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
