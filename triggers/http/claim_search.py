"""What `GET /claims` asks for: which claims, in what order, and which page of them."""

from collections.abc import Collection
from enum import StrEnum

import azure.functions as func

from orchestration.rules.requirements import Requirements
from shared.errors import InvalidInput
from shared.models.claim import ClaimStatus, Outcome
from shared.names import check_slug
from shared.session_store import Order, Page, SessionStore, SummaryFilter
from triggers.http import route_table
from triggers.http.routes import Text, check_query


async def page_for(req: func.HttpRequest, store: SessionStore, requirements: Requirements) -> Page:
    """The page of claims that the query asks for.

    Raises:
        InvalidInput: a parameter is unknown, or none of its kind.
    """
    check_query(req, route_table.LIST)
    status = _one_of(ClaimStatus, req, route_table.STATUS)
    order = _one_of(Order, req, route_table.SORT)
    if order is Order.MOMENT and status is None:
        raise InvalidInput.of_field(route_table.SORT.name, f"by {order} only with a status")
    wanted = SummaryFilter(
        claim_type=_known(route_table.CLAIM_TYPE, route_table.CLAIM_TYPE.of(req), requirements.claim_types),
        outcome=_one_of(Outcome, req, route_table.OUTCOME),
        missing_document=_document_type(req),
        saved_after=route_table.SAVED_AFTER.of(req),
        saved_before=route_table.SAVED_BEFORE.of(req),
        expires_after=route_table.EXPIRES_AFTER.of(req),
        expires_before=route_table.EXPIRES_BEFORE.of(req),
    )
    limit, continuation = route_table.PAGE.of(req), route_table.CONTINUATION.of(req)
    try:
        return await store.list_sessions(status, limit, continuation, wanted=wanted, order=order)
    except ValueError:
        raise InvalidInput.of_field(
            route_table.CONTINUATION.name, "is none that this API gave for a list in this order"
        ) from None


def statuses_of(req: func.HttpRequest, parameter: Text) -> set[ClaimStatus]:
    """The statuses that a query parameter lists, with commas between them; empty where it is absent.

    Raises:
        InvalidInput: one of them is none.
    """
    text = parameter.of(req)
    wanted = set[str]() if text is None else {part.strip() for part in text.split(",")}
    if not wanted <= set(ClaimStatus):
        raise InvalidInput.of_field(parameter.name, f"of {', '.join(ClaimStatus)}")
    return {ClaimStatus(status) for status in wanted}


def _one_of[Kind: StrEnum](kind: type[Kind], req: func.HttpRequest, parameter: Text) -> Kind | None:
    given = _known(parameter, parameter.of(req), [*kind])
    return None if given is None else kind(given)


def _document_type(req: func.HttpRequest) -> str | None:
    """Any that can be one: a claim may miss what no rule knows."""
    given = route_table.MISSING_DOCUMENT.of(req)
    try:
        return None if given is None else check_slug(given)
    except ValueError as error:
        raise InvalidInput.of_field(route_table.MISSING_DOCUMENT.name, str(error)) from None


def _known(parameter: Text, given: str | None, known: Collection[str]) -> str | None:
    if given is not None and given not in known:
        raise InvalidInput.of_field(parameter.name, f"of {', '.join(known)}")
    return given
