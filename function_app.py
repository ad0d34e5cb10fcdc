"""The app: what wakes it (triggers/) and how a claim is decided (orchestration/)."""

import os

import azure.functions as func
from azure.durable_functions import DFApp

from orchestration.bootstrap import bootstrap
from orchestration.durable import activities, event_delivery_activities
from shared.telemetry.log import quiet_libraries
from triggers import blob, timer
from triggers.http import api

quiet_libraries()
claims = bootstrap(os.environ)
app = DFApp(http_auth_level=func.AuthLevel.FUNCTION)
for functions in (
    api.blueprint(claims),
    blob.blueprint(claims),
    timer.blueprint(claims),
    activities.blueprint(claims.store, claims.phases),
    event_delivery_activities.blueprint(claims.store, claims.settings),
):
    app.register_functions(functions)
