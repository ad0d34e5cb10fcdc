"""Deciding a claim, as an officer."""

from collections.abc import Callable

from orchestration.durable.client import ClaimRunner
from orchestration.rules.authority import check_conflict_of_interest, check_decision
from orchestration.services.additions import Addition
from orchestration.services.claim_queries import ShownClaim
from orchestration.services.context import ServiceContext
from orchestration.services.keyed_requests import KeyedRequest
from shared.errors import Conflict, FieldError, InvalidInput, Outdated
from shared.models.claim import ClaimStatus, Identity
from shared.models.inbox import DecisionItem
from shared.models.requests import Decision


async def decide(
    services: ServiceContext,
    client: ClaimRunner,
    claim_id: str,
    decision: Decision,
    *,
    identity: Identity | None = None,
    aliases: frozenset[str] = frozenset(),
    is_expected: Callable[[ShownClaim], bool] = lambda _: True,
    request: KeyedRequest | None = None,
) -> None:
    """Leave an officer's decision for a claim that awaits one.

    Args:
        services: what use cases work with.
        client: wakes the claim.
        claim_id: the claim.
        decision: the decision, under the officer's own name.
        identity: who the officer is, where authentication says so.
        aliases: every name by which authentication knows the officer.
        is_expected: whether the claim, as it is now, is the one that the officer has read.
        request: the request, where it has an idempotency key.

    Raises:
        InvalidInput: fields of the decision do not go together, or a reason is missing.
        NotFound: there is no such claim.
        Outdated: the claim is not as the officer has read it.
        Conflict: the claim awaits no decision, or this officer has decided the same already.
        Forbidden: the officer may not decide this claim.
    """
    _check_fields(decision)
    addition = await Addition.to(services, claim_id, request)
    context = addition.context
    if addition.session and not addition.has_arrived:
        if not is_expected(ShownClaim.of(addition.session, addition.waiting)):
            raise Outdated(f"{claim_id} has changed since it was read; read it again")
        if context.status is not ClaimStatus.AWAITING_DECISION:
            raise Conflict(f"{claim_id} is {context.status}; it awaits no decision")
        check_conflict_of_interest(context, decision.officer_id, aliases, services.conflicts)
        check_decision(context, decision, four_eyes_limit=services.settings.four_eyes_limit)
    await addition.leave(client, DecisionItem(decision=decision, identity=identity))


def _check_fields(decision: Decision) -> None:
    mismatch = {
        "approve": [("denial_reason", decision.denial_reason)],
        "deny": [("payout_amount", decision.payout_amount), ("override_reason", decision.override_reason)],
    }
    for field, value in mismatch[decision.decision]:
        if value is not None:
            error = FieldError(field=field, message=f"does not go with '{decision.decision}'")
            raise InvalidInput(f"{field} is wrong", [error])
