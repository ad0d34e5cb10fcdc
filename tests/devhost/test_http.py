import json
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from devhost.http import MAX_BODY_BYTES
from tests.devhost.host_process import HostProcess


def assert_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() >= {"type", "title", "status", "detail"}
    assert answer.json()["status"] == status


def raw(host: HostProcess, request: bytes) -> bytes:
    """Sends bytes as they are, and gives the beginning of the answer."""
    port = int(host.origin.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        return connection.recv(65536)


def test_the_request_reaches_the_function_as_it_was_sent(host: HostProcess) -> None:
    answer = host.http.post(
        "/api/echo/a/b%20c?x=1&x=2&y=%C3%A4", content=b"\x00\xff", headers={"X-Sample": "yes"}
    )
    assert answer.json() == {
        "method": "POST",
        "url": f"{host.origin}/api/echo/a/b%20c?x=1&x=2&y=%C3%A4",
        "path": "a/b c",
        "query": {"x": "1,2", "y": "ä"},
        "header": "yes",
        "length": 2,
        "body": "\x00ÿ",
    }


def test_the_functions_answer_comes_back_whole(host: HostProcess) -> None:
    answer = host.http.get("/api/echo/")
    assert answer.status_code == 201
    assert answer.headers["x-answer"] == "42"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["set-cookie"] == (
        "seen=yes; expires=Wed, 01 Jan 2031 00:00:00 GMT; HttpOnly; Max-Age=60; Path=/; SameSite=Lax; Secure"
    )


def test_a_function_may_answer_plain_text(host: HostProcess) -> None:
    answer = host.http.get("/api/text")
    assert (answer.text, answer.headers["content-type"]) == ("plain", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("special", {"special": True}),
        ("12", {"numbered": "12"}),
        ("007", {"numbered": "007"}),
        ("twelve", {"named": "twelve"}),
        ("a%2Fb", {"named": "a/b"}),
        ("%00", {"named": "\0"}),
        ("%2525", {"named": "%25"}),
        ("x/parts/p1", {"thing": "x", "part": "p1"}),
        ("x/parts", {"thing": "x", "part": None}),
    ],
)
def test_the_most_literal_route_that_fits_answers(host: HostProcess, path: str, answer: object) -> None:
    assert raw_json(host, f"/api/things/{path}") == answer


def raw_json(host: HostProcess, path: str) -> object:
    """The JSON answer to a path that no client has tidied up."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    return json.loads(raw(host, request.encode()).partition(b"\r\n\r\n")[2])


@pytest.mark.parametrize("path", ["/", "/api", "/api/nothing", "/api/things", "/API-TOO", "/things/12"])
def test_an_unknown_route_is_a_404_problem(host: HostProcess, path: str) -> None:
    assert_problem(host.http.get(path), 404)


def test_a_wrong_method_is_a_405_problem_that_names_the_right_ones(host: HostProcess) -> None:
    answer = host.http.delete("/api/things/special")
    assert_problem(answer, 405)
    assert set(answer.headers["allow"].split(", ")) == {"GET", "PUT"}


def test_a_function_that_raises_is_a_500_problem_without_internals(host: HostProcess) -> None:
    answer = host.http.get("/api/fail")
    assert_problem(answer, 500)
    assert "secret" not in answer.text
    assert "function fail failed with RuntimeError" in host.errors.read_text()
    assert "secret" not in host.errors.read_text()


def test_a_header_that_would_break_the_answer_is_a_500_problem(host: HostProcess) -> None:
    answer = host.http.get("/api/bad-header")
    assert_problem(answer, 500)
    assert "injected" not in answer.headers


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(host: HostProcess) -> None:
    head = f"POST /api/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: {MAX_BODY_BYTES + 1}\r\n\r\n"
    answer = raw(host, head.encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer


def test_a_body_of_unknown_length_is_refused_once_it_is_too_large(host: HostProcess) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 2**20 + 2):
            yield bytes(2**20)

    try:
        answer = host.http.post("/api/echo", content=endless())
    except httpx.WriteError:  # it may close the door while the rest is on its way
        return
    assert_problem(answer, 413)


def test_a_large_body_within_the_limit_arrives_whole(host: HostProcess) -> None:
    answer = host.http.post("/api/echo", content=bytes(20 * 2**20))
    assert answer.json()["length"] == 20 * 2**20


def test_a_compressed_body_arrives_as_it_was_sent(host: HostProcess) -> None:
    answer = host.http.post("/api/echo", content=b"not gzip", headers={"Content-Encoding": "gzip"})
    assert answer.json()["body"] == "not gzip"


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"GET  HTTP/9.9\r\n\r\n",
        b"GET /api/echo/%ff%fe%zz%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/echo/\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/echo HTTP/1.1\r\nHost: [::1\r\n\r\n",
        b"GET /api/echo HTTP/1.1\r\nHost: localhost:99999999\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/echo HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 70000 + b"\r\n\r\n",
        b"POST /api/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -4\r\n\r\n",
        b"POST /api/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n\r\n",
    ],
)
def test_bytes_that_are_no_proper_request_never_give_a_5xx(host: HostProcess, request_bytes: bytes) -> None:
    answer = raw(host, request_bytes)
    assert not answer.startswith(b"HTTP/1.1 5")
    assert host.http.get("/api/text").status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Host": "claims.example"}, {"Origin": "https://claims.example"}, {"Origin": "null"}]
)
def test_other_sites_cannot_reach_the_app_through_a_browser(
    host: HostProcess, headers: dict[str, str]
) -> None:
    assert_problem(host.http.post("/api/echo", headers=headers), 403)


@pytest.mark.parametrize("headers", [{"Host": "localhost:7071"}, {"Origin": "http://127.0.0.1:3000"}])
def test_pages_of_this_machine_can(host: HostProcess, headers: dict[str, str]) -> None:
    assert host.http.get("/api/text", headers=headers).status_code == 200


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")
def test_it_listens_on_one_address_of_loopback_only(host: HostProcess) -> None:
    port = int(host.origin.rpartition(":")[2])
    socket.create_connection(("127.0.0.1", port), timeout=20).close()
    with pytest.raises(ConnectionRefusedError):  # whoever listens on all addresses answers here
        socket.create_connection(("127.0.0.2", port), timeout=20)


@pytest.mark.parametrize("kind", ["async", "sync"])
def test_as_many_requests_as_come_are_served_at_the_same_time(host: HostProcess, kind: str) -> None:
    party = 20  # none of them is answered before all of them are in
    with ThreadPoolExecutor(party) as callers:
        answers = list(callers.map(host.http.get, [f"/api/meet/{kind}/{party}"] * party))
    assert [answer.status_code for answer in answers] == [200] * party
