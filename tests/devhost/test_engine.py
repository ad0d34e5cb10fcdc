"""What the engine promises beyond Microsoft's in-memory one, over its real gRPC service."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import durabletask.internal.orchestrator_service_pb2 as pb
import grpc
import grpc.aio
import pytest
from google.protobuf.wrappers_pb2 import StringValue

from devhost.engine import Engine
from devhost.taskhub import TaskHub, open_channel, task_hub
from tests.devhost.host_process import PATIENCE


class Player:
    """A worker and client in one, played by hand."""

    def __init__(self, hub: TaskHub) -> None:
        self.hub = hub

    def stream(self, orchestrations: int = 10, activities: int = 10) -> "Stream":
        wanted = pb.GetWorkItemsRequest(
            maxConcurrentOrchestrationWorkItems=orchestrations, maxConcurrentActivityWorkItems=activities
        )
        return Stream(self.hub.GetWorkItems(wanted))

    async def complete(self, item: pb.WorkItem, *actions: pb.OrchestratorAction) -> None:
        response = pb.OrchestratorResponse(
            instanceId=item.orchestratorRequest.instanceId,
            actions=actions,
            completionToken=item.completionToken,
        )
        await self.hub.CompleteOrchestratorTask(response)

    async def finish(self, item: pb.WorkItem, result: str) -> None:
        response = pb.ActivityResponse(
            instanceId=item.activityRequest.orchestrationInstance.instanceId,
            taskId=item.activityRequest.taskId,
            result=StringValue(value=result),
            completionToken=item.completionToken,
        )
        await self.hub.CompleteActivityTask(response)

    async def raise_event(self, instance_id: str, name: str) -> None:
        await self.hub.RaiseEvent(pb.RaiseEventRequest(instanceId=instance_id, name=name))

    async def status(self, instance_id: str) -> int:
        found = await self.hub.GetInstance(pb.GetInstanceRequest(instanceId=instance_id))
        return found.orchestrationState.orchestrationStatus


class Stream:
    def __init__(self, call: grpc.aio.UnaryStreamCall[pb.GetWorkItemsRequest, pb.WorkItem]) -> None:
        self.call = call
        self._items = aiter(call)

    async def is_open(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.call.initial_metadata()

    async def next(self) -> pb.WorkItem:
        async with asyncio.timeout(PATIENCE):
            return await anext(self._items)

    def end(self) -> None:
        self.call.cancel()


@pytest.fixture
async def player() -> AsyncIterator[Player]:
    engine = Engine()
    async with open_channel(f"127.0.0.1:{engine.listen(0)}") as channel:
        yield Player(task_hub(channel))
    engine.stop()


async def start(player: Player, instance_id: str) -> None:
    await player.hub.StartInstance(pb.CreateInstanceRequest(instanceId=instance_id, name="o"))


def activity(number: int) -> pb.OrchestratorAction:
    return pb.OrchestratorAction(id=number, scheduleTask=pb.ScheduleTaskAction(name="a"))


def timer(number: int, seconds: float) -> pb.OrchestratorAction:
    action = pb.OrchestratorAction(id=number)
    action.createTimer.fireAt.FromDatetime(datetime.now(UTC) + timedelta(seconds=seconds))
    return action


def ending(status: pb.OrchestrationStatus) -> pb.OrchestratorAction:
    return pb.OrchestratorAction(
        id=99, completeOrchestration=pb.CompleteOrchestrationAction(orchestrationStatus=status)
    )


CONTINUED = ending(pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW)
COMPLETED = ending(pb.ORCHESTRATION_STATUS_COMPLETED)


def new_events(item: pb.WorkItem) -> list[str | None]:
    events = item.orchestratorRequest.newEvents
    return [event.WhichOneof("eventType") for event in events if not event.HasField("orchestratorStarted")]


async def test_the_first_worker_has_all_the_work_that_it_is_free_for(player: Player) -> None:
    first = player.stream()
    await start(player, "one")
    one = await first.next()
    second = player.stream()
    await second.is_open()
    await start(player, "two")
    two = await second.next()
    await player.complete(one, COMPLETED)
    await player.complete(two, COMPLETED)
    async with asyncio.timeout(PATIENCE):
        for number in range(20):
            await start(player, f"next-{number}")
            await player.complete(await first.next(), COMPLETED)
    first.end()
    second.end()


async def test_work_of_a_worker_that_is_gone_goes_to_the_next_one(player: Player) -> None:
    gone = player.stream()
    await start(player, "i")
    await player.complete(await gone.next(), activity(0))
    lost_activity = await gone.next()
    await start(player, "j")
    lost_orchestration = await gone.next()
    gone.end()

    heir = player.stream()
    items = [await heir.next(), await heir.next()]
    assert {item.WhichOneof("request") for item in items} == {"orchestratorRequest", "activityRequest"}
    for item in items:
        if item.HasField("activityRequest"):
            assert item.activityRequest == lost_activity.activityRequest
        else:
            assert item.orchestratorRequest == lost_orchestration.orchestratorRequest
    heir.end()


async def test_a_result_that_comes_twice_counts_once(player: Player) -> None:
    stream = player.stream()
    await start(player, "i")
    await player.complete(await stream.next(), activity(0))
    item = await stream.next()
    await player.finish(item, '"first"')
    await player.finish(item, '"second"')
    step = await stream.next()
    assert new_events(step) == ["taskCompleted"]
    assert step.orchestratorRequest.newEvents[-1].taskCompleted.result.value == '"first"'
    await player.complete(step)
    await player.raise_event("i", "next")
    assert new_events(await stream.next()) == ["eventRaised"]
    stream.end()


async def test_the_step_of_a_worker_that_was_given_up_is_not_taken(player: Player) -> None:
    slow = player.stream()
    await start(player, "i")
    held = await slow.next()
    slow.end()
    heir = player.stream()
    taken_over = await heir.next()
    await player.complete(held, COMPLETED)
    assert await player.status("i") == pb.ORCHESTRATION_STATUS_PENDING
    await player.complete(taken_over, COMPLETED)
    assert await player.status("i") == pb.ORCHESTRATION_STATUS_COMPLETED
    heir.end()


async def test_the_activity_of_a_worker_that_was_given_up_counts_while_nobody_else_has_it(
    player: Player,
) -> None:
    slow = player.stream()
    await start(player, "i")
    await player.complete(await slow.next(), activity(0))
    held = await slow.next()
    slow.end()
    with pytest.raises(BaseException):  # noqa: B017 - the end of a cancelled call
        await slow.next()
    await player.finish(held, "1")
    heir = player.stream()
    assert new_events(await heir.next()) == ["taskCompleted"]
    heir.end()


async def test_a_late_activity_does_not_answer_the_next_execution(player: Player) -> None:
    stream = player.stream()
    await start(player, "i")
    await player.complete(await stream.next(), activity(0))
    late = await stream.next()
    await player.raise_event("i", "wake")
    await player.complete(await stream.next(), CONTINUED)
    await player.complete(await stream.next())
    await player.finish(late, "1")
    await player.raise_event("i", "next")
    assert new_events(await stream.next()) == ["eventRaised"]
    stream.end()


async def test_a_timer_does_not_fire_into_the_next_execution(player: Player) -> None:
    stream = player.stream()
    await start(player, "i")
    await player.complete(await stream.next(), timer(0, seconds=0.2))
    await player.raise_event("i", "wake")
    await player.complete(await stream.next(), CONTINUED)
    await player.complete(await stream.next(), timer(1, seconds=0.4))
    fired = await stream.next()
    assert new_events(fired) == ["timerFired"]
    assert fired.orchestratorRequest.newEvents[-1].timerFired.timerId == 1
    stream.end()


async def test_an_activity_of_an_instance_that_was_replaced_is_forgotten(player: Player) -> None:
    stream = player.stream()
    await start(player, "i")
    await player.complete(await stream.next(), activity(0))
    late = await stream.next()
    await player.raise_event("i", "end")
    await player.complete(await stream.next(), COMPLETED)
    await player.hub.PurgeInstances(pb.PurgeInstancesRequest(instanceId="i"))
    await start(player, "i")
    await player.complete(await stream.next())
    await player.finish(late, "1")
    await player.raise_event("i", "next")
    assert new_events(await stream.next()) == ["eventRaised"]
    stream.end()


async def test_what_arrives_during_a_step_wakes_the_orchestration_after_it(player: Player) -> None:
    stream = player.stream()
    await start(player, "i")
    step = await stream.next()
    await player.raise_event("i", "during")
    await start(player, "other")  # is handed out although the first is busy
    other = await stream.next()
    assert other.orchestratorRequest.instanceId == "other"
    await player.complete(step)
    assert new_events(await stream.next()) == ["eventRaised"]
    stream.end()


async def test_a_stream_gets_no_more_than_it_asked_for(player: Player) -> None:
    small = player.stream(orchestrations=1, activities=2)
    await start(player, "i")
    await player.complete(await small.next(), *(activity(number) for number in range(3)))
    first, second = await small.next(), await small.next()
    large = player.stream()
    third = await large.next()
    tasks = {item.activityRequest.taskId for item in (first, second, third)}
    assert tasks == {0, 1, 2}
    small.end()
    large.end()


async def test_a_message_may_be_far_larger_than_grpc_allows_by_itself(player: Player) -> None:
    stream = player.stream()
    await start(player, "i")
    await player.complete(await stream.next(), activity(0))
    await player.finish(await stream.next(), "x" * 30 * 2**20)
    step = await stream.next()
    assert len(step.orchestratorRequest.newEvents[-1].taskCompleted.result.value) == 30 * 2**20
    stream.end()


SIGNAL = pb.EntityOperationSignaledEvent(operation="add", targetInstanceId=StringValue(value="@e@k"))


@pytest.mark.parametrize(
    ("action", "complaint"),
    [
        (
            pb.OrchestratorAction(
                id=0, sendEntityMessage=pb.SendEntityMessageAction(entityOperationSignaled=SIGNAL)
            ),
            "does not support durable entities",
        ),
        (
            pb.OrchestratorAction(
                id=0, createSubOrchestration=pb.CreateSubOrchestrationAction(instanceId="j", name="o")
            ),
            "does not run sub-orchestrations",
        ),
    ],
    ids=["entities", "sub-orchestrations"],
)
async def test_what_the_engine_does_not_do_is_refused_in_so_many_words(
    player: Player, action: pb.OrchestratorAction, complaint: str
) -> None:
    stream = player.stream()
    await start(player, "i")
    await player.complete(await stream.next(), action)
    found = await player.hub.GetInstance(pb.GetInstanceRequest(instanceId="i", getInputsAndOutputs=True))
    assert found.orchestrationState.orchestrationStatus == pb.ORCHESTRATION_STATUS_FAILED
    assert complaint in found.orchestrationState.failureDetails.errorMessage
    stream.end()


def test_two_engines_do_not_share_a_port() -> None:
    first, second = Engine(), Engine()
    port = first.listen(0)
    with pytest.raises(OSError, match="in use"):
        second.listen(port)
    first.stop()
