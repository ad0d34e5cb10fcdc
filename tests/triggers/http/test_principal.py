"""Who calls, as App Service authentication says."""

import base64
import json

import azure.functions as func
import pytest

from shared.errors import Forbidden
from triggers.http.principal import HEADER, principal_of


def encoded(document: object) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


def request(header: str | None) -> func.HttpRequest:
    return func.HttpRequest("POST", "/api", headers={} if header is None else {HEADER: header}, body=b"")


def claims(**values: str | list[str]) -> list[dict[str, str]]:
    return [
        {"typ": kind, "val": value}
        for kind, given in values.items()
        for value in ([given] if isinstance(given, str) else given)
    ]


def test_a_principal_has_a_name_aliases_and_roles() -> None:
    document = {
        "auth_typ": "aad",
        "name_typ": "name",
        "role_typ": "roles",
        "claims": claims(
            name="Jo Doe", preferred_username="jdoe@example.com", oid="0-1", roles=["Officer", "Reader"]
        ),
    }
    principal = principal_of(request(encoded(document)))
    assert principal
    assert principal.identity.model_dump() == {
        "provider": "aad",
        "name": "jdoe@example.com",
        "user_id": "0-1",
    }
    assert principal.roles == {"Officer", "Reader"}
    for name in ("JDoe@Example.com", " Jo Doe ", "0-1"):
        assert principal.is_called(name)
    for other in ("", "Jo", "Officer", "aad"):
        assert not principal.is_called(other)


def test_names_and_roles_may_be_claims_of_the_principals_own_types() -> None:
    document = {"name_typ": "nick", "role_typ": "part", "claims": claims(nick="jdoe", part="Officer")}
    principal = principal_of(request(encoded(document)))
    assert principal
    assert (principal.identity.name, principal.roles) == ("jdoe", {"Officer"})


def test_a_request_without_the_header_names_nobody() -> None:
    assert principal_of(request(None)) is None


@pytest.mark.parametrize(
    "header",
    [
        "no base64 …".encode().decode("latin-1"),
        base64.b64encode(b"no JSON").decode(),
        base64.b64encode(b"\xff").decode(),
        encoded([]),
        encoded({"claims": "jdoe"}),
        encoded({"claims": [{"typ": "name"}]}),
        encoded({}),
        encoded({"claims": claims(name=" ", roles="Officer")}),
    ],
)
def test_a_forged_header_that_says_nothing_is_refused(header: str) -> None:
    with pytest.raises(Forbidden):
        principal_of(request(header))
