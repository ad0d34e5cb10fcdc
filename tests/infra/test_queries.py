"""The queries of workbook and alerts ask for names that the code really emits."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from orchestration import workflow
from orchestration.upkeep import SweepResult
from tests.infra.templates import INFRA, ROOT
from tests.test_function_app import bindings

QUERIES = sorted((INFRA / "queries").glob("*.kql"))
TABLES = {"AppRequests", "AppTraces", "AzureMetrics"}
MODEL_METRICS = {"ProcessedPromptTokens", "GeneratedTokens"}
"""Of an Azure OpenAI account, by Azure's own documentation."""
MESSAGES = {
    "an upload was rejected: ": "triggers/uploads.py",
    "sweep: {": "triggers/sweep.py",
    " failed: ": "shared/telemetry.py",
    " took ": "orchestration/turns.py",
}
"""What log messages begin with or hold, and where they are written."""


def query(path: Path) -> str:
    """A query without its comments."""
    return re.sub(r"^//.*$", "", path.read_text(), flags=re.M)


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_reads_tables_that_there_are_and_says_what_it_shows(path: Path) -> None:
    assert path.read_text().startswith("// ")
    tables = set(re.findall(r"\b(?:App|Azure)[A-Z]\w+", query(path)))
    assert tables
    assert tables <= TABLES


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_functions_are_named_as_the_app_registers_them(path: Path) -> None:
    named = set(re.findall(r'\bName == "(\w+)"', query(path)))
    for names in re.findall(r"\bName in \(([^)]*)\)", query(path)):
        named |= set(re.findall(r'"(\w+)"', names)) - MODEL_METRICS
    assert named <= bindings().keys()
    assert named or "AppRequests" not in query(path)


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_messages_are_those_that_the_code_logs(path: Path) -> None:
    if "AppTraces" not in query(path):
        return
    found = [message for message in MESSAGES if f'"{message}"' in query(path)]
    assert found
    for message in found:
        written = (ROOT / MESSAGES[message]).read_text()
        assert message.removesuffix("{") in written.replace("%s", "")


def test_sweeps_are_counted_by_the_fields_of_their_result() -> None:
    fields = asdict(SweepResult()).keys()
    assert set(re.findall(r"Result\.(\w+)", query(INFRA / "queries/sweeps.kql"))) == fields
    assert set(re.findall(r"Result\.(\w+)", query(INFRA / "queries/alert_stuck_claims.kql"))) <= fields


def test_failures_are_counted_for_each_phase() -> None:
    phases = {str(position) for position in workflow.PHASES}
    listed = re.search(r"Phase in \(([^)]*)\)", query(INFRA / "queries/phase_failures.kql"))
    assert listed
    assert set(re.findall(r'"(\w+)"', listed[1])) == phases | {"inbox", "sweep"}


def test_every_query_is_used_and_every_alert_has_a_runbook() -> None:
    alerts = (INFRA / "modules/alerts.bicep").read_text()
    used = alerts + (INFRA / "modules/dashboard.bicep").read_text()
    assert set(re.findall(r"queries/([\w.]+)", used)) == {path.name for path in QUERIES}
    runbooks = (ROOT / "docs/operations.md").read_text()
    named = re.findall(r'See "([^"]+)" in docs/operations\.md', alerts)
    assert len(named) == 5
    for title in named:
        assert f"### {title}\n" in runbooks
