"""Who counts as one caller, and how requests are counted."""

import azure.functions as func
import pytest

from shared.errors import TooManyRequests
from tests.host.refusals import ids
from triggers.http.rate_limit import RateLimit, caller_of

KEY, ADDRESS, OFFICER = "x-functions-key", "X-Forwarded-For", "X-MS-CLIENT-PRINCIPAL-ID"


def asked(headers: dict[str, str], *, authentication_is_on: bool = False, **query: str) -> str:
    """Who asks so."""
    request = func.HttpRequest("GET", "/api/claims", headers=headers, params=query, body=b"")
    return caller_of(request, authentication_is_on=authentication_is_on)


SAME: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "a key, from anywhere": ({KEY: "k", ADDRESS: "192.0.2.1"}, {KEY: "k"}),
    "a key with a made-up one behind it": ({KEY: "k,made-up"}, {KEY: "k"}),
    "an address, from any port": ({ADDRESS: "192.0.2.1:81"}, {ADDRESS: "192.0.2.1:82"}),
    "an address of version 6": ({ADDRESS: "[2001:db8::1]:81"}, {ADDRESS: "2001:db8::1"}),
    "an address behind made-up ones": ({ADDRESS: "198.51.100.7, 192.0.2.1:81"}, {ADDRESS: "192.0.2.1"}),
    "whoever says nothing": ({}, {ADDRESS: ""}),
    "an officer whom nobody authenticated": ({OFFICER: "0-1"}, {OFFICER: "0-2"}),
}


@pytest.mark.parametrize("headers", **ids(SAME))
def test_one_caller_is(headers: tuple[dict[str, str], dict[str, str]]) -> None:
    assert asked(headers[0]) == asked(headers[1])


def test_a_key_is_the_one_that_the_functions_host_checks() -> None:
    assert asked({}, code="k") == asked({KEY: "k"})
    assert asked({}, CODE="k") == asked({KEY: "k"})
    assert asked({KEY: "k"}, code="made-up") == asked({KEY: "k"})
    assert asked({}, code="k,made-up") == asked({KEY: "k"})


def test_keys_and_addresses_are_callers_of_their_own() -> None:
    callers = [
        *(asked({KEY: key}) for key in ("k", "l", "192.0.2.1")),
        *(asked({ADDRESS: address}) for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2")),
    ]
    assert len(set(callers)) == len(callers)


def test_an_authenticated_officer_without_a_key_is_a_caller() -> None:
    officer, from_elsewhere, another = (
        asked({OFFICER: name, ADDRESS: address}, authentication_is_on=True)
        for name, address in (("0-1", "192.0.2.1"), ("0-1", "192.0.2.2"), ("0-2", "192.0.2.1"))
    )
    assert officer == from_elsewhere
    assert officer != another


def test_a_caller_is_never_known_by_their_key_or_address() -> None:
    assert "s3cret" not in asked({KEY: "s3cret"})
    assert "192.0.2.1" not in asked({ADDRESS: "192.0.2.1"})


async def test_a_request_too_many_is_refused_until_the_window_ends() -> None:
    limit = RateLimit("2/hour")
    await limit.check("one")
    await limit.check("one")
    with pytest.raises(TooManyRequests, match=r"2 requests in 3600 seconds; try again in \d+") as refused:
        await limit.check("one")
    assert 3590 <= refused.value.retry_after <= 3600
    await limit.check("another")


async def test_however_many_callers_there_are_few_are_remembered() -> None:
    limit = RateLimit("2/hour", most_callers=3)
    for known in ("one", "two", "three", "four", "five"):
        await limit.check(known)
    with pytest.raises(TooManyRequests):
        await limit.check("six")
    await limit.check("one")
