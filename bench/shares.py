"""Where the host's time goes, by sampling the stacks of all its processes while claims run."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

SAMPLES_A_SECOND = 200

COMPONENTS: dict[str, tuple[str, ...]] = {
    "storage": ("shared/session_store", "sha256"),
    "agents": ("semantic_kernel", "orchestration/agents", "orchestration/phases/turns"),
    "HTTP": ("aiohttp", "devhost/http", "triggers/"),
    "engine": ("grpc", "durabletask", "devhost/engine", "devhost/bridge", "devhost/taskhub"),
    "worker": (
        "azure_functions_runtime",
        "durable_functions",
        "azure/functions",
        "devhost/",
        "orchestration/",
    ),
}
"""Parts of a frame's file name; a sample belongs to the component of its innermost frame that has one."""


class Sampler:
    """py-spy beside a running host; a context manager."""

    def __init__(self, pid: int, into: Path) -> None:
        self._into = into
        spy = Path(sys.executable).with_name("py-spy")
        rate = ("--rate", str(SAMPLES_A_SECOND))
        self._process = subprocess.Popen(
            [
                spy,
                "record",
                "--subprocesses",
                "--full-filenames",
                *rate,
                "-f",
                "raw",
                "-o",
                into,
                "-p",
                str(pid),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> dict[str, float]:
        """Share of the samples in which each component was at work; empty where sampling is not permitted."""
        self._process.send_signal(2)
        self._process.wait()
        if not self._into.exists():
            return {}
        counts = Counter[str]()
        for line in self._into.read_text(encoding="utf-8").splitlines():
            stack, _, count = line.rpartition(" ")
            if component := component_of(stack):
                counts[component] += int(count)
        total = sum(counts.values())
        return {name: counts[name] / total for name in COMPONENTS} if total else {}


def component_of(stack: str) -> str | None:
    """The component that a sampled stack (outermost frame first) was at work in; None where it was idle."""
    if stack.rpartition(";")[2].partition(" ")[0] in {"_worker", "wait", "select"}:
        return None
    for frame in reversed(stack.split(";")):
        for name, parts in COMPONENTS.items():
            if any(part in frame for part in parts):
                return name
    return None
