"""What the docs say of the deployment is what the templates do."""

import json
import re
from typing import Any, cast

import pytest

from tests.docs.markdown import ROOT, table
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


def test_the_arithmetic_of_the_docs_is_right() -> None:
    """Each figure, to two digits, from the letters above it."""
    assert "| *c* | 17 |" in OPERATIONS
    assert "| *t* | 3,000 + 300 |" in OPERATIONS
    assert "| *s* | 80 s |" in OPERATIONS
    assert "| *r* | 75 + 150 |" in OPERATIONS
    assert "| *p* | 3 |" in OPERATIONS
    rows = table(ROOT / "docs/operations.md", "The arithmetic", 2)
    assert [numbers(row[:1]) for row in rows] == [[1_000], [100_000], [10_000_000]]
    for row in rows:
        n, *shown = numbers(row)
        rate = 3 * n / 2_600_000
        assert shown == pytest.approx(
            [rate, 60 * rate * 17 * 3300, max(1, rate * 80), max(1, rate * 80 / 10), max(1, rate * 225)],
            rel=0.05,
        )


def test_the_storage_requests_of_the_docs_are_those_of_the_benchmarks() -> None:
    measured = sum(
        json.loads((ROOT / "docs/benchmarks.json").read_text("utf-8"))["storage"]["requests"].values()
    )
    assert measured <= 75 < 1.5 * measured


def test_the_cost_estimate_of_the_docs_is_right() -> None:
    rows = table(ROOT / "docs/operations.md", "Cost", 2)
    for column, (n, gb_seconds) in enumerate([(1_000, 180), (100_000, 52), (10_000_000, 52)], start=1):
        costs = [
            n * 17 * (3000 * 0.25 + 300 * 2) / 1e6,
            n * gb_seconds * 0.000026,
            n * 30 * 0.4 / 1e6,
            n * 225 * 0.02 / 1000,
            n * 0.0003 * 2.76,
            n * 0.005 * 12 * 0.026,
            10,
        ]
        shown = [numbers([row[column].strip("*")])[0] for row in rows]
        assert shown == pytest.approx([*costs, sum(costs)], rel=0.05, abs=0.5)


def numbers(cells: list[str]) -> list[float]:
    return [float(cell.replace(",", "")) for cell in cells]


def test_the_concurrency_that_the_docs_derive_is_the_one_that_is_set() -> None:
    durable = json.loads((ROOT / "host.json").read_text("utf-8"))["extensions"]["durableTask"]
    capacity = main()["parameters"]["openAiCapacity"]["default"]
    of_one_activity = 60 * 17 * 3300 / 80
    assert durable["maxConcurrentActivityFunctions"] == int(1000 * capacity / of_one_activity)
    assert f"openAiCapacity` {capacity}" in OPERATIONS
