"""HTTP: the officer's decision."""

import azure.functions as func
from azure.durable_functions import Blueprint

from orchestration.clockwork import Clockwork
from shared.errors import Conflict, FieldError, InvalidInput, NotFound
from shared.models import ArrivedDecision, ClaimStatus, Decision
from shared.storage import session_store
from triggers import api
from triggers.answers import accepted, claim_id_of, parse_body
from triggers.idempotency import arrival_ids, once
from triggers.routes import serves

blueprint = Blueprint()


@serves(blueprint, api.DECIDE, once)
async def decide_claim(req: func.HttpRequest, clockwork: Clockwork) -> func.HttpResponse:
    claim_id = claim_id_of(req)
    decision = parse_body(req, Decision)
    _check(decision)
    store = session_store()
    session = await store.load_session(claim_id)
    if session is None:
        raise NotFound(f"there is no claim {claim_id}")
    status = session.context.status
    if status is not ClaimStatus.AWAITING_DECISION:
        raise Conflict(f"{claim_id} is {status}; it awaits no decision")
    answer = accepted(req, claim_id, ClaimStatus.PROCESSING)
    ids = await arrival_ids(answer)
    await store.put_arrival(claim_id, ArrivedDecision(decision=decision), arrival_id=next(ids))
    await clockwork.wake(claim_id)
    return answer


def _check(decision: Decision) -> None:
    mismatch = {
        "approve": ("denial_reason", decision.denial_reason),
        "deny": ("payout_amount", decision.payout_amount),
    }
    field, value = mismatch[decision.decision]
    if value is not None:
        error = FieldError(field=field, message=f"does not go with '{decision.decision}'")
        raise InvalidInput(f"{field} is wrong", [error])
