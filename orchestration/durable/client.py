"""Starts, wakes and stops the orchestrations behind the claims. A wake carries no facts: the inbox does."""

import asyncio
from typing import Protocol

import grpc
from azure.durable_functions import DurableFunctionsClient
from durabletask.client import OrchestrationStatus

from orchestration.durable import event_delivery
from orchestration.durable.workflow import NAME, WAKE
from shared.models.events import ClaimEvent

_OVER = {OrchestrationStatus.COMPLETED, OrchestrationStatus.FAILED, OrchestrationStatus.TERMINATED}
_STOP_POLLS = 40
_STOP_POLL_SECONDS = 0.05


class ClaimRunner(Protocol):
    """Whatever lets claims go on: the durable client, or nobody where a caller works its claims itself."""

    async def start(self, claim_id: str) -> None:
        """Begin the work on a claim; nothing happens where it has begun."""
        ...

    async def wake(self, claim_id: str) -> None:
        """Have the claim's workflow take in its inbox."""
        ...

    async def announce(self, claim_id: str) -> None:
        """Have the claim's events delivered."""
        ...


class DurableClient:
    """The durable client in the words of this app."""

    def __init__(self, client: DurableFunctionsClient) -> None:
        self._client = client

    async def is_alive(self, claim_id: str) -> bool:
        """Whether an orchestration for the claim runs or waits."""
        return await self._status(claim_id) not in {None, *_OVER}

    async def start(self, claim_id: str) -> None:
        """Start the claim's orchestration; nothing happens where one is alive."""
        await self._start(NAME, claim_id)

    async def wake(self, claim_id: str) -> None:
        """Have the claim's workflow take in its inbox: raise the event, or start an orchestration."""
        await self._wake(NAME, claim_id)

    async def announce(self, claim_id: str) -> None:
        """Have the claim's events delivered."""
        await self._wake(event_delivery.NAME, event_delivery.instance_of(claim_id))

    async def announce_erasure(self, event: ClaimEvent) -> None:
        """Have the event that the claim is gone delivered, as soon as it is gone."""
        erasure = event_delivery.Erasure(event=event.model_dump_json(), failures=0)
        await self._start(event_delivery.ERASURE, event_delivery.erasure_of(event.claim_id), erasure)

    async def stop(self, claim_id: str) -> None:
        """End the claim's orchestration and erase its history; safe to repeat.

        An engine that takes longer to stop than we wait keeps the history; the sweep erases it then.
        """
        if await self.is_alive(claim_id):
            await self._client.terminate_orchestration(claim_id)
            for _ in range(_STOP_POLLS):
                if not await self.is_alive(claim_id):
                    break
                await asyncio.sleep(_STOP_POLL_SECONDS)
        await self._client.purge_orchestration(claim_id)

    async def silence(self, claim_id: str) -> None:
        """Deliver no more of the claim's events."""
        await self.stop(event_delivery.instance_of(claim_id))

    async def _wake(self, name: str, instance: str) -> None:
        if await self.is_alive(instance):
            await self._client.raise_orchestration_event(instance, WAKE)
        else:
            await self._start(name, instance)

    async def _start(self, name: str, instance: str, given: object = None) -> None:
        if not await self._schedule(name, instance, given):
            await self._client.purge_orchestration(instance)
            await self._schedule(name, instance, given, is_last_try=True)

    async def _schedule(self, name: str, instance: str, given: object, *, is_last_try: bool = False) -> bool:
        """Whether one is alive now, this one or another; False where one that is over holds the id."""
        try:
            await self._client.schedule_new_orchestration(name, input=given, instance_id=instance)
        except grpc.RpcError:
            # Engines differ in what they answer for an id in use; what counts is that one is alive.
            is_alive = await self.is_alive(instance)
            if is_last_try and not is_alive:
                raise
            return is_alive
        return True

    async def _status(self, claim_id: str) -> OrchestrationStatus | None:
        state = await self._client.get_orchestration_state(claim_id, fetch_payloads=False)
        return state.runtime_status if state else None
