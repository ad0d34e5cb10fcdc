"""What can go wrong, as types.

    ClaimsError                 anything that the caller of the API is told
     ├─ InvalidInput     422    the request says something that cannot be
     ├─ BadRequest       400    the request cannot be read at all
     ├─ NotFound         404    there is no such claim
     ├─ Conflict         409    the claim is not in a state for that
     ├─ TooLarge         413    over a size limit
     └─ UnsupportedMedia 415    a content type that is not taken
    SettingsError               a setting is missing or wrong; the app does not start
    RevisionConflict            somebody else saved the session first
    SessionCorrupt              what storage holds is not a session
     └─ KeyMissing              it is encrypted, and this app has not the key
    TurnFailed                  an agent's turn could not be brought to an end
     └─ BudgetUsedUp            the claim has no tokens left; an officer goes on

Messages of these errors may reach logs: they name fields, limits and ids, never
the personal data in a claim.
"""

from typing import TypedDict

from shared.models import Usage


class FieldError(TypedDict):
    field: str
    message: str


class ClaimsError(Exception):
    """Base of what the outside is told; `status` and `title` are those of RFC 9457."""

    status = 500
    title = "Internal error"

    def __init__(self, detail: str, errors: list[FieldError] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors or []


class BadRequest(ClaimsError):
    status = 400
    title = "Bad request"


class NotFound(ClaimsError):
    status = 404
    title = "Not found"


class Conflict(ClaimsError):
    status = 409
    title = "Conflict"


class TooLarge(ClaimsError):
    status = 413
    title = "Content too large"


class UnsupportedMedia(ClaimsError):
    status = 415
    title = "Unsupported media type"


class InvalidInput(ClaimsError):
    status = 422
    title = "Invalid input"


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
