"""The orchestration that delivers events, on the real engine, with activities that answer from a script."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from devhost.engine import Engine
from orchestration.durable import event_delivery
from orchestration.durable.event_delivery import Erasure, Progress
from orchestration.durable.workflow import WAKE
from shared.clock import utc_now
from tests.orchestration.hub import ScriptedHub


class Hub(ScriptedHub):
    """A hub for deliveries; `answers` are what the activities say, `given` what they were given."""

    def __init__(self, engine: Engine) -> None:
        self.answers: list[Progress | Exception] = []
        self.given: list[Any] = []

        def deliver(_: Any, given: Any) -> Progress:
            self.given.append(given)
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        def deliver_erased(_: Any, given: Any) -> Progress:
            return deliver(_, given)

        super().__init__(
            engine, [event_delivery.deliver_events, event_delivery.deliver_erasure], [deliver, deliver_erased]
        )

    def start(self, claim_id: str, *answers: Progress | Exception, version: str | None = None) -> str:
        self.answers, self.given = list(answers), []
        instance = event_delivery.instance_of(claim_id)
        return self.client.schedule_new_orchestration(
            event_delivery.deliver_events, instance_id=instance, version=version
        )

    def start_erasure(self, *answers: Progress | Exception, version: str | None = None) -> str:
        self.answers, self.given = list(answers), []
        erasure = Erasure(event="{}", failures=0)
        return self.client.schedule_new_orchestration(
            event_delivery.deliver_erasure, input=erasure, version=version
        )

    def until_asked(self, times: int) -> None:
        self.until(lambda: len(self.given) >= times, self.given)


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    hub = Hub(Engine())
    yield hub
    hub.close()


OVER = Progress(due=None, is_over=True)
IDLE = Progress(due=None, is_over=False)


def due_in(wait: timedelta) -> Progress:
    return Progress(due=(utc_now() + wait).isoformat(), is_over=False)


def test_it_ends_once_the_claim_is_over_and_all_is_delivered(hub: Hub) -> None:
    hub.completed(hub.start("C-1", OVER))
    assert hub.given == ["C-1"]


def test_it_tries_again_when_an_attempt_is_due(hub: Hub) -> None:
    hub.completed(hub.start("C-2", due_in(timedelta(milliseconds=100)), OVER))
    assert hub.given == ["C-2", "C-2"]


def test_it_waits_for_news_of_a_claim_that_goes_on(hub: Hub) -> None:
    instance = hub.start("C-3", IDLE, due_in(timedelta(hours=4)), OVER)
    hub.until_asked(1)
    hub.client.raise_orchestration_event(instance, WAKE)
    hub.until_asked(2)
    hub.client.raise_orchestration_event(instance, WAKE)
    hub.completed(instance)
    assert len(hub.client.get_orchestration_history(instance)) < 20


def test_news_that_come_during_a_delivery_are_not_lost(hub: Hub) -> None:
    instance = hub.start("C-4", IDLE, IDLE, OVER)
    hub.client.raise_orchestration_event(instance, WAKE)
    hub.client.raise_orchestration_event(instance, WAKE)
    hub.completed(instance)


def test_an_erasure_is_tried_until_it_is_over_and_counts_its_failures(hub: Hub) -> None:
    hub.completed(hub.start_erasure(due_in(timedelta(0)), due_in(timedelta(0)), OVER))
    assert hub.given == [{"event": "{}", "failures": failures} for failures in range(3)]
