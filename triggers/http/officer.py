"""HTTP: the officer's decision."""

import azure.functions as func
from azure.durable_functions import Blueprint

from orchestration.durable.client import DurableClient
from orchestration.reference.files import conflicts
from orchestration.rules.authority import check_conflict_of_interest, check_decision
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput
from shared.models.claim import ClaimStatus
from shared.models.inbox import DecisionItem
from shared.models.requests import Decision
from shared.session_store.opening import session_store
from shared.settings import settings
from triggers.http import route_table
from triggers.http.claim_queries import check_unchanged, known
from triggers.http.idempotency import arrival_ids, has_arrived, once
from triggers.http.principal import Principal, principal_of
from triggers.http.responses import accepted, claim_id_of, parse_body
from triggers.http.routes import serves

blueprint = Blueprint()


@serves(blueprint, route_table.DECIDE, once)
async def decide_claim(req: func.HttpRequest, durable_client: DurableClient) -> func.HttpResponse:
    officer = _officer(req)
    claim_id = claim_id_of(req)
    decision = _by(officer, parse_body(req, Decision))
    _check(decision)
    session = await known(claim_id)
    if not await has_arrived():  # a decision itself changes the claim that it was made on
        await check_unchanged(req, claim_id)
    status = session.context.status
    if status is not ClaimStatus.AWAITING_DECISION:
        raise Conflict(f"{claim_id} is {status}; it awaits no decision")
    aliases = officer.aliases if officer else frozenset[str]()
    check_conflict_of_interest(session.context, decision.officer_id, aliases, conflicts())
    check_decision(session.context, decision, four_eyes_limit=settings().four_eyes_limit)
    answer = accepted(req, claim_id, ClaimStatus.PROCESSING)
    arrival = DecisionItem(
        decision=decision, identity=officer.identity if officer and _is_authenticated() else None
    )
    arrivals = await arrival_ids(answer)
    await session_store().inbox.put(claim_id, arrival, arrival_id=next(arrivals))
    await durable_client.wake(claim_id)
    return answer


def _is_authenticated() -> bool:
    return settings().authentication_is_on or settings().officer_role is not None


def _officer(req: func.HttpRequest) -> Principal | None:
    """The officer who calls; None where no authentication is on and the request names nobody.

    Raises:
        Forbidden: nobody is authenticated, or not in the role of an officer.
    """
    officer, role = principal_of(req), settings().officer_role
    if not _is_authenticated():
        return officer
    if officer is None:
        raise Forbidden("a decision needs an authenticated officer")
    if role is None:
        raise Forbidden("nobody may decide: OFFICER_ROLE is not set")
    if role not in officer.roles:
        raise Forbidden(f"a decision needs the role {role}")
    return officer


def _by(officer: Principal | None, decision: Decision) -> Decision:
    """The decision under the officer's own name.

    Raises:
        Forbidden: the body names somebody else.
    """
    if officer is None:
        return decision
    if not officer.is_called(decision.officer_id):
        raise Forbidden("officer_id names somebody else than the officer who calls")
    return decision.model_copy(update={"officer_id": officer.identity.name})


def _check(decision: Decision) -> None:
    mismatch = {
        "approve": [("denial_reason", decision.denial_reason)],
        "deny": [("payout_amount", decision.payout_amount), ("override_reason", decision.override_reason)],
    }
    for field, value in mismatch[decision.decision]:
        if value is not None:
            error = FieldError(field=field, message=f"does not go with '{decision.decision}'")
            raise InvalidInput(f"{field} is wrong", [error])
