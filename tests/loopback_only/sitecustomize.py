"""Keeps the tests on this machine: connections to other machines and look-ups of names are refused.

`tests/conftest.py` installs the hook in the process of the tests. With this folder on PYTHONPATH, every
Python that a test starts installs it for itself: the interpreter imports a module of this name when it
starts. What does not pass Python's `socket` module (gRPC, programs that are not Python) is not held.
"""

import ipaddress
import socket
import sys
from typing import Any

ADDRESS_OF = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
    "socket.getnameinfo": 0,
}
"""By audit event of the interpreter: which of its arguments is the address, or the name to look up."""

Address = tuple[Any, ...] | str | bytes | None


class NetworkRefused(RuntimeError):
    """A test, or what it runs, wanted to reach another machine."""


def refuse_the_network(event: str, arguments: tuple[Any, ...]) -> None:
    """The audit hook. It also says on standard error what it refuses, since clients hide what they catch.

    Raises:
        NetworkRefused: the event is about an address that is not of this machine.
    """
    if event not in ADDRESS_OF:
        return
    who: object = arguments[0]
    address: Address = arguments[ADDRESS_OF[event]]
    if isinstance(who, socket.SocketType) and who.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host = address[0] if isinstance(address, tuple) else address
    if not is_of_this_machine(host):
        refusal = f"{event} to {host} is refused: tests stay on this machine"
        print(refusal, file=sys.stderr)
        raise NetworkRefused(refusal)


def is_of_this_machine(host: str | bytes | None) -> bool:
    """Whether a host, by name or address, is loopback; None and an unspecified address mean this machine."""
    name = host.decode() if isinstance(host, bytes) else host
    if not name or name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


if __name__ == "sitecustomize":
    sys.addaudithook(refuse_the_network)
