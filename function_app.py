"""The app: what wakes it (triggers/) and how a claim is decided (orchestration/)."""

import azure.functions as func
from azure.durable_functions import DFApp

from orchestration import activities, delivery
from orchestration.agents.prices import prices
from orchestration.agents.roster import roster
from orchestration.document_vocabulary import document_patterns
from orchestration.reference import conflicts
from orchestration.requirements import requirements
from shared.settings import settings
from shared.telemetry import quiet_libraries
from triggers import announcing, claims, description, health, officer, records, sweep, upload_links, uploads

quiet_libraries()

# What a claims team can get wrong stops the start, not the first claim.
settings()
requirements()
document_patterns()
conflicts()
roster()
prices()

app = DFApp(http_auth_level=func.AuthLevel.FUNCTION)
ROOMS = (claims, officer, records, upload_links, uploads, sweep, health, description, announcing)
for room in (*ROOMS, activities, delivery):
    app.register_functions(room.blueprint)
