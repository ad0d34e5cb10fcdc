"""Conditional requests: `If-None-Match` and `If-Match` against the claim as it is shown."""

import azure.functions as func

from orchestration.services.claim_queries import ShownClaim
from triggers.http.requests import header
from triggers.http.route_table import IF_MATCH, IF_NONE_MATCH


def is_known_already(req: func.HttpRequest, claim: ShownClaim) -> bool:
    """Whether `If-None-Match` names the claim as it is shown."""
    # A cache on the way may have weakened the tag, as one that compresses does.
    named = [tag.removeprefix("W/") for tag in _tags(header(req, IF_NONE_MATCH.name))]
    return _is_named(claim, named)


def is_expected(req: func.HttpRequest, claim: ShownClaim) -> bool:
    """Whether `If-Match` names the claim as it is shown, or is absent."""
    condition = header(req, IF_MATCH.name)
    return not condition or _is_named(claim, _tags(condition))


def _tags(condition: str) -> list[str]:
    return [tag.strip() for tag in condition.split(",")]


def _is_named(claim: ShownClaim, tags: list[str]) -> bool:
    return "*" in tags or claim.etag in tags
