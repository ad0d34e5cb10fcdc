"""Timer: the sweep."""

import logging
from dataclasses import asdict

from azure.durable_functions import Blueprint
from azure.functions.timer import TimerRequest

from orchestration import upkeep
from orchestration.backlog import tell_backlog
from orchestration.clockwork import Clockwork
from shared.clock import utc_now
from shared.settings import settings
from shared.storage import session_store
from shared.telemetry import log_event, log_failure
from triggers.clockwork_input import clockwork_input
from triggers.schedule import is_first_of_day

logger = logging.getLogger(__name__)
blueprint = Blueprint()


@blueprint.timer_trigger(arg_name="timer", schedule=settings().sweep_schedule, use_monitor=True)
@clockwork_input(blueprint)
async def sweep(timer: TimerRequest, clockwork: Clockwork) -> None:
    # On a disk a look at everything costs little. Elsewhere it is for when the app was down, and once a day.
    is_rare = timer.past_due or is_first_of_day(timer, utc_now())
    thorough = is_rare or settings().storage_path is not None
    result = await upkeep.sweep(session_store(), clockwork, settings(), utc_now(), thorough=thorough)
    log_event(logger, "sweep", **asdict(result), past_due=timer.past_due)
    if settings().storage_path is None:  # a disk has no index to count by
        try:
            await tell_backlog(session_store(), utc_now())
        except Exception as error:
            log_failure(logger, "backlog", error)
