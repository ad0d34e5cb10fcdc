"""Timer: the sweep."""

import logging
from dataclasses import asdict

from azure.durable_functions import Blueprint
from azure.functions.timer import TimerRequest

from orchestration.durable.client import DurableClient
from orchestration.durable.client_input import bind_durable_client
from orchestration.services import sweep as sweeping
from orchestration.services.backlog_metrics import tell_backlog
from shared.clock import utc_now
from shared.session_store.opening import session_store
from shared.settings import settings
from shared.telemetry.log import log_event, log_failure
from triggers.timer_schedule import is_first_of_day

logger = logging.getLogger(__name__)
blueprint = Blueprint()


@blueprint.timer_trigger(arg_name="timer", schedule=settings().sweep_schedule, use_monitor=True)
@bind_durable_client(blueprint)
async def sweep(timer: TimerRequest, durable_client: DurableClient) -> None:
    # On a disk a look at everything costs little. Elsewhere it is for when the app was down, and once a day.
    is_rare = timer.past_due or is_first_of_day(timer, utc_now())
    thorough = is_rare or settings().storage_path is not None
    result = await sweeping.sweep(session_store(), durable_client, settings(), utc_now(), thorough=thorough)
    log_event(logger, "sweep", **asdict(result), past_due=timer.past_due)
    if settings().storage_path is None:  # a disk has no index to count by
        try:
            await tell_backlog(session_store(), utc_now())
        except Exception as error:
            log_failure(logger, "backlog", error)
