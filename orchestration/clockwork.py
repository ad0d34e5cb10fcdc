"""The orchestrations behind the claims: start, wake, stop. Whoever wakes a claim says nothing else."""

import asyncio

import grpc
from azure.durable_functions import DurableFunctionsClient
from durabletask.client import OrchestrationStatus

from orchestration.workflow import NAME, WAKE

_OVER = {OrchestrationStatus.COMPLETED, OrchestrationStatus.FAILED, OrchestrationStatus.TERMINATED}
_STOP_POLLS = 40
_STOP_POLL_SECONDS = 0.05


class Clockwork:
    """The durable client in the words of this app."""

    def __init__(self, client: DurableFunctionsClient) -> None:
        self._client = client

    async def is_alive(self, claim_id: str) -> bool:
        """Whether an orchestration for the claim runs or waits."""
        return await self._status(claim_id) not in {None, *_OVER}

    async def start(self, claim_id: str) -> None:
        """Start the claim's orchestration; nothing happens where one is alive."""
        if not await self._schedule(claim_id):
            await self._client.purge_orchestration(claim_id)
            await self._schedule(claim_id, is_last_try=True)

    async def wake(self, claim_id: str) -> None:
        """Let the claim look into its inbox: raise the event, or start an orchestration."""
        if await self.is_alive(claim_id):
            await self._client.raise_orchestration_event(claim_id, WAKE)
        else:
            await self.start(claim_id)

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

    async def _schedule(self, claim_id: str, *, is_last_try: bool = False) -> bool:
        """Whether one is alive now, this one or another; False where one that is over holds the id."""
        try:
            await self._client.schedule_new_orchestration(NAME, instance_id=claim_id)
        except grpc.RpcError:
            # Engines differ in what they answer for an id in use; what counts is that one is alive.
            is_alive = await self.is_alive(claim_id)
            if is_last_try and not is_alive:
                raise
            return is_alive
        return True

    async def _status(self, claim_id: str) -> OrchestrationStatus | None:
        state = await self._client.get_orchestration_state(claim_id, fetch_payloads=False)
        return state.runtime_status if state else None
