"""The processes that run the durable functions: kept alive, and never longer than their host."""

import itertools
import json
import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.devhost.host_process import SAMPLE_APP, HostProcess, is_alive, run_host, wait_until

BROKEN_IN_WORKERS = """
import __main__
if "durable_worker" in __main__.__spec__.name:
    raise ValueError("not here")
import azure.functions as func
app = func.FunctionApp()
"""


def all_workers(host: HostProcess, count: int = 2) -> list[int]:
    """The workers, once there are as many as there shall be."""
    return wait_until(lambda: found if len(found := host.workers()) == count else [])


def worker_at_work(host: HostProcess) -> int:
    """The worker that has begun the one slow activity."""
    (started,) = wait_until(lambda: host.notes("slow started"))
    return started["process"]


def test_orchestrations_run_in_processes_of_their_own_and_as_many_as_asked_for(data: Path) -> None:
    with HostProcess(data, "--workers", "3") as host:
        workers = all_workers(host, 3)
        host.start("sleepy", "s", 0)
        assert worker_at_work(host) in workers


def test_the_number_of_processes_is_the_setting_that_azure_has_for_it(data: Path) -> None:
    with HostProcess(data, FUNCTIONS_WORKER_PROCESS_COUNT="1") as host:
        (only,) = all_workers(host, 1)
        host.start("fan_out", "fan", 10)
        assert host.result("fan") == 55
        assert host.workers() == [only]


def test_the_limits_of_host_json_hold_for_each_process(data: Path, tmp_path: Path) -> None:
    app = tmp_path / "app"
    app.mkdir()
    shutil.copy(SAMPLE_APP / "function_app.py", app)
    (app / "host.json").write_text('{"extensions": {"durableTask": {"maxConcurrentActivityFunctions": 1}}}')
    with HostProcess(data, "--app", str(app), "--workers", "2") as host:
        workers = all_workers(host)
        numbers = itertools.count()

        def all_are_at_work() -> bool:
            host.start("sleepy", f"s{next(numbers)}", 0.2)
            return {note["process"] for note in host.notes("slow started")} == set(workers)

        wait_until(all_are_at_work)
        wait_until(lambda: len(host.notes("slow finished")) >= 4)
        notes = [json.loads(line) for line in (data / "notes.jsonl").read_text().splitlines()]
        for worker in workers:
            kinds = [note["kind"] for note in notes if note["process"] == worker]
            assert all(one != next_one for one, next_one in itertools.pairwise(kinds))


def test_a_worker_that_dies_is_replaced_and_another_one_does_its_work(data: Path) -> None:
    with HostProcess(data, "--workers", "2") as host:
        before = all_workers(host)
        host.start("steps_and_event", "waiting", 3)
        wait_until(lambda: host.status("waiting")["customStatus"])
        host.start("sleepy", "s", 1)
        dead = worker_at_work(host)
        os.kill(dead, signal.SIGKILL)
        assert host.result("s") == "rested"
        after = wait_until(lambda: found if dead not in (found := all_workers(host)) else [])
        assert set(before) & set(after) == set(before) - {dead}
        assert [note["process"] in after for note in host.notes("slow started")] == [False, True]
        host.raise_event("waiting", "answer", 1)
        assert host.result("waiting") == {"steps": 3, "answer": 1}
        assert "a durable worker ended (SIGKILL)" in host.errors.read_text()


def test_a_worker_that_is_told_to_end_finishes_what_it_runs_and_nobody_does_it_again(data: Path) -> None:
    with HostProcess(data, "--workers", "2") as host:
        all_workers(host)
        host.start("sleepy", "s", 1)
        os.kill(worker_at_work(host), signal.SIGTERM)
        assert host.result("s") == "rested"
        assert len(host.notes("slow started")) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_to_the_whole_process_group_lets_what_runs_finish(
    data: Path, number: signal.Signals
) -> None:
    with HostProcess(data, "--workers", "2") as host:
        workers = all_workers(host)
        host.start("sleepy", "s", 1)
        worker_at_work(host)
        host.signal_group(number)
        assert host.exit_code() == 0
        assert len(host.notes("slow finished")) == 1
        assert not any(map(is_alive, workers))
        assert "Traceback" not in host.errors.read_text()


@pytest.mark.parametrize(
    "signals", [[signal.SIGTERM, signal.SIGTERM], [signal.SIGKILL]], ids=["twice", "kill"]
)
def test_workers_do_not_outlive_a_host_that_ends_at_once(data: Path, signals: list[signal.Signals]) -> None:
    with HostProcess(data, "--workers", "2") as host:
        workers = all_workers(host)
        host.start("sleepy", "s", 3600)
        worker_at_work(host)
        for number in signals:
            host.signal(number)
            if number is signal.SIGTERM:
                wait_until(lambda: "finishing" in host.errors.read_text())
        wait_until(lambda: not any(map(is_alive, workers)))


def test_a_host_whose_workers_keep_ending_says_so_and_ends(data: Path, tmp_path: Path) -> None:
    (tmp_path / "function_app.py").write_text(BROKEN_IN_WORKERS)
    with HostProcess(data, "--app", str(tmp_path), "--workers", "1") as host:
        assert host.exit_code() == 1
        *_, reason, last = host.errors.read_text().splitlines()
        assert reason == "ValueError: not here"
        assert last.startswith("durable workers keep ending (5 within a minute")


def test_sessions_in_memory_are_the_hosts_own_and_so_is_their_work(data: Path) -> None:
    with HostProcess(data, "--workers", "2", SessionStorage__path=":memory:") as host:
        host.start("sleepy", "s", 0)
        assert worker_at_work(host) == host.process.pid


@pytest.mark.parametrize("count", ["0", "11", "many", "-1"])
def test_a_setting_that_is_no_number_of_processes_is_told_in_one_line(data: Path, count: str) -> None:
    refused = run_host(data=data, FUNCTIONS_WORKER_PROCESS_COUNT=count)
    assert refused.returncode == 1
    assert refused.stderr == (
        f"FUNCTIONS_WORKER_PROCESS_COUNT must be a whole number from 1 to 10, not {count!r}\n"
    )


def test_a_number_of_workers_that_is_none_is_a_usage_error(data: Path) -> None:
    assert run_host("--workers", "11", data=data).returncode == 2
