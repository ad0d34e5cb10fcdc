"""Timer triggers: NCRONTAB schedules in UTC, and the note on disk by which a missed run is found."""

import asyncio
import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from devhost.background_tasks import RunningWork
from devhost.errors import HostError
from devhost.protos import TypedData
from devhost.worker import Function, FunctionFailed, Worker
from shared.ncrontab import Schedule

_log = logging.getLogger("devhost.timers")

_NEVER = datetime.min.replace(tzinfo=UTC)
_LONGEST_SLEEP = 30.0  # seconds; the clock of a machine that slept is read again after this


@dataclass(frozen=True)
class Status:
    """When a timer ran last, and since when its next run is reckoned."""

    last: datetime
    updated: datetime


class Timer:
    """One timer function. Its runs never overlap."""

    def __init__(self, worker: Worker, function: Function, notes: Path) -> None:
        """`notes` is the folder for what must be known after a restart.

        Raises:
            HostError: the schedule is not one.
        """
        self._worker = worker
        self._function = function
        self._note = notes / f"{function.name}.json"
        self._monitored = function.trigger.get("useMonitor", True) is not False
        self._one_at_a_time = asyncio.Lock()
        self._running = RunningWork()
        expression = str(function.trigger["schedule"])
        try:
            self._schedule = Schedule(expression)
        except ValueError as error:
            raise HostError(f"function {function.name}: {expression!r} is not a schedule: {error}") from error

    async def run(self, *, at_start: bool) -> None:
        """Runs the function whenever it is due, until cancelled.

        It also runs now if a run was missed while the host was down, or if `at_start` says so.
        """
        now = datetime.now(UTC)
        status = self._status()
        missed = status is not None and self._schedule.after(status.updated) <= now
        if missed or at_start or self._function.trigger.get("runOnStartup"):
            await self.fire(past_due=missed or at_start)
        elif status is None:
            self._remember(Status(_NEVER, now))
        while True:
            await _sleep_until(self._schedule.after(datetime.now(UTC)))
            await self.fire()

    async def fire(self, *, past_due: bool = False) -> None:
        """Runs the function now, or as soon as the run that is under way has ended.

        Cancelling this does not stop the run.
        """
        await asyncio.shield(self._running.start(self._fire(past_due)))

    async def drain(self) -> None:
        """Waits for the run that is under way."""
        await self._running.drain()

    async def _fire(self, past_due: bool) -> None:
        async with self._one_at_a_time:
            moment = datetime.now(UTC)
            await self._invoke(past_due, moment)
            self._remember(Status(moment, moment))

    async def _invoke(self, past_due: bool, moment: datetime) -> None:
        request = {
            "Schedule": {"AdjustForDST": True},
            "ScheduleStatus": self._told(self._status() or Status(_NEVER, moment)),
            "IsPastDue": past_due,
        }
        try:
            await self._worker.invoke(self._function, TypedData(json=json.dumps(request)))
        except FunctionFailed as failure:
            _log.error("%s; it runs again when it is due", failure)
            _log.debug("%s", failure.stack_trace)

    def _told(self, status: Status) -> dict[str, str] | None:
        """As the Functions host tells it: how it was before this run, with when this run was due."""
        if not self._monitored:
            return None
        return {
            "Last": status.last.isoformat(),
            "LastUpdated": status.updated.isoformat(),
            "Next": self._schedule.after(status.updated).isoformat(),
        }

    def _status(self) -> Status | None:
        if self._monitored:
            with suppress(OSError, ValueError, KeyError, TypeError):
                note = json.loads(self._note.read_text("utf-8"))
                return Status(*(datetime.fromisoformat(note[name]) for name in ("last", "updated")))
        return None

    def _remember(self, status: Status) -> None:
        if self._monitored:
            self._note.parent.mkdir(parents=True, exist_ok=True)
            draft = self._note.with_suffix(".tmp")
            note = {"last": status.last.isoformat(), "updated": status.updated.isoformat()}
            draft.write_text(json.dumps(note), "utf-8")
            draft.replace(self._note)


async def _sleep_until(moment: datetime) -> None:
    while (left := (moment - datetime.now(UTC)).total_seconds()) > 0:  # noqa: ASYNC110 - the clock tells nobody
        await asyncio.sleep(min(left, _LONGEST_SLEEP))
