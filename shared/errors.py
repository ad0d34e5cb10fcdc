"""What can go wrong in the app, as one hierarchy of types.

    AppError
     ├─ ClaimsError          terminal    a caller's request is refused; the caller is told why
     │   ├─ BadRequest                   the request cannot be read at all
     │   ├─ Forbidden                    the caller may not do that
     │   ├─ NotFound                     there is no such claim
     │   ├─ Conflict                     the claim is not in a state for that
     │   ├─ Outdated                     the claim is not as the caller knows it
     │   ├─ TooLarge                     something is over a size limit
     │   ├─ UnsupportedMedia             the content is of a type that is not taken
     │   ├─ InvalidInput                 the request can be read and says something that cannot be
     │   └─ TooManyRequests  retryable   a limit is reached that frees by itself
     ├─ SettingsError        terminal    a setting is missing or wrong, so the app does not start
     ├─ SessionCorrupt       terminal    what storage holds is not a session
     │   └─ KeyMissing       terminal    the session is encrypted by a key that this app does not have
     ├─ RevisionConflict     retryable   another writer saved the session first; read it again
     └─ TurnFailed           retryable   an agent's turn failed, unless `is_final` is set
         └─ BudgetUsedUp     terminal    the claim has no tokens left; an officer goes on

Terminal means that the same attempt fails again until a person changes something; retryable means that it may
succeed later as it is. Errors of one room only are defined there, on the same base: `NotDelivered` in
`shared.webhook`, `PreconditionFailed` in `shared.session_store.backend` and `ModelFailed` in
`orchestration.agents.model_errors` are retryable as well. `PhaseFailed` in `orchestration.durable` is none of
them: it belongs to the workflow, which imports as little as it can. What HTTP says to each ClaimsError is
decided in `triggers.http.problems`.

The messages of all of these may be logged: they name fields, limits and ids, never the personal data of a
claim.
"""

from typing import Self, TypedDict

from shared.models.claim import Usage


class AppError(Exception):
    """The base of every error that the app raises on purpose."""


class FieldError(TypedDict):
    """A field of a request that is wrong, by its path with dots between the parts, and what is wrong."""

    field: str
    message: str


class ClaimsError(AppError):
    """The base of every error that a caller is told about.

    `detail` is one sentence for the caller. `errors` names the fields that are wrong, where there are any.
    """

    def __init__(self, detail: str, errors: list[FieldError] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors or []


class BadRequest(ClaimsError):
    """The request cannot be read."""


class Forbidden(ClaimsError):
    """The caller may not do that."""


class NotFound(ClaimsError):
    """There is no such claim, or nothing of that name in it."""


class Conflict(ClaimsError):
    """The claim is not in a state in which that can be done."""


class Outdated(ClaimsError):
    """The claim has changed since the caller read it."""


class TooLarge(ClaimsError):
    """Something that was sent is over a size limit."""


class UnsupportedMedia(ClaimsError):
    """What was sent is of a type that is not taken."""


class InvalidInput(ClaimsError):
    """The request can be read, but says something that cannot be."""

    @classmethod
    def of_field(cls, field: str, message: str) -> Self:
        """The error that one field is wrong."""
        return cls(f"{field} is wrong", [FieldError(field=field, message=message)])


class TooManyRequests(ClaimsError):
    """A limit is reached; `retry_after` is the number of seconds until the same request may be taken."""

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class SettingsError(AppError):
    """A setting is missing or wrong. The message has its name, what is wrong with it, and an example."""


class SessionCorrupt(AppError):
    """A stored session cannot be read. The message says which file and why, and quotes nothing of it."""


class KeyMissing(SessionCorrupt):
    """A stored session is encrypted by a key that is not configured here. The message names the key."""


class RevisionConflict(AppError):
    """Another writer saved or deleted the session since it was read."""


class TurnFailed(AppError):
    """An agent's turn failed.

    `is_final` says that the same turn would fail again, so that trying is of no use. `usage` is what the turn
    has cost until then.
    """

    def __init__(self, reason: str, *, is_final: bool = False, usage: Usage | None = None) -> None:
        super().__init__(reason)
        self.is_final = is_final
        self.usage = usage or Usage()


class BudgetUsedUp(TurnFailed):
    """The claim has used up its tokens, so no model is asked again."""
