"""Posts an event to the webhook, signed after the Standard Webhooks specification.

The target is a setting, and a name that resolves to a public address now may resolve to one inside the app's
own network a moment later. So each address is checked where the socket to it is made: an address that is not
public is never connected to, whatever led there.
"""

import ipaddress
import socket
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from standardwebhooks import Webhook

from shared.clock import utc_now
from shared.errors import AppError
from shared.models.events import ClaimEvent
from shared.settings import Settings
from shared.version import __version__

if TYPE_CHECKING:
    from aiohttp.abc import AbstractResolver

SECONDS = 15.0
"""The time within which a receiver must have answered."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NotDelivered(AppError):
    """The receiver did not accept the event. The message says why and may be logged."""


class AddressRefused(OSError):
    """The target's address is not public."""


@dataclass(frozen=True)
class Target:
    """The address that events are posted to, and the secret that signs them.

    `allows_loopback` is for a receiver on the developer's own machine. `seconds` is the time that a receiver
    has to answer. `resolver` looks up the receiver's name; without one the system does.
    """

    url: str
    secret: str
    allows_loopback: bool = False
    seconds: float = SECONDS
    resolver: "AbstractResolver | None" = None

    @classmethod
    def of(cls, settings: Settings) -> "Target | None":
        """The target that the settings name, or None if they name none."""
        if settings.webhook_url is None or settings.webhook_secret is None:
            return None
        return cls(settings.webhook_url, settings.webhook_secret, allows_loopback=settings.is_development)

    async def post(self, event: ClaimEvent) -> None:
        """Sends the event once.

        Raises:
            NotDelivered: the receiver did not answer in time or not with success, or its address is refused.
        """
        import aiohttp

        body = event.body()
        connector = aiohttp.TCPConnector(
            socket_factory=self._socket, resolver=self.resolver, use_dns_cache=False, force_close=True
        )
        timeout = aiohttp.ClientTimeout(total=self.seconds)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
                session.post(
                    self.url, data=body, headers=self._headers(event.id, body), allow_redirects=False
                ) as answer,
            ):
                status = answer.status
        except TimeoutError:
            raise NotDelivered(f"no answer within {self.seconds:g} seconds") from None
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            raise NotDelivered(_reason(error)) from None
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise NotDelivered(f"the receiver answered {status}")

    def _headers(self, event_id: str, body: str) -> dict[str, str]:
        now = utc_now()
        return {
            "Content-Type": "application/json",
            "User-Agent": f"claims-orchestrator/{__version__}",
            "webhook-id": event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(event_id, now, body),
        }

    def _socket(self, address: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, (host, *_) = address
        if not is_allowed(host, allows_loopback=self.allows_loopback):
            raise AddressRefused("the address is not public")
        return socket.socket(family, kind, protocol)


def is_allowed(host: str, *, allows_loopback: bool) -> bool:
    """Whether the IP address `host` may be connected to: it is public, or loopback where that is allowed."""
    address = _embedded(ipaddress.ip_address(host.partition("%")[0]))
    if address.is_loopback:
        return allows_loopback
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _embedded(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address to which an IPv6 address leads, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _reason(error: Exception) -> str:
    """The kind of failure, since the library's own message may quote what the receiver sent."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AddressRefused):
            return str(cause)
        cause = cause.__cause__ or getattr(cause, "os_error", None)
    return type(error).__name__
