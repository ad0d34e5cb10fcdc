"""The local durable engine: Microsoft's in-memory engine, changed so that a host can rely on it.

The original is made for tests. These are the changes, and the reasons for them:

- Work that was given to a worker is given out again when that worker is gone, so that an engine in a process
  of its own outlives a host that was killed. A result that comes twice counts once.
- A stream of work waits for work instead of polling, and is given no more than it asked for. Of several
  streams the first that is idle is served, so that one claim at a time warms up one worker and not all.
- What belongs to an earlier execution of an instance, before `continue_as_new` or before the instance was
  replaced, is dropped: a distant timer or a late activity must not answer a task of the next execution.
- All timers share one thread.
- The server listens on loopback only, with room for many waiting calls and for large messages.
- Sub-orchestrations and durable entities are refused, since the app has none and the original handles them
  in ways that do not fit the changes above.
"""

import argparse
import heapq
import itertools
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import FrameType
from typing import NamedTuple, cast, override

import durabletask.internal.orchestrator_service_pb2 as pb
import durabletask.internal.orchestrator_service_pb2_grpc as stubs  # pyright: ignore[reportMissingTypeStubs]
import grpc
from durabletask.internal import helpers
from durabletask.testing import InMemoryOrchestrationBackend
from durabletask.testing.in_memory_backend import ActivityWorkItem, OrchestrationInstance

from devhost.gc_tuning import collect_rarely

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
_THREADS = 128  # each waiting call and each stream of work holds one
_LONGEST_SLEEP = 60.0  # seconds; the clock is read again after this, in case the machine has slept
_COMPACT_TIMERS_AT = 1024

type History = list[pb.HistoryEvent]
"""An instance begins each execution with a new list, which therefore identifies the execution as well."""


class _Timer(NamedTuple):
    due: float
    order: int
    """Differs for every timer, so that nothing after it is compared."""
    id: int
    instance_id: str
    execution: History


@dataclass(eq=False)
class _Stream:
    """A worker's stream of work, and what it has been given and has not completed."""

    max_orchestrations: int
    max_activities: int
    orchestrations: dict[str, str] = field(default_factory=dict[str, str])
    """The instance ids by completion token."""
    activities: dict[str, ActivityWorkItem] = field(default_factory=dict[str, ActivityWorkItem])
    """The work items by completion token."""
    ended: bool = False

    @property
    def is_idle(self) -> bool:
        return not (self.orchestrations or self.activities)


class Engine(InMemoryOrchestrationBackend):
    """The in-memory engine behind its gRPC service."""

    def __init__(self) -> None:
        super().__init__()
        self._work = threading.Condition(self._lock)
        self._timers: list[_Timer] = []
        self._timer_order = itertools.count()
        self._compact_timers_at = _COMPACT_TIMERS_AT
        self._timers_changed = threading.Condition(self._lock)
        self._executions: dict[str, History] = {}
        """The execution that each open activity belongs to, by the activity's completion token."""
        self._streams: dict[_Stream, None] = {}
        """The streams in the order in which they were opened."""
        self._thread = threading.Thread(target=self._fire_timers, name="engine-timers", daemon=True)

    def listen(self, port: int) -> int:
        """Serves on 127.0.0.1 and returns the port, which is a free one if `port` is 0.

        Raises:
            OSError: the port is in use.
        """
        limits = [
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
            ("grpc.so_reuseport", 0),
        ]
        server = grpc.server(futures.ThreadPoolExecutor(_THREADS, "engine"), options=limits)
        register = cast(
            Callable[[Engine, grpc.Server], None],
            stubs.add_TaskHubSidecarServiceServicer_to_server,  # pyright: ignore[reportUnknownMemberType]
        )
        register(self, server)
        try:
            bound = server.add_insecure_port(f"127.0.0.1:{port}")
        except RuntimeError as error:
            raise OSError(f"port {port} is in use") from error
        server.start()
        self._server = server
        self._thread.start()
        return bound

    @override
    def stop(self, grace: float | None = None) -> None:
        self._shutdown_event.set()
        with self._lock:
            self._work.notify_all()
            self._timers_changed.notify_all()
        super().stop(grace)

    # Giving out work

    @override
    def _enqueue_orchestration(self, instance_id: str) -> None:
        with self._lock:
            if instance_id not in self._orchestration_queue_set:
                super()._enqueue_orchestration(instance_id)
                self._work.notify_all()

    @override
    def GetWorkItems(
        self, request: pb.GetWorkItemsRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.WorkItem]:
        stream = _Stream(
            request.maxConcurrentOrchestrationWorkItems or sys.maxsize,
            request.maxConcurrentActivityWorkItems or sys.maxsize,
        )
        with self._lock:
            self._streams[stream] = None
        if not context.add_callback(lambda: self._end(stream)):
            self._end(stream)
        context.send_initial_metadata(())  # tells the worker that its stream is open
        while (item := self._next_item(stream)) is not None:
            yield item

    def _next_item(self, stream: _Stream) -> pb.WorkItem | None:
        with self._lock:
            while not (stream.ended or self._shutdown_event.is_set()):
                if self._first_idle() in {None, stream} and (
                    item := self._next_orchestration(stream) or self._next_activity(stream)
                ):
                    if self._orchestration_queue or self._activity_queue:
                        self._work.notify_all()  # the other streams left it to this one, which was idle
                    return item
                self._work.wait()
        return None

    def _first_idle(self) -> _Stream | None:
        return next((stream for stream in self._streams if stream.is_idle), None)

    def _next_orchestration(self, stream: _Stream) -> pb.WorkItem | None:
        while self._orchestration_queue and len(stream.orchestrations) < stream.max_orchestrations:
            instance_id = self._orchestration_queue.popleft()
            self._orchestration_queue_set.discard(instance_id)
            instance = self._instances.get(instance_id)
            # An instance that is in flight is enqueued again when it is completed.
            if instance and instance.pending_events and instance_id not in self._orchestration_in_flight:
                return self._dispatch(instance, stream)
        return None

    def _dispatch(self, instance: OrchestrationInstance, stream: _Stream) -> pb.WorkItem:
        events = list(instance.pending_events)
        instance.pending_events.clear()
        if instance.history and not events[0].HasField("orchestratorStarted"):
            events.insert(0, helpers.new_orchestrator_started_event(datetime.now(UTC)))
        instance.dispatched_events = events
        instance.completion_token = self._new_token()
        token = str(instance.completion_token)
        self._orchestration_in_flight.add(instance.instance_id)
        stream.orchestrations[token] = instance.instance_id
        return pb.WorkItem(
            completionToken=token,
            orchestratorRequest=pb.OrchestratorRequest(
                instanceId=instance.instance_id, pastEvents=instance.history, newEvents=events
            ),
        )

    def _next_activity(self, stream: _Stream) -> pb.WorkItem | None:
        while self._activity_queue and len(stream.activities) < stream.max_activities:
            activity = self._activity_queue.popleft()
            token = str(activity.completion_token)
            if token not in self._executions:  # whoever was given it before has completed it
                continue
            if not self._is_current(activity.instance_id, self._executions[token]):
                del self._executions[token]
                continue
            stream.activities[token] = activity
            return pb.WorkItem(
                completionToken=token,
                activityRequest=pb.ActivityRequest(
                    name=activity.name,
                    taskId=activity.task_id,
                    input=helpers.get_string_value(activity.input),
                    orchestrationInstance=pb.OrchestrationInstance(instanceId=activity.instance_id),
                ),
            )
        return None

    def _end(self, stream: _Stream) -> None:
        """Takes back what an ended stream was given and has not completed."""
        with self._lock:
            stream.ended = True
            self._streams.pop(stream, None)
            for token, instance_id in stream.orchestrations.items():
                instance = self._instances.get(instance_id)
                if instance and str(instance.completion_token) == token:
                    instance.pending_events[:0] = instance.dispatched_events
                    instance.dispatched_events.clear()
                    self._orchestration_in_flight.discard(instance_id)
                    self._enqueue_orchestration(instance_id)
            self._activity_queue.extendleft(reversed(stream.activities.values()))
            self._work.notify_all()

    # Taking results

    @override
    def CompleteOrchestratorTask(
        self, request: pb.OrchestratorResponse, context: grpc.ServicerContext
    ) -> pb.CompleteTaskResponse:
        with self._lock:
            held = [stream for stream in self._streams if request.completionToken in stream.orchestrations]
            if not held:  # it was taken back meanwhile, and whoever has it now comes to the same result
                return pb.CompleteTaskResponse()
            try:
                return super().CompleteOrchestratorTask(request, context)
            finally:
                del held[0].orchestrations[request.completionToken]
                self._work.notify_all()

    @override
    def CompleteActivityTask(
        self, request: pb.ActivityResponse, context: grpc.ServicerContext
    ) -> pb.CompleteTaskResponse:
        with self._lock:
            for stream in self._streams:
                stream.activities.pop(request.completionToken, None)
            self._work.notify_all()
            execution = self._executions.pop(request.completionToken, None)
            if execution is None or not self._is_current(request.instanceId, execution):
                return pb.CompleteTaskResponse()
            return super().CompleteActivityTask(request, context)

    # What an orchestrator asks for

    @override
    def _process_complete_orchestration_action(
        self, instance: OrchestrationInstance, complete_action: pb.CompleteOrchestrationAction
    ) -> None:
        if complete_action.orchestrationStatus == pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW:
            instance.history = []
        super()._process_complete_orchestration_action(instance, complete_action)

    @override
    def _process_schedule_task_action(
        self, instance: OrchestrationInstance, action: pb.OrchestratorAction
    ) -> None:
        super()._process_schedule_task_action(instance, action)
        activity = self._activity_queue[-1]
        activity.completion_token = self._new_token()  # the original gives all activities of a step the same
        self._executions[str(activity.completion_token)] = instance.history

    @override
    def _process_create_timer_action(
        self, instance: OrchestrationInstance, action: pb.OrchestratorAction
    ) -> None:
        due = action.createTimer.fireAt.ToDatetime(tzinfo=UTC)
        instance.history.append(helpers.new_timer_created_event(action.id, due))
        if len(self._timers) >= self._compact_timers_at:
            self._timers = [t for t in self._timers if self._is_current(t.instance_id, t.execution)]
            heapq.heapify(self._timers)
            self._compact_timers_at = max(_COMPACT_TIMERS_AT, 2 * len(self._timers))
        timer = _Timer(
            due.timestamp(), next(self._timer_order), action.id, instance.instance_id, instance.history
        )
        heapq.heappush(self._timers, timer)
        self._timers_changed.notify_all()

    def _fire_timers(self) -> None:
        with self._lock:
            while not self._shutdown_event.is_set():
                now = datetime.now(UTC).timestamp()
                while self._timers and self._timers[0].due <= now:
                    self._fire(heapq.heappop(self._timers))
                pause = self._timers[0].due - now if self._timers else _LONGEST_SLEEP
                self._timers_changed.wait(min(pause, _LONGEST_SLEEP))

    def _fire(self, timer: _Timer) -> None:
        if not self._is_current(timer.instance_id, timer.execution):
            return
        instance = self._instances[timer.instance_id]
        due = datetime.fromtimestamp(timer.due, UTC)
        instance.pending_events.append(helpers.new_timer_fired_event(timer.id, due))
        instance.last_updated_at = datetime.now(UTC)
        if instance.status != pb.ORCHESTRATION_STATUS_SUSPENDED:
            self._enqueue_orchestration(timer.instance_id)

    @override
    def _process_create_sub_orchestration_action(
        self, instance: OrchestrationInstance, action: pb.OrchestratorAction
    ) -> None:
        raise NotImplementedError("the embedded engine does not run sub-orchestrations")

    @override
    def _enqueue_entity(self, entity_id: str) -> None:
        raise NotImplementedError("the embedded engine does not support durable entities")

    def _is_current(self, instance_id: str, execution: History) -> bool:
        instance = self._instances.get(instance_id)
        return (
            instance is not None
            and instance.history is execution
            and not self._is_terminal_status(instance.status)
        )

    def _new_token(self) -> int:
        self._next_completion_token += 1
        return self._next_completion_token


def main() -> None:
    """Runs the engine in a process of its own: `python -m devhost.engine --port 4001`."""
    parser = argparse.ArgumentParser(
        prog="python -m devhost.engine", description="The durable engine, alone."
    )
    parser.add_argument("--port", type=int, default=4001, help="0 picks a free port")
    parser.add_argument("--die-with-parent", action="store_true", help="end when standard input closes")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    engine = Engine()
    try:
        port = engine.listen(arguments.port)
    except OSError as error:
        sys.exit(f"the durable engine cannot start: {error}")
    collect_rarely()
    print(f"127.0.0.1:{port}", flush=True)
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    if arguments.die_with_parent:
        # A signal to all processes of a service is meant for the host, which needs its engine to the end.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), ended.set()), daemon=True).start()
    else:
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
    ended.wait()
    os._exit(0)  # calls that wait for an orchestration would keep their threads alive for long


if __name__ == "__main__":
    main()
