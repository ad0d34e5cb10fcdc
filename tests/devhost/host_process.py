"""A real host in a process of its own, as a test drives it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import httpx

ROOT = Path(__file__).parents[2]
SAMPLE_APP = Path(__file__).parent / "sample_app"
PATIENCE = 30.0  # seconds; far more than anything needs, so that only what never happens fails
YEARLY = "0 0 0 1 1 *"


def wait_until[Found](look: Callable[[], Found]) -> Found:
    """What `look` gives, once that is true."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
    return found


def environment(data: Path, **settings: str) -> dict[str, str]:
    """The environment for a host on the sample app whose uploads and notes lie in `data`."""
    inherited = {
        name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME", "LANG") if name in os.environ
    }
    sample = {
        "TZ": "UTC",  # the worker library reads the dates of cookies as local time
        "SampleStorage__path": str(data),
        "SAMPLE_CONTAINER": "drop",
        "SAMPLE_SCHEDULE": YEARLY,
        "SAMPLE_NOTES": str(data / "notes.jsonl"),
    }
    return {**inherited, **sample, **settings}


def run_host(*arguments: str, data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs a host that is expected not to start, to its end."""
    return subprocess.run(
        _command(data, *arguments),
        cwd=ROOT,
        env=environment(data, **settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def _command(data: Path, *arguments: str) -> list[str]:
    app = () if "--app" in arguments else ("--app", str(SAMPLE_APP))
    port = () if "--port" in arguments else ("--port", "0")
    return [sys.executable, "-m", "devhost", "--data", str(data), *app, *port, *arguments]


class HostProcess:
    """A host on the sample app; ended when the `with` block ends, if it has not ended before."""

    def __init__(self, data: Path, *arguments: str, **settings: str) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.data = data
        self.errors = data / "stderr.txt"
        with self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                _command(data, *arguments),
                cwd=ROOT,
                env=environment(data, **settings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                process_group=0,
            )
        assert self.process.stdout
        self.ready_line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", self.ready_line)
        assert found, f"no URL in {self.ready_line!r}; {self.errors.read_text()}"
        self.origin = found[0]
        self.http = httpx.Client(base_url=self.origin, timeout=PATIENCE, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def signal_group(self, number: signal.Signals) -> None:
        """Signals the host and all that it has started, as a terminal does on Ctrl-C."""
        os.killpg(self.process.pid, number)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def exit_code(self) -> int:
        return self.process.wait(PATIENCE)

    def notes(self, kind: str) -> list[dict[str, Any]]:
        """What the app noted of one kind, in order."""
        file = self.data / "notes.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        return [note for note in map(json.loads, lines) if note["kind"] == kind]

    def uploads(self, name: str) -> list[dict[str, Any]]:
        """The blob function's runs for an upload, in order."""
        return [note for note in self.notes("upload") if note["name"] == f"drop/{name}"]

    def start(self, orchestrator: str, instance_id: str, given: object = None) -> httpx.Response:
        """Starts an orchestration through the app."""
        started = self.http.post(f"/api/orchestrations/{orchestrator}/{instance_id}", json=given)
        assert started.status_code == 202, started.text
        return started

    def status(self, instance_id: str) -> dict[str, Any]:
        return self.http.get(f"/runtime/webhooks/durabletask/instances/{instance_id}").json()

    def result(self, instance_id: str) -> Any:
        """The output of an orchestration, once it has completed."""

        status: dict[str, Any] = {}

        def over() -> bool:
            nonlocal status
            status = self.status(instance_id)
            return status["runtimeStatus"] not in {"Pending", "Running"}

        wait_until(over)
        assert status["runtimeStatus"] == "Completed", status
        return status["output"]

    def raise_event(self, instance_id: str, event: str, data: object = None) -> None:
        """Raises an event through the app."""
        raised = self.http.post(f"/api/orchestrations/{instance_id}/events/{event}", json=data)
        assert raised.status_code == 202, raised.text

    def engine(self) -> int:
        """Process id of the engine that the host has started."""
        (engine,) = self._children("devhost.engine")
        return engine

    def workers(self) -> list[int]:
        """Process ids of the durable workers that the host has now."""
        return self._children("devhost.durable_worker")

    def _children(self, module: str) -> list[int]:
        command = ["pgrep", "-P", str(self.process.pid), "-f", module]
        listed = subprocess.run(command, capture_output=True, text=True, check=False)
        return [int(line) for line in listed.stdout.split()]


def is_alive(pid: int) -> bool:
    """Whether a process is there and not a mere entry that waits for its parent."""
    command = ["ps", "-o", "stat=", "-p", str(pid)]
    state = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")
