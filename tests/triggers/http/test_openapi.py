"""The OpenAPI document describes what is served: every route, field, status and error, and nothing else."""

from html.parser import HTMLParser
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError
from openapi_spec_validator import OpenAPIV31SpecValidator

from orchestration.reference.files import load_requirements
from shared.models.claim import ClaimState, ClaimStatus
from tests.docs.markdown import GUIDE, table
from tests.host.refusals import ids
from tests.test_function_app import routes
from triggers.http.docs_page import docs_page
from triggers.http.openapi import EXAMPLES_FILE, PROBLEM, openapi
from triggers.http.problems import PROBLEMS
from triggers.http.route_table import ROUTES

RULES = load_requirements()
DOCUMENT = openapi(RULES)
PAGE = docs_page(DOCUMENT)
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
OPERATIONS: list[tuple[str, str, dict[str, Any]]] = [
    (method.upper(), path, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
]
MEDIA: list[tuple[str, dict[str, Any]]] = [
    (f"{method} {path} {kind}", media)
    for method, path, operation in OPERATIONS
    for part in (operation.get("requestBody", {}), *operation["responses"].values())
    for kind, media in part.get("content", {}).items()
]

EXAMPLES = {"example", "examples"}


def check(value: object, schema: dict[str, Any]) -> None:
    """Raises where `value` is not what a schema of the document says."""
    whole = schema | {"components": DOCUMENT["components"]}
    checker = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    checker.validate(value)  # pyright: ignore[reportUnknownMemberType]


def test_it_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()  # pyright: ignore[reportArgumentType]


def test_it_has_every_route_that_is_served_and_no_other() -> None:
    assert sorted(f"{method} {path}" for method, path, _ in OPERATIONS) == sorted(routes())
    assert sorted(f"{route.method} /{route.path}" for route in ROUTES) == sorted(routes())


@pytest.mark.parametrize("media", **ids(dict(MEDIA)))
def test_an_example_fits_its_schema(media: dict[str, Any]) -> None:
    shown = [example["value"] for example in media.get("examples", {}).values()]
    for value in [*shown, *([media["example"]] if "example" in media else [])]:
        check(value, media["schema"])


def test_every_json_body_and_answer_has_an_example() -> None:
    bare = [place for place, media in MEDIA if place.endswith("/json") and not EXAMPLES & media.keys()]
    assert bare == ["GET /openapi.json application/json"]


def test_every_example_on_file_is_of_an_operation() -> None:
    examples: dict[str, Any] = yaml.safe_load(EXAMPLES_FILE.read_text(encoding="utf-8"))
    shown = [
        (name, *place)
        for name in examples.keys() - {"shared"}
        for part, entries in examples[name].items()
        for place in ((part, str(entry)) for entry in entries)
    ]
    in_document = [
        (operation["operationId"], *place)
        for _, _, operation in OPERATIONS
        for place in (
            *(("bodies", kind) for kind in operation.get("requestBody", {}).get("content", {})),
            *(("answers", status) for status in operation["responses"]),
        )
    ]
    assert set(shown) - set(in_document) == set()


def test_what_does_not_fit_is_noticed() -> None:
    with pytest.raises(ValidationError):
        check({"claim_id": "a/b"}, {"$ref": "#/components/schemas/Submission"})


def test_every_error_is_described_as_a_problem() -> None:
    described = DOCUMENT["components"]["responses"]
    assert described.keys() == {str(kind.status) for kind in PROBLEMS.values()}
    for status, response in described.items():
        media = response["content"][PROBLEM]
        check(media["example"], media["schema"])
        assert media["example"]["status"] == int(status)


def test_every_route_but_health_may_say_when_to_come_back() -> None:
    limited = {path for _, path, operation in OPERATIONS if "429" in operation["responses"]}
    assert limited == DOCUMENT["paths"].keys() - {"/health"}
    assert DOCUMENT["components"]["responses"]["429"]["headers"]["Retry-After"]["required"]


def test_every_error_is_in_the_guide_and_every_one_there_exists() -> None:
    documented = {status for status, _ in table(GUIDE, "Errors")}
    assert documented == DOCUMENT["components"]["responses"].keys()


def test_it_names_every_status_state_and_type() -> None:
    assert SCHEMAS["ClaimStatus"]["enum"] == [*ClaimStatus]
    assert SCHEMAS["ClaimState"]["enum"] == [*ClaimState]
    assert SCHEMAS["Submission"]["properties"]["claim_type"]["anyOf"][0]["enum"] == [*RULES.claim_types]


def test_what_the_app_takes_has_no_other_fields() -> None:
    inputs = ("Submission", "Continuation", "Decision", "Withdrawal", "Note", "DocumentInput", "Claimant")
    assert all(SCHEMAS[name]["additionalProperties"] is False for name in inputs)


def test_from_a_claim_every_operation_on_it_is_linked() -> None:
    of_a_claim = {operation["operationId"] for _, path, operation in OPERATIONS if "{claim_id}" in path}
    links = DOCUMENT["components"]["links"]
    assert links.keys() == of_a_claim
    linked = {
        operation["operationId"]
        for _, _, operation in OPERATIONS
        for response in operation["responses"].values()
        if response.get("links") == {name: {"$ref": f"#/components/links/{name}"} for name in links}
    }
    assert linked == {"submit_claim", "get_claim", "continue_claim", "decide_claim", "withdraw_claim"}


def test_only_health_is_open() -> None:
    open_to_all = {path for _, path, operation in OPERATIONS if {} in operation["security"]}
    assert open_to_all == {"/health"}


def test_every_field_of_the_claim_is_in_the_guide() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    shown = [*SCHEMAS["ClaimView"]["properties"], *SCHEMAS["Submission"]["properties"]]
    assert [field for field in shown if f"`{field}`" not in guide and f'"{field}"' not in guide] == []


class _Page(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags = "", list[tuple[str, dict[str, str | None]]]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_for_people_names_every_route_status_and_field() -> None:
    text = _Page(PAGE).text
    for method, path, operation in OPERATIONS:
        assert f"{method} {path}" in text
        assert operation["summary"] in text
    for name, schema in SCHEMAS.items():
        assert name in text
        assert all(field in text for field in schema.get("properties", {}))


def test_the_page_for_people_asks_for_nothing_else() -> None:
    for tag, attributes in _Page(PAGE).tags:
        assert tag not in {"script", "img", "iframe", "object", "link", "base"}
        assert "src" not in attributes
        assert str(attributes.get("href", "#")).startswith("#")
    assert "url(" not in PAGE
    assert "@import" not in PAGE


def test_the_pages_links_lead_somewhere() -> None:
    tags = _Page(PAGE).tags
    targets = {str(attributes["id"]) for _, attributes in tags if "id" in attributes}
    links = {str(attributes["href"])[1:] for _, attributes in tags if "href" in attributes}
    assert links <= targets
