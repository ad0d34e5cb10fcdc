"""HTTP: the officer's decision."""

import azure.functions as func
from azure.durable_functions import Blueprint

from orchestration.clockwork import Clockwork
from shared.errors import Conflict, FieldError, InvalidInput
from shared.models import ArrivedDecision, ClaimStatus, Decision
from shared.storage import session_store
from triggers import api
from triggers.answers import accepted, claim_id_of, parse_body
from triggers.idempotency import arrival_ids, once
from triggers.reading import check_unchanged, known
from triggers.routes import serves

blueprint = Blueprint()


@serves(blueprint, api.DECIDE, once)
async def decide_claim(req: func.HttpRequest, clockwork: Clockwork) -> func.HttpResponse:
    claim_id = claim_id_of(req)
    decision = parse_body(req, Decision)
    _check(decision)
    session = await known(claim_id)
    await check_unchanged(req, claim_id)
    status = session.context.status
    if status is not ClaimStatus.AWAITING_DECISION:
        raise Conflict(f"{claim_id} is {status}; it awaits no decision")
    answer = accepted(req, claim_id, ClaimStatus.PROCESSING)
    ids = await arrival_ids(answer)
    await session_store().put_arrival(claim_id, ArrivedDecision(decision=decision), arrival_id=next(ids))
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
