from itertools import pairwise

from devhost import __version__
from tests.devhost.host_process import HostProcess, wait_until


def test_the_status_says_who_runs_where(host: HostProcess) -> None:
    assert host.http.get("/admin/host/status").json() == {
        "state": "Running",
        "version": __version__,
        "processId": host.process.pid,
        "dataDirectory": str(host.data),
    }


def test_a_timer_function_can_be_run_now_and_its_runs_never_overlap(host: HostProcess) -> None:
    before = len(host.notes("tick finished"))
    for _ in range(3):
        assert host.http.post("/admin/functions/tick", json={"input": ""}).status_code == 202
    wait_until(lambda: len(host.notes("tick finished")) >= before + 3)
    lines = (host.data / "notes.jsonl").read_text().splitlines()
    kinds = ["started" if "started" in line else "finished" for line in lines if '"tick ' in line]
    assert all(one != other for one, other in pairwise(kinds))


def test_there_is_no_running_by_hand_of_an_unknown_or_an_http_function(host: HostProcess) -> None:
    for name in ("nothing", "echo", "..%2F"):
        answer = host.http.post(f"/admin/functions/{name}", json={"input": ""})
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
