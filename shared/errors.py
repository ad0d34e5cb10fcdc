"""What can go wrong, as types.

    ClaimsError                 anything that the caller of the API is told
     ├─ InvalidInput     422    the request says something that cannot be
     ├─ BadRequest       400    the request cannot be read at all
     ├─ Forbidden        403    the caller may not do that
     ├─ NotFound         404    there is no such claim
     ├─ Conflict         409    the claim is not in a state for that
     ├─ Outdated         412    the claim is not as the caller knows it
     ├─ TooLarge         413    over a size limit
     ├─ UnsupportedMedia 415    a content type that is not taken
     └─ TooManyRequests  429    a limit is reached that frees by itself
    SettingsError               a setting is missing or wrong; the app does not start
    RevisionConflict            somebody else saved the session first
    SessionCorrupt              what storage holds is not a session
     └─ KeyMissing              it is encrypted, and this app has not the key
    TurnFailed                  an agent's turn could not be brought to an end
     └─ BudgetUsedUp            the claim has no tokens left; an officer goes on

Messages of these errors may reach logs: they name fields, limits and ids, never
the personal data in a claim.
"""

from collections.abc import Mapping
from typing import TypedDict

from shared.models.claim import Usage


class FieldError(TypedDict):
    field: str
    message: str


class ClaimsError(Exception):
    """Base of what the outside is told; `status` and `title` are those of RFC 9457, `example` is a detail."""

    status = 500
    title = "Internal error"
    example = "something went wrong on our side; the same request may be sent again"
    headers: Mapping[str, str] = {}

    def __init__(self, detail: str, errors: list[FieldError] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors or []

    @classmethod
    def kinds(cls) -> list[type["ClaimsError"]]:
        """Every kind of error that the outside may be told, by status."""
        return sorted([cls, *cls.__subclasses__()], key=lambda kind: kind.status)


class BadRequest(ClaimsError):
    status = 400
    title = "Bad request"
    example = "the body is empty; send JSON"


class Forbidden(ClaimsError):
    status = 403
    title = "Forbidden"
    example = "the principal does not have the role ClaimsOfficer"


class NotFound(ClaimsError):
    status = 404
    title = "Not found"
    example = "there is no claim CLM-500"


class Conflict(ClaimsError):
    status = 409
    title = "Conflict"
    example = "CLM-500 is completed; nothing can be added to it"


class Outdated(ClaimsError):
    status = 412
    title = "Precondition failed"
    example = "CLM-500 has changed since it was read; read it again"


class TooLarge(ClaimsError):
    status = 413
    title = "Content too large"
    example = "filename: a document has at most 26214400 bytes; this one has 26214401"


class UnsupportedMedia(ClaimsError):
    status = 415
    title = "Unsupported media type"
    example = "the file is a script, not a document"


class TooManyRequests(ClaimsError):
    """`retry_after`: seconds after which the same request may be taken."""

    status = 429
    title = "Too many requests"
    example = "a caller may make 600 requests in 60 seconds; try again in 12 seconds"

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.headers = {"Retry-After": str(retry_after)}


class InvalidInput(ClaimsError):
    status = 422
    title = "Invalid input"
    example = "claim_amount is wrong"


class SettingsError(Exception):
    """A setting's name, what is wrong with its value, and an example."""


class RevisionConflict(Exception):
    """The session was saved by another writer since it was read."""


class SessionCorrupt(Exception):
    """A stored session cannot be read; the message says which file and why."""


class KeyMissing(SessionCorrupt):
    """A stored session is encrypted by a key that is not configured here; the message names the key."""


class TurnFailed(Exception):
    """An agent's turn failed.

    `is_final`: the same turn would fail again, so that trying is no use. `usage` is what it cost.
    """

    def __init__(self, reason: str, *, is_final: bool = False, usage: Usage | None = None) -> None:
        super().__init__(reason)
        self.is_final = is_final
        self.usage = usage or Usage()


class BudgetUsedUp(TurnFailed):
    """The claim has used up its tokens; no model is asked again."""
