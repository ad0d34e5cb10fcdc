"""What can go wrong on the client's side, as types.

    ClientError         anything that a user of the client has to know of
     ├─ InputError      what was asked for cannot be: a path that is not there, a file that is no claim
     │   └─ ConfigError a setting of `build_orchestrator` is unknown or wrong
     ├─ ApiError        the server refused, or gave a response that this API does not give
     ├─ CannotConnect   no server answers at the address
     └─ HostError       the embedded host did not start, or cannot serve as asked

The text of each is one line that says what to do.
"""

from typing import Self, TypedDict


class FieldError(TypedDict):
    """What is wrong with one field of a request."""

    field: str
    message: str


class ClientError(Exception):
    """Base of what a user of the client has to know of."""


class InputError(ClientError, ValueError):
    """What was asked for cannot be."""


class ConfigError(InputError):
    """A setting of `build_orchestrator` is unknown or wrong."""


class CannotConnect(ClientError):
    """No server answers at the address."""


class HostError(ClientError):
    """The embedded host did not start, or cannot serve as asked."""


class ApiError(ClientError):
    """The server's refusal; the attributes are those of RFC 9457, with the `errors` of this API."""

    def __init__(
        self, status: int, title: str, detail: str = "", errors: list[FieldError] | None = None
    ) -> None:
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors or []
        fields = "; ".join(f"{error['field']}: {error['message']}" for error in self.errors)
        super().__init__(f"{detail or title} ({fields})" if fields else detail or title)

    @classmethod
    def not_found(cls, detail: str) -> Self:
        """A 404, as the server gives it for a claim that is not there."""
        return cls(404, "Not Found", detail)
