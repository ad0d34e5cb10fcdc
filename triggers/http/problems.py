"""What the API answers to each kind of refusal: the status and title of its RFC 9457 problem."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import (
    BadRequest,
    ClaimsError,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Outdated,
    TooLarge,
    TooManyRequests,
    UnsupportedMedia,
)


@dataclass(frozen=True)
class ProblemKind:
    """The parts of a problem that are the same for every error of a type, and an example of its detail."""

    status: int
    title: str
    example: str


PROBLEMS: Mapping[type[ClaimsError], ProblemKind] = {
    BadRequest: ProblemKind(400, "Bad request", "the body is empty; send JSON"),
    Forbidden: ProblemKind(403, "Forbidden", "the principal does not have the role ClaimsOfficer"),
    NotFound: ProblemKind(404, "Not found", "there is no claim CLM-500"),
    Conflict: ProblemKind(409, "Conflict", "CLM-500 is completed; nothing can be added to it"),
    Outdated: ProblemKind(412, "Precondition failed", "CLM-500 has changed since it was read; read it again"),
    TooLarge: ProblemKind(
        413, "Content too large", "filename: a document has at most 26214400 bytes; this one has 26214401"
    ),
    UnsupportedMedia: ProblemKind(415, "Unsupported media type", "the file is a script, not a document"),
    InvalidInput: ProblemKind(422, "Invalid input", "claim_amount is wrong"),
    TooManyRequests: ProblemKind(
        429, "Too many requests", "a caller may make 600 requests in 60 seconds; try again in 12 seconds"
    ),
    ClaimsError: ProblemKind(
        500, "Internal error", "something went wrong on our side; the same request may be sent again"
    ),
}
"""Every type of error that a caller may be told, by status; the base stands for what was not foreseen."""
