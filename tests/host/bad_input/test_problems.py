"""The one shape of errors, on every route."""

import json
import os
import subprocess
import sys

from tests.host.refusals import MARK, PAUSED, UNKNOWN, nothing_left, problem
from tests.host.running import REPOSITORY, Host


def http_routes() -> list[tuple[str, str]]:
    """Method and route of each HTTP function, as the app itself declares them."""
    listing = """
import json, function_app
triggers = [f.get_trigger().get_dict_repr() for f in function_app.app.get_functions()]
routes = [t for t in triggers if t["type"] == "httpTrigger"]
print(json.dumps([[str(m.value), t["route"]] for t in routes for m in t["methods"]]))
"""
    environment = {**os.environ, "SessionStorage__path": ":memory:", "AGENT_MODEL": "offline"}
    listed = subprocess.run(
        [sys.executable, "-c", listing],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [(method, route) for method, route in json.loads(listed.stdout)]


async def test_every_route_answers_every_error_in_the_one_shape(host: Host) -> None:
    routes = http_routes()
    assert len(routes) >= 11
    async with nothing_left(host):
        for method, route in routes:
            path = "/" + route.replace("{claim_id}", PAUSED)
            answer = await host.http.request("PATCH", path, content=MARK)
            assert problem(answer, 405)["title"] == "Method Not Allowed"
            if "{claim_id}" in route:
                for claim_id in (UNKNOWN, "..%2Fx"):
                    broken = "/" + route.replace("{claim_id}", claim_id)
                    said = await host.http.request(method, broken, params={"filename": "a.txt"}, content=MARK)
                    problem(said, said.status_code)
                    assert said.status_code in ({404} if method != "POST" else {400, 404})
            if method == "POST":
                said = await host.http.request(method, path, content=MARK)
                problem(said, said.status_code)
                assert said.status_code in {400, 422}
        problem(await host.http.get(f"/claims/{PAUSED}/{MARK}"), 404)
