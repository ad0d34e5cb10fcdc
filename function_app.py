"""The app: what wakes it (triggers/) and how a claim is decided (orchestration/)."""

import azure.functions as func
from azure.durable_functions import DFApp

from orchestration.agents.prices import prices
from orchestration.agents.roster import roster
from orchestration.durable import activities, announcing, event_delivery_activities
from orchestration.rules.reference import conflicts
from orchestration.rules.requirements import requirements
from reading.papers.classification import classifier
from shared.settings import settings
from shared.telemetry.log import quiet_libraries
from triggers import blob, timer
from triggers.http import (
    audit_export,
    claims,
    health,
    officer,
    openapi_endpoints,
    upload_links,
)

quiet_libraries()

# What a claims team can get wrong stops the start, not the first claim.
settings()
requirements()
classifier(frozenset(requirements().document_types))
conflicts()
roster()
prices()

app = DFApp(http_auth_level=func.AuthLevel.FUNCTION)
ROOMS = (claims, officer, audit_export, upload_links, blob, timer, health, openapi_endpoints, announcing)
for room in (*ROOMS, activities, event_delivery_activities):
    app.register_functions(room.blueprint)
