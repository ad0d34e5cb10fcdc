"""How a host starts, and every way in which it ends."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.devhost.host_process import PATIENCE, ROOT, HostProcess, is_alive, run_host, wait_until


@pytest.fixture
def engine() -> Iterator[str]:
    """The address of an engine in a process of its own."""
    command = [sys.executable, "-m", "devhost.engine", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    yield process.stdout.readline().strip()
    process.terminate()
    assert process.wait(PATIENCE) == 0
    process.stdout.close()


@pytest.fixture(params=["0", "2"], ids="{}-workers".format)
def workers(request: pytest.FixtureRequest) -> str:
    """How many processes run the durable functions; 0 is the host's own."""
    return request.param


def test_one_line_says_that_it_is_ready_and_where(host: HostProcess) -> None:
    assert re.fullmatch(
        r"Claims Orchestrator is ready: http://127\.0\.0\.1:\d+/api "
        rf"\(no key is asked for: loopback only; data in {host.data}\)\n",
        host.ready_line,
    )


def test_a_port_in_use_is_told_in_one_line(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = run_host("--port", str(port), data=data)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr == (f"port {port} is in use: choose another with --port, or 0 for any free one\n")


def test_a_port_that_is_none_is_a_usage_error(data: Path) -> None:
    assert run_host("--port", "70000", data=data).returncode == 2


def test_an_app_that_does_not_start_has_the_last_word(data: Path) -> None:
    refused = run_host(data=data, SAMPLE_BROKEN="mauve")
    assert refused.returncode == 1
    assert refused.stderr == "ValueError: SAMPLE_BROKEN: mauve is not a colour; say red\n"


def test_the_traceback_of_an_app_that_does_not_start_is_for_those_who_ask(data: Path) -> None:
    refused = run_host("--verbose", data=data, SAMPLE_BROKEN="mauve")
    assert refused.returncode == 1
    assert "Traceback" in refused.stderr


def test_a_directory_without_an_app_is_told_in_one_line(data: Path, tmp_path: Path) -> None:
    refused = run_host("--app", str(tmp_path), data=data)
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert "no function_app.py" in line


def test_an_app_that_cannot_import_a_module_is_told_without_the_search_path(
    data: Path, tmp_path: Path
) -> None:
    (tmp_path / "function_app.py").write_text("import no_such_module_at_all\n")
    refused = run_host("--app", str(tmp_path), data=data)
    assert refused.stderr == "ModuleNotFoundError: No module named 'no_such_module_at_all'\n"


def test_an_engine_that_does_not_answer_is_told_in_one_line(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
    refused = run_host("--engine", address, data=data)
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert address in line


def test_a_signal_lets_what_runs_finish(data: Path, workers: str) -> None:
    with HostProcess(data, "--workers", workers) as host, ThreadPoolExecutor() as callers:
        host.start("sleepy", "s", 0.8)
        waiting = callers.submit(host.http.get, "/api/wait", params={"seconds": 0.8})
        wait_until(lambda: host.notes("slow started") and host.notes("wait started"))
        host.signal(signal.SIGTERM)
        assert waiting.result().json() == {"waited": True}
        assert host.exit_code() == 0
        assert host.notes("slow finished")
        assert "ERROR" not in host.errors.read_text()


def test_while_it_finishes_nobody_is_let_in(data: Path, workers: str) -> None:
    with HostProcess(data, "--workers", workers) as host:
        host.start("sleepy", "s", 1.5)
        wait_until(lambda: host.notes("slow started"))
        host.signal(signal.SIGTERM)
        wait_until(lambda: "finishing" in host.errors.read_text())
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{host.origin}/api/text", trust_env=False)
        late = host.http.get("/api/text")  # on a connection that was open before
        assert late.status_code == 503
        assert late.headers["retry-after"]
        assert host.exit_code() == 0


def test_a_second_signal_ends_it_at_once(data: Path, workers: str) -> None:
    with HostProcess(data, "--workers", workers) as host:
        engine = host.engine()
        host.start("sleepy", "s", 3600)
        wait_until(lambda: host.notes("slow started"))
        host.signal(signal.SIGTERM)
        wait_until(lambda: "finishing" in host.errors.read_text())
        assert host.process.poll() is None
        host.signal(signal.SIGTERM)
        assert host.exit_code() == 128 + signal.SIGTERM
        wait_until(lambda: not is_alive(engine))


def test_ctrl_c_ends_an_idle_host_cleanly(data: Path, workers: str) -> None:
    with HostProcess(data, "--workers", workers) as host:
        host.signal(signal.SIGINT)
        assert host.exit_code() == 0


def test_the_engine_does_not_outlive_a_host_that_is_killed(data: Path, workers: str) -> None:
    with HostProcess(data, "--workers", workers) as host:
        engine = host.engine()
        host.process.kill()
        wait_until(lambda: not is_alive(engine))


def test_a_host_whose_engine_dies_says_so_and_ends(data: Path, workers: str) -> None:
    with HostProcess(data, "--workers", workers) as host:
        engine = host.engine()
        subprocess.run(["kill", "-9", str(engine)], check=True)  # noqa: S607
        assert host.exit_code() == 1
        assert "the durable engine ended unexpectedly" in host.errors.read_text()


def test_orchestrations_outlive_a_host_that_is_killed_where_the_engine_lives_on(
    data: Path, engine: str, workers: str
) -> None:
    with HostProcess(data, "--engine", engine, "--workers", workers) as first:
        first.start("sleepy", "working", 3600)
        first.start("steps_and_event", "waiting", 3)
        wait_until(lambda: first.notes("slow started") and first.status("waiting")["customStatus"])
        assert first.notes("tick started") == []  # this engine may hold work: nothing has to be revived
        first.process.kill()
        first.exit_code()
    with HostProcess(data, "--engine", engine, "--workers", workers, SAMPLE_HURRY="yes") as second:
        assert second.result("working") == "rested"
        second.raise_event("waiting", "answer", "late")
        assert second.result("waiting") == {"steps": 3, "answer": "late"}
        second.signal(signal.SIGTERM)
        assert second.exit_code() == 0
