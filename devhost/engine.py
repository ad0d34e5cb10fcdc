"""The local durable engine: Microsoft's in-memory one, made fit to live with.

The original is a test engine. What is changed here, and why:

- Work handed to a worker that is gone is handed out again, so an engine in a process of its own
  outlives a host that was killed. A result that comes twice counts once.
- A stream wakes up when there is work, never by polling, and takes no more than it asked for. Of
  several, the first that is idle is given it: one claim at a time warms up one worker, not all.
- What belongs to an earlier execution (before `continue_as_new`, or of an instance since replaced)
  is dropped: a far timer or a late activity must not answer a task of the next execution.
- Timers share one thread, and a sub-orchestration may take as long as it likes.
- It listens on loopback only, with room for many waiting calls and for large messages.
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
from typing import cast, override

import durabletask.internal.orchestrator_service_pb2 as pb
import durabletask.internal.orchestrator_service_pb2_grpc as stubs  # pyright: ignore[reportMissingTypeStubs]
import grpc
from durabletask.internal import helpers
from durabletask.testing import InMemoryOrchestrationBackend
from durabletask.testing.in_memory_backend import ActivityWorkItem, OrchestrationInstance

from devhost.gc_tuning import collect_rarely

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
_THREADS = 128  # each waiting call and each stream of work holds one
_LONGEST_SLEEP = 60.0  # seconds; a machine that slept finds its due timers within this
_COMPACT_TIMERS_AT = 1024

type History = list[pb.HistoryEvent]
"""Also the identity of an execution: an instance begins each one with a new list."""


@dataclass
class _Activity(ActivityWorkItem):
    execution: History = field(default_factory=list[pb.HistoryEvent])


@dataclass(order=True)
class _Timer:
    due: float
    order: int
    id: int = field(compare=False)
    instance_id: str = field(compare=False)
    execution: History = field(compare=False)


@dataclass(eq=False)
class _Stream:
    """A worker's stream of work, and what it holds that is not completed."""

    max_orchestrations: int
    max_activities: int
    orchestrations: dict[str, str] = field(default_factory=dict[str, str])  # completion token: instance id
    activities: dict[str, _Activity] = field(default_factory=dict[str, _Activity])
    ended: bool = False

    @property
    def is_idle(self) -> bool:
        return not (self.orchestrations or self.activities)


class _WorkSignal(threading.Event):
    """Lets the original's `_work_available.set()` wake every stream that waits for work."""

    def __init__(self, work: threading.Condition) -> None:
        super().__init__()
        self._work = work

    @override
    def set(self) -> None:
        with self._work:
            self._work.notify_all()


class Engine(InMemoryOrchestrationBackend):
    """The in-memory engine behind its gRPC service; entities are not supported."""

    def __init__(self) -> None:
        super().__init__()
        self._work = threading.Condition(self._lock)
        self._work_available = _WorkSignal(self._work)
        self._timers: list[_Timer] = []
        self._timer_order = itertools.count()
        self._compact_timers_at = _COMPACT_TIMERS_AT
        self._timers_changed = threading.Condition(self._lock)
        self._open_activities: dict[str, _Activity] = {}  # by completion token
        self._streams: dict[_Stream, None] = {}  # in the order in which they came
        self._parents: dict[str, list[tuple[str, int, History]]] = {}  # by sub-orchestration
        self._thread = threading.Thread(target=self._fire_timers, name="engine-timers", daemon=True)

    def listen(self, port: int) -> int:
        """Serves on 127.0.0.1 and gives the port, a free one for 0.

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
        super().stop(grace)
        with self._lock:
            self._timers_changed.notify_all()

    # Handing out work

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
        context.send_initial_metadata(())  # says that from now on work comes this way
        while (item := self._next_item(stream)) is not None:
            yield item

    def _next_item(self, stream: _Stream) -> pb.WorkItem | None:
        with self._lock:
            while not (stream.ended or self._shutdown_event.is_set()):
                if self._first_idle() in {None, stream} and (
                    item := self._next_orchestration(stream) or self._next_activity(stream)
                ):
                    if self._orchestration_queue or self._activity_queue:
                        self._work.notify_all()  # others left it to this one, which was idle
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
            # One that is in flight is enqueued again on its completion.
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
            activity = cast(_Activity, self._activity_queue.popleft())
            token = str(activity.completion_token)
            if self._open_activities.get(token) is not activity:
                continue
            if not self._is_current(activity.instance_id, activity.execution):
                del self._open_activities[token]
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
        """Takes back what an ended stream was handed and did not complete."""
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
            if not held:  # it was taken back meanwhile; whoever has it now replays to the same result
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
            activity = self._open_activities.pop(request.completionToken, None)
            if activity is None or not self._is_current(activity.instance_id, activity.execution):
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
        queued = self._activity_queue.pop()
        activity = _Activity(
            queued.instance_id,
            queued.name,
            queued.task_id,
            queued.input,
            self._new_token(),
            queued.version,
            instance.history,
        )
        self._open_activities[str(activity.completion_token)] = activity
        self._activity_queue.append(activity)

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
        if self._is_current(timer.instance_id, timer.execution):
            due = datetime.fromtimestamp(timer.due, UTC)
            self._deliver(timer.instance_id, helpers.new_timer_fired_event(timer.id, due))

    @override
    def _watch_sub_orchestration(self, parent_instance_id: str, sub_instance_id: str, task_id: int) -> None:
        execution = self._instances[parent_instance_id].history
        self._parents.setdefault(sub_instance_id, []).append((parent_instance_id, task_id, execution))

    @override
    def _notify_waiters(self, instance_id: str) -> None:
        super()._notify_waiters(instance_id)
        instance = self._instances.get(instance_id)
        if instance is None or not self._is_terminal_status(instance.status):
            return
        for parent_id, task_id, execution in self._parents.pop(instance_id, []):
            if not self._is_current(parent_id, execution):
                continue
            if instance.status == pb.ORCHESTRATION_STATUS_COMPLETED:
                event = helpers.new_sub_orchestration_completed_event(task_id, instance.output)
            else:
                details = instance.failure_details
                reason = details.errorMessage if details else "the sub-orchestration was terminated"
                event = helpers.new_sub_orchestration_failed_event(task_id, RuntimeError(reason))
            self._deliver(parent_id, event)

    @override
    def _queue_entity_operation(self, entity_id: str, event: pb.HistoryEvent) -> None:
        raise NotImplementedError("the embedded engine does not support durable entities")

    @override
    def SignalEntity(
        self, request: pb.SignalEntityRequest, context: grpc.ServicerContext
    ) -> pb.SignalEntityResponse:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "the embedded engine does not support durable entities")
        return pb.SignalEntityResponse()

    def _deliver(self, instance_id: str, event: pb.HistoryEvent) -> None:
        instance = self._instances[instance_id]
        instance.pending_events.append(event)
        instance.last_updated_at = datetime.now(UTC)
        if instance.status != pb.ORCHESTRATION_STATUS_SUSPENDED:
            self._enqueue_orchestration(instance_id)

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
    """Runs the engine alone: `python -m devhost.engine --port 4001`."""
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
        # Whoever signals all processes of a service means the host, which needs its engine to the end.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), ended.set()), daemon=True).start()
    else:
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
    ended.wait()
    os._exit(0)  # calls that wait for an orchestration would keep their threads for long


if __name__ == "__main__":
    main()
