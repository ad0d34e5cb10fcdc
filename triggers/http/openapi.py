"""The OpenAPI 3.1 document, made of the table of routes and the models that serve them."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from orchestration.rules.requirements import Requirements
from shared.document_types import OTHER
from shared.errors import ClaimsError, TooManyRequests
from shared.names import CLAIM_ID
from shared.version import __version__
from triggers.http.problems import PROBLEMS, ProblemKind
from triggers.http.route_table import CLAIM_TYPE, ROUTES
from triggers.http.routes import JSON, Body, Parameter, Route, RouteResponse, Text
from triggers.http.views import Problem

Document = dict[str, Any]
Mode = Literal["validation", "serialization"]

PROBLEM = "application/problem+json"
KEY, KEY_IN_QUERY, OFFICER = "functionKey", "functionKeyInQuery", "appServiceAuthentication"

_DESCRIPTION = (
    "Insurance claims that wait for their papers. Instants are UTC, durations ISO 8601, amounts in the "
    "policy's currency. Every error is a problem of RFC 9457; what is refused leaves nothing behind."
)
_SECURITY_SCHEMES = {
    KEY: {
        "type": "apiKey",
        "in": "header",
        "name": "x-functions-key",
        "description": "A function key of the app; the embedded host asks for none.",
    },
    KEY_IN_QUERY: {
        "type": "apiKey",
        "in": "query",
        "name": "code",
        "description": "The same key, where no header can be set.",
    },
    OFFICER: {
        "type": "openIdConnect",
        "openIdConnectUrl": "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration",
        "description": "App Service authentication: it hands the officer's identity and roles to the app in "
        "X-MS-CLIENT-PRINCIPAL. The URL is that of your identity provider.",
    },
}
_RETRY_AFTER = {
    "description": "Seconds after which the same request may be taken.",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
_UNAUTHORIZED = "The function key is missing or wrong; the Functions host answers, before the app."

EXAMPLES_FILE = Path(__file__).with_name("examples.yaml")

_Schemas = Mapping[tuple[Any, Mode], Document]


def openapi(requirements: Requirements) -> Document:
    """The document; which claim and document types there are is what the requirement rules say."""
    schemas, definitions = models_json_schema(
        sorted(_models(), key=lambda pair: (pair[0].__name__, pair[1])),
        ref_template="#/components/schemas/{model}",
    )
    components: Document = definitions["$defs"]
    _name_the_types(components, requirements)
    paths: dict[str, Document] = {}
    examples = _examples()
    for route in ROUTES:
        operation = _operation(route, schemas, examples.get(route.name, {}), requirements)
        paths.setdefault(f"/{route.path}", {})[route.method.lower()] = operation
    for path, item in paths.items():
        if parameters := [_path_parameter(name) for name in re.findall(r"\{(\w+)\}", path)]:
            item["parameters"] = parameters
    return {
        "openapi": "3.1.0",
        "info": {"title": "Claims Orchestrator", "version": __version__, "description": _DESCRIPTION},
        "servers": [{"url": "/api"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {str(kind.status): _problem(error, kind) for error, kind in PROBLEMS.items()},
            "links": {route.name: _link(route) for route in _of_a_claim()},
            "securitySchemes": _SECURITY_SCHEMES,
        },
    }


def _examples() -> Document:
    return yaml.safe_load(EXAMPLES_FILE.read_text(encoding="utf-8"))


def _models() -> Iterable[tuple[type[BaseModel], Mode]]:
    found: set[tuple[type[BaseModel], Mode]] = {(Problem, "serialization")}
    for route in ROUTES:
        found |= {(body.model, "validation") for body in route.bodies if body.model}
        found |= {(model, "serialization") for given in route.responses for model in _response_models(given)}
    return found


def _response_models(given: RouteResponse) -> tuple[type[BaseModel], ...]:
    if isinstance(given.model, tuple):
        return given.model
    return (given.model,) if given.model else ()


def _name_the_types(components: Document, rules: Requirements) -> None:
    """Say which types there are: they are data, and the models only know that they are words."""
    documents = [*rules.document_types, OTHER]
    for model, name, known in (
        ("Submission", "claim_type", [*rules.claim_types]),
        ("DocumentInput", "type", documents),
        ("Note", "type", [*rules.information, *documents]),
    ):
        schema: Document = components[model]["properties"][name]
        alternatives: list[Document] = schema.get("anyOf", [schema])
        alternatives[0].pop("pattern")
        alternatives[0]["enum"] = known


def _operation(route: Route, schemas: _Schemas, examples: Document, rules: Requirements) -> Document:
    operation: Document = {"operationId": route.name, "summary": route.summary}
    if route.description:
        operation["description"] = route.description
    parameters = [
        *(_parameter(parameter, "query", rules) for parameter in route.query),
        *(_parameter(header, "header", rules) for header in route.headers),
    ]
    if parameters:
        operation["parameters"] = parameters
    if route.bodies:
        shown: Document = examples.get("bodies", {})
        content = {b.content_type: _body(b, schemas, shown.get(b.content_type, {})) for b in route.bodies}
        operation["requestBody"] = {"required": True, "content": content}
    operation["responses"] = _responses(route, schemas, examples.get("answers", {}))
    operation["security"] = _security(route)
    return operation


def _security(route: Route) -> list[Document]:
    if not route.asks_for_key:
        return [{}]
    officer: Document = {OFFICER: []} if route.asks_for_officer else {}
    return [{KEY: []} | officer, {KEY_IN_QUERY: []} | officer]


def _responses(route: Route, schemas: _Schemas, examples: Mapping[int, Any]) -> Document:
    responses: Document = {}
    for given in route.responses:
        response = responses.setdefault(str(given.status), {"description": given.description})
        if given.headers:
            response["headers"] = {
                name: {"description": description, "schema": {"type": "string"}}
                for name, description in given.headers.items()
            }
        if given.leads_on:
            names = [route.name for route in _of_a_claim()]
            response["links"] = {name: {"$ref": f"#/components/links/{name}"} for name in names}
        models = [schemas[model, "serialization"] for model in _response_models(given)]
        schema = given.schema or (models[0] if len(models) == 1 else {"anyOf": models} if models else None)
        if schema is not None:
            media: Document = {"schema": schema}
            if given.content_type == JSON and given.status in examples:
                media["example"] = examples[given.status]
            response.setdefault("content", {})[given.content_type] = media
    if route.asks_for_key:
        responses["401"] = {"description": _UNAUTHORIZED}
    limit = (PROBLEMS[TooManyRequests].status,) if route.has_rate_limit else ()
    for status in (*route.problems, *limit, 500):
        responses[str(status)] = {"$ref": f"#/components/responses/{status}"}
    return dict(sorted(responses.items()))


def _body(body: Body, schemas: _Schemas, examples: Document) -> Document:
    media: Document = {"schema": schemas[body.model, "validation"] if body.model else body.schema}
    if examples:
        media["examples"] = {name: {"value": value} for name, value in examples.items()}
    return media


def _parameter(parameter: Parameter, place: str, rules: Requirements) -> Document:
    schema = parameter.schema
    if parameter is CLAIM_TYPE:
        schema = {"type": "string", "enum": [*rules.claim_types]}
    described: Document = {
        "name": parameter.name,
        "in": place,
        "description": parameter.description,
        "schema": schema,
    }
    if isinstance(parameter, Text) and parameter.schema.get("type") == "array":
        described |= {"style": "form", "explode": False}
    return described


def _path_parameter(name: str) -> Document:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": "The claim's id.",
        "schema": CLAIM_ID,
    }


def _of_a_claim() -> list[Route]:
    return [route for route in ROUTES if "{claim_id}" in route.path]


def _link(route: Route) -> Document:
    """To an operation on the claim that an answer names."""
    return {
        "operationId": route.name,
        "parameters": {"path.claim_id": "$response.body#/claim_id"},
        "description": route.summary,
    }


def _problem(error: type[ClaimsError], kind: ProblemKind) -> Document:
    example: Document = {
        "type": "about:blank",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.example,
    }
    response: Document = {
        "description": kind.title,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    if error is TooManyRequests:
        response["headers"] = {"Retry-After": _RETRY_AFTER}
    return response
