"""Withdrawing a claim."""

from orchestration.durable.client import ClaimRunner
from orchestration.services.additions import Addition
from orchestration.services.context import ServiceContext
from orchestration.services.keyed_requests import KeyedRequest
from shared.errors import Conflict
from shared.models.inbox import WithdrawalItem


async def withdraw(
    services: ServiceContext,
    client: ClaimRunner,
    claim_id: str,
    reason: str,
    request: KeyedRequest | None = None,
) -> None:
    """Ask for the end of a claim that is not decided yet, for the claimant's reason.

    Raises:
        NotFound: there is no such claim.
        Conflict: the claim is over or decided.
    """
    addition = await Addition.to(services, claim_id, request)
    addition.check_open()
    if addition.context.decision and not addition.has_arrived:
        raise Conflict(f"{claim_id} is decided; a decided claim cannot be withdrawn")
    await addition.leave(client, WithdrawalItem(reason=reason))
