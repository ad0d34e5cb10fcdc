"""Posting an event: what is sent, what counts as taken, and where nothing is ever sent."""

import socket
from collections.abc import Sequence
from typing import Any, override

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from shared.clock import utc_now
from shared.models.events import ClaimEvent, event_id
from shared.settings import Settings
from shared.webhook import NotDelivered, Target, is_allowed
from tests.shared.receiver import SECRET, Answer, Receiver, receiving


class Lying(AbstractResolver):
    """Resolves every name to the addresses that it was given, one set for each question."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in self.answers.pop(0)
        ]

    @override
    async def close(self) -> None:
        pass


def an_event(**more: Any) -> ClaimEvent:
    values: dict[str, Any] = {
        "id": event_id("CLM-1", "2026-11-22", 2),
        "sequence": 2,
        "type": "claim.paused",
        "happened_at": utc_now(),
        "claim_id": "CLM-1",
        "status": "paused",
        "missing_documents": ["police_report"],
    }
    return ClaimEvent.model_validate(values | more)


def target_of(receiver: Receiver, seconds: float = 5) -> Target:
    return Target(receiver.url, SECRET, allows_loopback=True, seconds=seconds)


async def test_an_event_arrives_signed_with_its_id_and_no_more_than_it_needs() -> None:
    async with receiving() as receiver:
        event = an_event()
        await target_of(receiver).post(event)
        assert receiver.taken == [
            {
                "id": event.id,
                "type": "claim.paused",
                "timestamp": event.happened_at.isoformat().replace("+00:00", "Z"),
                "data": {
                    "claim_id": "CLM-1",
                    "sequence": 2,
                    "status": "paused",
                    "missing_documents": ["police_report"],
                    "expires_at": None,
                },
            }
        ]


async def test_a_receiver_does_not_accept_what_another_secret_signed() -> None:
    async with receiving() as receiver:
        with pytest.raises(NotDelivered, match="the receiver answered 500"):
            await Target(receiver.url, SECRET[:-4] + "AAA=", allows_loopback=True).post(an_event())
        assert receiver.attempts == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (500, "the receiver answered 500"),
        (404, "the receiver answered 404"),
        ("redirect", "the receiver answered 307"),
        ("hang", "no answer within 0.2 seconds"),
        ("cut", "ServerDisconnectedError"),
    ],
)
async def test_what_is_no_success_is_told_and_a_redirect_is_not_followed(answer: Answer, reason: str) -> None:
    async with receiving(answer) as receiver:
        with pytest.raises(NotDelivered, match=reason):
            await target_of(receiver, seconds=0.2).post(an_event())
        assert (len(receiver.attempts), receiver.taken, receiver.visitors) == (1, [], 0)


async def test_nobody_there_is_told() -> None:
    async with receiving() as receiver:
        pass
    with pytest.raises(NotDelivered, match="ClientConnectorError"):
        await target_of(receiver).post(an_event())


@pytest.mark.parametrize("host", ["a..b", f"{'a' * 64}.example.com"])
async def test_an_address_that_cannot_be_looked_up_is_told(host: str) -> None:
    with pytest.raises(NotDelivered):
        await Target(f"https://{host}/", SECRET).post(an_event())


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
        *("::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1", "::ffff:10.0.0.1"),
        *("64:ff9b::a00:1", "2002:a00:1::1", "::ffff:127.0.0.1"),
    ],
)
async def test_an_address_that_is_not_public_is_never_connected_to(address: str) -> None:
    assert not is_allowed(address, allows_loopback=False)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:8.8.8.8"]
)
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_allowed(address, allows_loopback=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_only_loopback_is_allowed_beside_public_addresses_on_the_embedded_host(address: str) -> None:
    assert is_allowed(address, allows_loopback=True)
    assert not is_allowed("10.0.0.1", allows_loopback=True)


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["127.0.0.1", "127.0.0.2"], ["::ffff:127.0.0.1"]])
async def test_a_name_that_leads_into_the_network_reaches_nobody(addresses: list[str]) -> None:
    async with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "hooks.example.com")
        target = Target(url, SECRET, resolver=Lying(addresses))
        with pytest.raises(NotDelivered, match="the address is not public"):
            await target.post(an_event())
        assert receiver.attempts == []


async def test_an_address_in_the_url_is_judged_as_well() -> None:
    async with receiving() as receiver:
        with pytest.raises(NotDelivered, match="the address is not public"):
            await Target(receiver.url, SECRET).post(an_event())
        assert receiver.attempts == []


async def test_a_name_that_is_rebound_between_two_events_is_judged_again() -> None:
    async with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "hooks.example.com")
        resolver = Lying(["127.0.0.1"], ["10.0.0.1"])
        target = Target(url, SECRET, allows_loopback=True, resolver=resolver)
        await target.post(an_event())
        with pytest.raises(NotDelivered, match="the address is not public"):
            await target.post(an_event())
        assert len(receiver.attempts) == 1


def test_without_a_url_there_is_no_target_and_loopback_is_only_for_development() -> None:
    common = {"SessionStorage__path": ":memory:", "AGENT_MODEL": "offline"}
    assert Target.of(Settings.load(common)) is None
    named = common | {"WEBHOOK_URL": "https://example.com/hooks", "WEBHOOK_SECRET": SECRET}
    target = Target.of(Settings.load(named))
    assert target and not target.allows_loopback
    target = Target.of(Settings.load(named | {"AZURE_FUNCTIONS_ENVIRONMENT": "Development"}))
    assert target and target.allows_loopback
