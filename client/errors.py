"""What can go wrong on the client's side, as types.

    ClientError         anything that a user of the client is told
     ├─ InputError      what was asked for cannot be: a path that is not there, a file that is no claim
     │   └─ ConfigError a setting of `build_orchestrator` is unknown or wrong
     ├─ ApiError        the server refused, or answered with something that is no answer
     ├─ CannotConnect   no server answers at the address
     └─ HostError       the embedded host did not start, or cannot serve as asked

The text of each is one line that says what to do.
"""

from typing import TypedDict


class FieldError(TypedDict):
    field: str
    message: str


class ClientError(Exception):
    """Base of what a user of the client is told."""


class InputError(ClientError, ValueError):
    """What was asked for cannot be."""


class ConfigError(InputError):
    """A setting of `build_orchestrator` is unknown or wrong."""


class CannotConnect(ClientError):
    """No server answers at the address."""


class HostError(ClientError):
    """The embedded host did not start, or cannot serve as asked."""


class ApiError(ClientError):
    """The server's refusal; the fields are those of RFC 9457 and of the contract's `errors`."""

    def __init__(
        self, status: int, title: str, detail: str = "", errors: list[FieldError] | None = None
    ) -> None:
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors or []
        super().__init__(self._line())

    def _line(self) -> str:
        fields = "; ".join(f"{error['field']}: {error['message']}" for error in self.errors)
        told = self.detail or self.title
        return f"{told} ({fields})" if fields else told
