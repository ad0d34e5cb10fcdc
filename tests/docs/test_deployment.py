"""What the docs say of the deployment is what the templates do."""

import json
import re
from typing import Any, cast

from tests.docs.markdown import ROOT
from tests.infra.templates import MODULES, all_resources, main
from tests.infra.test_templates import roles

DEPLOYMENT = (ROOT / "docs/deployment.md").read_text("utf-8")
SECURITY = (ROOT / "docs/security.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
CODE = re.compile(r"`([^`\n]+)`")


def test_every_parameter_is_documented() -> None:
    parameters = cast(dict[str, Any], main()["parameters"])
    assert set(CODE.findall(DEPLOYMENT)) >= parameters.keys()


def test_every_choice_of_an_environment_is_documented_and_can_be_made_from_github() -> None:
    given = (ROOT / "infra/main.parameters.json").read_text("utf-8")
    choices = set(re.findall(r"\$\{(\w+)", given)) - {"AZURE_ENV_NAME", "AZURE_LOCATION"}
    assert choices
    assert set(CODE.findall(DEPLOYMENT)) >= choices
    workflow = (ROOT / ".github/workflows/deploy.yml").read_text("utf-8")
    assert set(re.findall(r"^ {6}(\w+):", workflow, re.M)) >= choices


def test_every_module_is_in_the_list_of_what_is_made() -> None:
    assert set(CODE.findall(DEPLOYMENT)) >= {path.stem for path in MODULES}


def test_every_role_is_explained() -> None:
    held = {
        role
        for r in all_resources()
        if r.type == "Microsoft.Authorization/roleAssignments"
        for role in roles(r)
    }
    assert {word for word in CODE.findall(SECURITY) if re.fullmatch(r"[0-9a-f-]{36}", word)} == held


def test_every_alert_is_listed() -> None:
    alerts = (ROOT / "infra/modules/alerts.bicep").read_text("utf-8")
    rules = re.findall(r"^    name: '([a-z-]+)'$", alerts, re.M)
    metrics = re.findall(r"^  name: '([a-z]+(?:-[a-z]+)+)-\$\{token\}'$", alerts, re.M)
    listed = re.findall(r"^\| ([a-z]+(?:-[a-z]+)+) \|", OPERATIONS, re.M)
    assert sorted(listed) == sorted([*rules, *metrics])
    assert len(listed) == 6


def test_the_concurrency_that_the_docs_derive_is_the_one_that_is_set() -> None:
    durable = json.loads((ROOT / "host.json").read_text("utf-8"))["extensions"]["durableTask"]
    capacity = main()["parameters"]["openAiCapacity"]["default"]
    of_one_activity = 60 * 17 * 3300 / 80
    assert durable["maxConcurrentActivityFunctions"] == int(1000 * capacity / of_one_activity)
    assert f"openAiCapacity` {capacity}" in OPERATIONS
