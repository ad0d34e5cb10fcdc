"""Events that could not be delivered: list them, send them again."""

import asyncio
import sys
from typing import TYPE_CHECKING

from client.api import check_claim_id
from client.connection import Target
from client.errors import InputError
from client.output import console_for, print_dead_letters, print_json
from client.storage import check_is_storage, storage
from client.text import complain

if TYPE_CHECKING:
    from shared.models.events import ClaimEvent

_EXIT_FAILED = 1


def dead_letters(target: Target, *, as_json: bool) -> int:
    """List the events of all claims that could not be delivered.

    Raises:
        InputError: an address is given.
        HostError: a setting is wrong.
    """
    check_is_storage(target, "dead-letters")
    letters = asyncio.run(_listed(target))
    if as_json:
        print_json({"dead_letters": [letter.model_dump(mode="json") for letter in letters]})
    else:
        print_dead_letters(console_for(sys.stdout), letters)
    return 0


def resend(target: Target, claim_id: str | None, *, as_json: bool) -> int:
    """Send the dead letters of a claim, or of all, once more; what is taken is no dead letter any more.

    Raises:
        InputError: an address is given, or no webhook is set.
        HostError: a setting is wrong.
        ApiError: no claim can have that id.
    """
    check_is_storage(target, "resend")
    sent, failures = asyncio.run(_resent(target, check_claim_id(claim_id) if claim_id else None))
    if as_json:
        print_json({"sent": [letter.id for letter in sent], "failed": failures})
    else:
        console_for(sys.stdout).print(f"{len(sent)} sent")
    for told, reason in failures.items():
        complain(f"{told}: {reason}; it stays a dead letter, and so do the claim's later ones")
    return _EXIT_FAILED if failures else 0


async def _listed(target: Target) -> "list[ClaimEvent]":
    async with storage(target) as (store, _):
        return await store.deliveries.dead_letters()


async def _resent(target: Target, claim_id: str | None) -> "tuple[list[ClaimEvent], dict[str, str]]":
    """What was taken, and by claim why the first event that was not taken was not."""
    from shared.webhook import NotDelivered
    from shared.webhook import Target as Webhook

    sent: list[ClaimEvent] = []
    failures: dict[str, str] = {}
    async with storage(target) as (store, settings):
        webhook = Webhook.of(settings)
        if webhook is None:
            raise InputError("there is no webhook: set WEBHOOK_URL and WEBHOOK_SECRET as the app has them")
        for letter in await store.deliveries.dead_letters(claim_id):
            if letter.claim_id in failures:
                continue
            try:
                await webhook.post(letter)
            except NotDelivered as error:
                failures[letter.claim_id] = str(error)
            else:
                await store.deliveries.delete_dead_letter(letter)
                sent.append(letter)
    return sent, failures
