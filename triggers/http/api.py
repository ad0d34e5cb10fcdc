"""The API: which handler serves which route."""

from azure.durable_functions import Blueprint

from orchestration.bootstrap import App
from triggers.http import audit_export, claims, officer, openapi_endpoints, route_table
from triggers.http.serving import Server


def blueprint(app: App) -> Blueprint:
    """The functions that serve the API."""
    server = Server(app)
    description = openapi_endpoints.Description(app.rulebook.requirements)
    for route, query in (
        (route_table.LIST, claims.list_claims),
        (route_table.READ, claims.get_claim),
        (route_table.MISSING, claims.get_missing_documents),
        (route_table.HISTORY, claims.get_history),
        (route_table.AUDIT, audit_export.get_audit),
        (route_table.EXPORT, audit_export.export_claim),
        (route_table.HEALTH, openapi_endpoints.health),
        (route_table.OPENAPI, description.openapi),
        (route_table.DOCS, description.docs),
    ):
        server.query(route, query)
    for route, command in (
        (route_table.SUBMIT, claims.submit_claim),
        (route_table.CONTINUE, claims.continue_claim),
        (route_table.DOCUMENTS, claims.add_documents),
        (route_table.UPLOAD_LINKS, claims.create_upload_links),
        (route_table.DECIDE, officer.decide_claim),
        (route_table.WITHDRAW, claims.withdraw_claim),
        (route_table.ERASE, claims.erase_claim),
    ):
        server.command(route, command)
    return server.blueprint
