"""The app: what wakes it (triggers/) and how a claim is decided (orchestration/)."""

import azure.functions as func
from azure.durable_functions import DFApp

from orchestration.bootstrap import bootstrap
from orchestration.durable import activities, announcing, event_delivery_activities
from shared.telemetry.log import quiet_libraries
from triggers import blob, timer
from triggers.http import api

quiet_libraries()

services = bootstrap()
app = DFApp(http_auth_level=func.AuthLevel.FUNCTION)
for trigger in (api, blob, timer):
    app.register_functions(trigger.blueprint(services))
for room in (announcing, activities, event_delivery_activities):
    app.register_functions(room.blueprint)
