"""Timer: the sweep."""

import logging
from dataclasses import asdict

import azure.functions as func
from azure.durable_functions import Blueprint, DurableFunctionsClient

from orchestration import upkeep
from orchestration.clockwork import Clockwork
from shared.models import utc_now
from shared.settings import settings
from shared.storage import session_store

logger = logging.getLogger(__name__)
blueprint = Blueprint()


@blueprint.timer_trigger(arg_name="timer", schedule=settings().sweep_schedule, use_monitor=True)
@blueprint.durable_client_input(client_name="client")
async def sweep(timer: func.TimerRequest, client: DurableFunctionsClient) -> None:
    result = await upkeep.sweep(session_store(), Clockwork(client), settings(), utc_now())
    logger.info("sweep: %s%s", asdict(result), " (past due)" if timer.past_due else "")
