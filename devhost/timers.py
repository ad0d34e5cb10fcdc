"""Timer triggers: they run when their NCRONTAB schedule is due, and make up for a run that was missed."""

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
_LONGEST_SLEEP = 30.0  # seconds; the clock is read again after this, in case the machine has slept


@dataclass(frozen=True)
class Status:
    """The time of a timer's last run, and the time after which its next run is due by the schedule."""

    last: datetime
    updated: datetime


class Timer:
    """A timer function. Its runs never overlap."""

    def __init__(self, worker: Worker, function: Function, notes: Path) -> None:
        """Reads the schedule. `notes` is the folder for what must be known after a restart.

        Raises:
            HostError: the schedule is not NCRONTAB.
        """
        self._worker = worker
        self._function = function
        self._note = notes / f"{function.name}.json"
        self._one_at_a_time = asyncio.Lock()
        self._running = RunningWork()
        expression = str(function.trigger["schedule"])
        try:
            self._schedule = Schedule(expression)
        except ValueError as error:
            raise HostError(f"function {function.name}: {expression!r} is not a schedule: {error}") from error

    async def run(self, *, at_start: bool) -> None:
        """Runs the function whenever it is due, until it is cancelled.

        The function also runs now if a run was missed while the host was down, or if `at_start` is set.
        """
        now = datetime.now(UTC)
        status = self._status()
        missed = status is not None and self._schedule.after(status.updated) <= now
        if missed or at_start:
            await self.fire(past_due=True)
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
            await self._invoke(self._status() or Status(_NEVER, moment), past_due)
            self._remember(Status(moment, moment))

    async def _invoke(self, status: Status, past_due: bool) -> None:
        request = {
            "Schedule": {"AdjustForDST": True},
            # As in Azure, this is how it was before this run; `Next` is when this run was due.
            "ScheduleStatus": {
                "Last": status.last.isoformat(),
                "LastUpdated": status.updated.isoformat(),
                "Next": self._schedule.after(status.updated).isoformat(),
            },
            "IsPastDue": past_due,
        }
        try:
            await self._worker.invoke(self._function, TypedData(json=json.dumps(request)))
        except FunctionFailed as failure:
            _log.error("%s; it runs again when it is due", failure)
            _log.debug("%s", failure.stack_trace)

    def _status(self) -> Status | None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            note = json.loads(self._note.read_text("utf-8"))
            return Status(*(datetime.fromisoformat(note[name]) for name in ("last", "updated")))
        return None

    def _remember(self, status: Status) -> None:
        self._note.parent.mkdir(parents=True, exist_ok=True)
        draft = self._note.with_suffix(".tmp")
        note = {"last": status.last.isoformat(), "updated": status.updated.isoformat()}
        draft.write_text(json.dumps(note), "utf-8")
        draft.replace(self._note)


async def _sleep_until(moment: datetime) -> None:
    while (left := (moment - datetime.now(UTC)).total_seconds()) > 0:  # noqa: ASYNC110 - the clock has no event
        await asyncio.sleep(min(left, _LONGEST_SLEEP))
