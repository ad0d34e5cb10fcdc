"""Activity: a claim has events to deliver."""

from azure.durable_functions import Blueprint

from orchestration.durable.client import DurableClient
from orchestration.durable.client_input import bind_durable_client
from orchestration.durable.workflow import ANNOUNCE

blueprint = Blueprint()


@blueprint.activity_trigger(input_name="claim", activity=ANNOUNCE)
@bind_durable_client(blueprint)
async def announce(claim: str, durable_client: DurableClient) -> None:
    await durable_client.announce(claim)
