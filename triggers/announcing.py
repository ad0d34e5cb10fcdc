"""Activity: a claim has events to deliver."""

from azure.durable_functions import Blueprint

from orchestration.clockwork import Clockwork
from orchestration.workflow import ANNOUNCE
from triggers.clockwork_input import clockwork_input

blueprint = Blueprint()


@blueprint.activity_trigger(input_name="claim", activity=ANNOUNCE)
@clockwork_input(blueprint)
async def announce(claim: str, clockwork: Clockwork) -> None:
    await clockwork.announce(claim)
