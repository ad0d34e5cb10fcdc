"""Durable Functions on the embedded host: the app's orchestrations, and the management endpoints."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.devhost.host_process import HostProcess, wait_until

MANAGEMENT = "/runtime/webhooks/durabletask/instances"


@pytest.fixture(scope="module", params=[0, 2], ids="{}-workers".format)
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """A host that runs orchestrations in its own process, then one that leaves them to workers."""
    with HostProcess(tmp_path_factory.mktemp("host"), "--workers", str(request.param)) as shared:
        yield shared


def test_activities_run_in_turn_and_an_event_ends_the_wait(host: HostProcess) -> None:
    host.start("steps_and_event", "in-turn", 11)
    wait_until(lambda: host.status("in-turn")["customStatus"])
    host.raise_event("in-turn", "answer", {"yes": "ä"})
    assert host.result("in-turn") == {"steps": 11, "answer": {"yes": "ä"}}


def test_an_event_that_comes_before_its_wait_is_kept(host: HostProcess) -> None:
    host.start("steps_and_event", "early-event", 5)
    host.raise_event("early-event", "answer", 1)
    assert host.result("early-event")["answer"] == 1


def test_activities_fan_out_and_in(host: HostProcess) -> None:
    host.start("fan_out", "fan", 40)
    assert host.result("fan") == sum(range(1, 41))


def test_a_failing_activity_is_retried_as_the_orchestrator_asks(host: HostProcess) -> None:
    host.start("retried", "retried", "retried-key")
    assert host.result("retried") == 3


def test_an_activitys_error_reaches_the_orchestrator_by_type_and_text(host: HostProcess) -> None:
    host.start("failing", "failing", "failing-key")
    caught = host.result("failing")
    assert caught["type"] == "ConnectionError"
    assert "attempt 1 of failing-key" in caught["message"]


def test_continue_as_new_keeps_the_events_that_came_meanwhile(host: HostProcess) -> None:
    host.start("rounds", "rounds", {"done": 0})
    for _ in range(3):
        host.raise_event("rounds", "go")
    assert host.result("rounds") == {"done": 3, "late": False}


def test_a_durable_timer_fires(host: HostProcess) -> None:
    host.start("nap", "nap", 50)
    assert host.result("nap") == "awake"


def test_an_unknown_orchestrator_fails_its_instance_and_nothing_else(host: HostProcess) -> None:
    host.start("no_such_orchestrator", "nameless")
    status = wait_until(lambda: (s := host.status("nameless"))["runtimeStatus"] == "Failed" and s)
    assert "no_such_orchestrator" in str(status)


def test_many_orchestrations_at_the_same_time_all_finish(host: HostProcess) -> None:
    ids = [f"many-{number}" for number in range(40)]

    def play(instance_id: str) -> object:
        host.start("steps_and_event", instance_id, 3)
        host.raise_event(instance_id, "answer", instance_id)
        return host.result(instance_id)["answer"]

    with ThreadPoolExecutor(16) as players:
        assert list(players.map(play, ids)) == ids


def test_a_check_status_response_names_endpoints_that_work(host: HostProcess) -> None:
    started = host.start("steps_and_event", "links", 0)
    links = started.json()
    assert started.headers["location"] == links["statusQueryGetUri"]
    running = wait_until(
        lambda: (s := host.http.get(links["statusQueryGetUri"])).json()["customStatus"] and s
    )
    assert running.status_code == 202
    assert running.headers["retry-after"]
    assert running.json() | {"createdTime": 0, "lastUpdatedTime": 0} == {
        "name": "steps_and_event",
        "instanceId": "links",
        "runtimeStatus": "Running",
        "input": 0,
        "customStatus": {"steps": 0},
        "output": None,
        "createdTime": 0,
        "lastUpdatedTime": 0,
    }
    raised = host.http.post(links["sendEventPostUri"].replace("{eventName}", "answer"), json="done")
    assert raised.status_code == 202
    host.result("links")
    finished = host.http.get(links["statusQueryGetUri"])
    assert finished.status_code == 200
    assert finished.json()["output"] == {"steps": 0, "answer": "done"}
    assert host.http.delete(links["purgeHistoryDeleteUri"]).json() == {"instancesDeleted": 1}
    assert host.http.get(links["statusQueryGetUri"]).status_code == 404


def test_an_orchestration_can_be_terminated(host: HostProcess) -> None:
    links = host.start("steps_and_event", "terminated", 0).json()
    assert host.http.post(links["terminatePostUri"].replace("{text}", "enough")).status_code == 202
    status = wait_until(lambda: (s := host.status("terminated"))["runtimeStatus"] == "Terminated" and s)
    assert status["output"] == "enough"
    for order in ("terminate", "suspend", "resume", "raiseEvent/answer"):
        assert host.http.post(f"{MANAGEMENT}/terminated/{order}").status_code == 410


def test_a_suspended_orchestration_waits_until_it_is_resumed(host: HostProcess) -> None:
    links = host.start("steps_and_event", "suspended", 0).json()
    assert host.http.post(links["suspendPostUri"].replace("{text}", "wait")).status_code == 202
    wait_until(lambda: host.status("suspended")["runtimeStatus"] == "Suspended")
    host.raise_event("suspended", "answer", 1)
    assert host.status("suspended")["runtimeStatus"] == "Suspended"
    assert host.http.post(links["resumePostUri"].replace("{text}", "go on")).status_code == 202
    wait_until(lambda: host.status("suspended")["runtimeStatus"] == "Completed")


@pytest.mark.parametrize("order", ["terminate", "suspend", "resume", "raiseEvent/answer"])
def test_an_order_to_an_unknown_orchestration_is_a_404_problem(host: HostProcess, order: str) -> None:
    answer = host.http.post(f"{MANAGEMENT}/nobody/{order}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert host.http.delete(f"{MANAGEMENT}/nobody").status_code == 404


def test_an_event_that_is_not_json_is_refused(host: HostProcess) -> None:
    assert host.http.post(f"{MANAGEMENT}/nobody/raiseEvent/answer", content=b"\xff{").status_code == 400
