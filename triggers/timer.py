"""Timer: the sweep."""

import logging
from dataclasses import asdict

from azure.durable_functions import Blueprint
from azure.functions.timer import TimerRequest

from orchestration.bootstrap import App
from orchestration.durable.client import DurableClient
from orchestration.durable.client_input import bind_durable_client
from orchestration.services import sweep as sweeping
from orchestration.services.backlog_metrics import log_backlog
from shared.telemetry.log import log_event, log_failure
from triggers.timer_schedule import is_first_of_day

logger = logging.getLogger(__name__)


def blueprint(app: App) -> Blueprint:
    """The function that sweeps."""
    functions = Blueprint()
    is_on_disk = app.settings.storage_path is not None

    @functions.timer_trigger(arg_name="timer", schedule=app.settings.sweep_schedule, use_monitor=True)
    @bind_durable_client(functions)
    async def sweep(timer: TimerRequest, durable_client: DurableClient) -> None:
        # On a disk, going through all claims costs little. Elsewhere it is done once a day and after the app
        # was down.
        thorough = is_on_disk or timer.past_due or is_first_of_day(timer, app.services.now())
        result = await sweeping.sweep(app.services, app.phases, durable_client, thorough=thorough)
        log_event(logger, "sweep", **asdict(result), past_due=timer.past_due)
        if not is_on_disk:  # a disk has no index to count by
            try:
                await log_backlog(app.store, app.services.now())
            except Exception as error:
                log_failure(logger, "backlog", error)

    return functions
