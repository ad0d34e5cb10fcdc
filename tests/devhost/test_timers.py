"""Timer triggers on the embedded host: when they run, and what is made up for."""

import json
from datetime import UTC, datetime
from pathlib import Path

from tests.devhost.host_process import YEARLY, HostProcess, run_host, wait_until


def test_a_bad_schedule_stops_the_start_with_one_clear_line(data: Path) -> None:
    refused = run_host(data=data, SAMPLE_SCHEDULE="every day")
    assert refused.returncode == 1
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert "function tick: 'every day' is not a schedule" in line


def test_with_an_engine_that_starts_empty_every_timer_runs_at_once(data: Path) -> None:
    with HostProcess(data) as host:
        (started,) = wait_until(lambda: host.notes("tick started"))
        assert started["past_due"] is True
        wait_until((data / ".host" / "timers" / "tick.json").exists)


def test_a_run_that_was_missed_is_made_up_for_once(data: Path) -> None:
    note = data / ".host" / "timers" / "tick.json"
    note.parent.mkdir(parents=True)
    note.write_text(json.dumps(dict.fromkeys(("last", "updated"), "2020-05-05T00:00:00+00:00")))
    with HostProcess(data, SAMPLE_SCHEDULE=YEARLY) as host:
        wait_until(lambda: host.notes("tick finished"))
        assert [run["past_due"] for run in host.notes("tick started")] == [True]


def test_a_timer_runs_whenever_it_is_due(data: Path) -> None:
    with HostProcess(data, SAMPLE_SCHEDULE="* * * * * *") as host:
        wait_until(lambda: len(host.notes("tick finished")) >= 3)


def test_a_run_is_told_when_the_one_before_it_was(data: Path) -> None:
    before = datetime.now(UTC)
    with HostProcess(data, SAMPLE_SCHEDULE="* * * * * *") as host:
        wait_until(lambda: len(host.notes("tick finished")) >= 3)
        first, second, third = (datetime.fromisoformat(n["last"]) for n in host.notes("tick started")[:3])
    assert first.year == 1  # as the Functions host says that there was none
    assert before < second < third < datetime.now(UTC)
