"""The workflow on the real engine, with activities that answer from a script: order, waits, replays."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from devhost.engine import Engine
from orchestration.durable import workflow
from orchestration.durable.activities import PhaseFailed
from orchestration.durable.workflow import WAKE, StepResult, claim_workflow
from orchestration.rules.routing import PHASES, NextStep
from shared.clock import utc_now
from tests.orchestration.hub import HastyEngine, ScriptedHub

Script = Mapping[str, Sequence[str | StepResult | Exception]]
"""What each activity answers, call by call; a position alone has nothing due and nothing to tell."""


class Hub(ScriptedHub):
    """A hub whose activities answer from `script`; `calls` is what was asked of them."""

    def __init__(self, engine: Engine) -> None:
        self.script: dict[str, list[str | StepResult | Exception]] = {}
        self.calls: list[str] = []
        self.failures: list[Any] = []
        names = (*(phase.value for phase in PHASES), workflow.MARK_FAILED, workflow.ANNOUNCE)
        super().__init__(engine, [claim_workflow], map(self._activity, names))

    def _activity(self, name: str) -> Callable[[Any, Any], StepResult]:
        def activity(_: Any, given: Any) -> StepResult:
            self.calls.append(name)
            if name == workflow.MARK_FAILED:
                self.failures.append(given)
            answer = self.script[name].pop(0)
            if isinstance(answer, Exception):
                raise answer
            return StepResult(position=answer, due=None, tells=False) if isinstance(answer, str) else answer

        activity.__name__ = name
        return activity

    def start(self, script: Script, *, version: str | None = None) -> str:
        self.script = {name: list(answers) for name, answers in script.items()}
        self.calls, self.failures = [], []
        return self.client.schedule_new_orchestration(claim_workflow, version=version)

    def result(self, instance: str) -> Any:
        return self.completed(instance).serialized_output

    def until_called(self, *calls: str) -> None:
        self.until(lambda: self.calls == list(calls), self.calls)


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    hub = Hub(Engine())
    yield hub
    hub.close()


@pytest.fixture(scope="module")
def hasty_hub() -> Iterator[Hub]:
    """A hub that tries again at once."""
    hub = Hub(HastyEngine())
    yield hub
    hub.close()


def test_a_complete_claim_runs_the_phases_in_order_without_a_wait(hub: Hub) -> None:
    instance = hub.start(
        {"intake": ["gathering"], "gathering": ["assessment"], "assessment": ["handoff"], "handoff": ["end"]}
    )
    assert hub.result(instance) == '"end"'
    assert hub.calls == ["intake", "gathering", "assessment", "handoff"]


def test_a_claim_waits_after_a_phase_and_goes_on_where_the_session_says(hub: Hub) -> None:
    instance = hub.start(
        {
            "intake": ["wait"],
            "gathering": ["wait", "assessment"],
            "assessment": ["handoff"],
            "handoff": ["end"],
        }
    )
    hub.until_called("intake", "gathering")
    hub.client.raise_orchestration_event(instance, WAKE)
    assert hub.result(instance) == '"end"'
    assert hub.calls == ["intake", "gathering", "gathering", "assessment", "handoff"]


def test_what_a_claim_waited_for_is_only_where_it_looks_first(hub: Hub) -> None:
    instance = hub.start({"intake": ["wait"], "gathering": ["wait", "handoff"], "handoff": ["end"]})
    hub.until_called("intake", "gathering")
    hub.client.raise_orchestration_event(instance, WAKE)
    assert hub.result(instance) == '"end"'
    assert hub.calls == ["intake", "gathering", "gathering", "handoff"]


def test_a_claim_goes_back_to_a_phase_for_what_came_in_behind_it(hub: Hub) -> None:
    instance = hub.start(
        {
            "intake": ["gathering"],
            "gathering": ["assessment", "assessment"],
            "assessment": ["gathering", "handoff"],
            "handoff": ["end"],
        }
    )
    assert hub.result(instance) == '"end"'
    assert hub.calls == ["intake", "gathering", "assessment", "gathering", "assessment", "handoff"]


def test_a_claim_that_went_back_waits_for_what_is_missing_then(hub: Hub) -> None:
    instance = hub.start(
        {
            "intake": ["gathering"],
            "gathering": ["assessment", "wait", "assessment"],
            "assessment": ["gathering", "end"],
        }
    )
    hub.until_called("intake", "gathering", "assessment", "gathering")
    hub.client.raise_orchestration_event(instance, WAKE)
    assert hub.result(instance) == '"end"'
    assert hub.calls == ["intake", "gathering", "assessment", *["gathering"] * 2, "assessment"]


def test_each_wait_begins_with_a_fresh_history_however_often_a_claim_pauses(hub: Hub) -> None:
    pauses = 30
    instance = hub.start({"intake": ["wait"], "gathering": ["wait"] * (2 * pauses - 1) + ["end"]})
    for _ in range(pauses):
        hub.client.raise_orchestration_event(instance, WAKE)
    assert hub.result(instance) == '"end"'
    history = hub.client.get_orchestration_history(instance)
    assert len(history) < 20


def test_events_raised_before_the_wait_are_not_lost(hub: Hub) -> None:
    instance = hub.start({"intake": ["wait"], "gathering": ["wait", "end"]})
    hub.client.raise_orchestration_event(instance, WAKE)
    assert hub.result(instance) == '"end"'


def test_an_event_without_anything_in_the_inbox_only_makes_it_look_again(hub: Hub) -> None:
    instance = hub.start({"intake": ["wait"], "gathering": ["wait", "wait", "wait", "end"]})
    hub.until_called("intake", "gathering")
    hub.client.raise_orchestration_event(instance, WAKE)
    hub.until_called("intake", "gathering", "gathering", "gathering")
    hub.client.raise_orchestration_event(instance, WAKE)
    assert hub.result(instance) == '"end"'


def test_a_claim_started_anew_goes_on_where_its_session_stands(hub: Hub) -> None:
    instance = hub.start({"intake": ["handoff"], "handoff": ["end"]})
    assert hub.result(instance) == '"end"'
    assert hub.calls == ["intake", "handoff"]


def test_a_phase_that_fails_is_tried_again(hasty_hub: Hub) -> None:
    instance = hasty_hub.start({"intake": [RuntimeError("busy"), "end"]})
    assert hasty_hub.result(instance) == '"end"'
    assert hasty_hub.calls == ["intake", "intake"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PhaseFailed("intake: TurnFailed: no model"), "intake: TurnFailed: no model"),
        (RuntimeError("killed"), "intake: the worker ended"),
    ],
)
def test_a_phase_that_keeps_failing_makes_the_claim_failed_with_the_reason(
    hasty_hub: Hub, error: Exception, reason: str
) -> None:
    tries = workflow.RETRY.max_number_of_attempts
    instance = hasty_hub.start({"intake": [error] * tries, "mark_failed": ["end"]})
    assert hasty_hub.result(instance) == '"end"'
    assert hasty_hub.calls == [*["intake"] * tries, "mark_failed"]
    assert hasty_hub.failures == [{"claim_id": instance, "reason": reason}]


def waiting(due: timedelta) -> StepResult:
    """A wait with something due, `due` from now."""
    return StepResult(position=NextStep.WAIT, due=(utc_now() + due).isoformat(), tells=False)


def test_a_wait_ends_when_something_is_due(hub: Hub) -> None:
    soon = waiting(timedelta(milliseconds=200))
    instance = hub.start({"intake": ["wait"], "gathering": [soon, "end"]})
    assert hub.result(instance) == '"end"'
    assert hub.calls == ["intake", "gathering", "gathering"]


def test_the_event_comes_before_what_is_due_later_and_an_old_timer_wakes_nobody(hub: Hub) -> None:
    soon = waiting(timedelta(milliseconds=400))
    instance = hub.start({"intake": ["wait"], "gathering": [soon, "wait", "wait", "end"]})
    hub.until_called("intake", "gathering")
    hub.client.raise_orchestration_event(instance, WAKE)
    hub.until_called("intake", "gathering", "gathering", "gathering")
    time.sleep(0.6)
    assert hub.calls == ["intake", "gathering", "gathering", "gathering"]
    hub.client.raise_orchestration_event(instance, WAKE)
    assert hub.result(instance) == '"end"'


def test_events_are_announced_after_the_step_that_tells_them(hub: Hub) -> None:
    tells = StepResult(position=NextStep.HANDOFF, due=None, tells=True)
    instance = hub.start({"intake": [tells], "announce": ["end"], "handoff": ["end"]})
    assert hub.result(instance) == '"end"'
    assert hub.calls == ["intake", "announce", "handoff"]


def test_events_that_cannot_be_announced_fail_no_claim(hasty_hub: Hub) -> None:
    away = [RuntimeError("away")] * workflow.RETRY.max_number_of_attempts
    tells = StepResult(position=NextStep.HANDOFF, due=None, tells=True)
    instance = hasty_hub.start({"intake": [tells], "announce": away, "handoff": ["end"]})
    assert hasty_hub.result(instance) == '"end"'
    assert "mark_failed" not in hasty_hub.calls
