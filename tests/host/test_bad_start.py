"""What a claims team can get wrong stops the start: exit 1 and one line that names it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.host.running import ALONE, PATIENCE, REPOSITORY, host_on

APP = ("function_app.py", "host.json", "triggers", "orchestration", "reading", "documents", "shared", "data")


def start(data: Path, app: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a host that is expected not to start, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "devhost", "--port", "0", "--data", str(data), "--app", str(app)],
        cwd=REPOSITORY,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def assert_stopped(host: subprocess.CompletedProcess[str], complaint: str) -> None:
    assert host.returncode == 1, host.stderr
    assert host.stdout == ""
    assert len(host.stderr.splitlines()) == 1, host.stderr
    assert complaint in host.stderr


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        (
            "SESSION_TTL",
            "a month",
            "SESSION_TTL: must be an ISO 8601 duration (for example SESSION_TTL=P30D)",
        ),
        (
            "SESSION_SWEEP_SCHEDULE",
            "a b c d e f",
            "SESSION_SWEEP_SCHEDULE: its second must be from 0 to 59, not 'a' "
            "(for example SESSION_SWEEP_SCHEDULE=0 */15 * * * *)",
        ),
        (
            "REQUEST_RATE_LIMIT",
            "600",
            "REQUEST_RATE_LIMIT: must be a number of requests per time (for example "
            "REQUEST_RATE_LIMIT=600/minute)",
        ),
        ("AGENT_MODEL", "gpt", "AGENT_MODEL: Input should be 'offline', "),
        ("AGENT_MODEL", "azure_openai", "AZURE_OPENAI_ENDPOINT: must be set for AGENT_MODEL=azure_openai"),
    ],
)
def test_a_setting_that_is_wrong_stops_the_start(
    tmp_path: Path, name: str, value: str, complaint: str
) -> None:
    settings = {"AZURE_OPENAI_ENDPOINT": "", name: value}
    stopped = start(tmp_path / "data", REPOSITORY, **settings)
    assert_stopped(stopped, complaint)
    assert {path.name for path in (tmp_path / "data").iterdir()} <= {".host"}


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        (
            "orchestration/rules/requirements.yaml",
            "information:",
            "information: [",
            "requirements.yaml: cannot be read: ",
        ),
        (
            "orchestration/rules/requirements.yaml",
            "police_report: police_involved",
            "police_report: full_moon",
            "claim_types.auto_collision.documents.police_report: 'full_moon' is none of always, ",
        ),
        (
            "reading/words/document_types.yaml",
            "shapes: [picture, camera_name]",
            "shapes: [square]",
            "document_types.yaml: incident_photos.shapes.0: ",
        ),
        ("orchestration/agents/roster.yaml", "roles:", "role:", "roster.yaml: "),
    ],
)
def test_rules_that_are_broken_stop_the_start(
    tmp_path: Path, file: str, old: str, new: str, complaint: str
) -> None:
    app = tmp_path / "app"
    app.mkdir()
    for part in APP:
        if (REPOSITORY / part).is_dir():
            shutil.copytree(REPOSITORY / part, app / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(REPOSITORY / part, app)
    rules = app / file
    text = rules.read_text(encoding="utf-8")
    assert old in text
    rules.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert_stopped(start(tmp_path / "data", app), complaint)


async def test_without_a_webhook_the_app_starts(tmp_path: Path) -> None:
    async with host_on(tmp_path / "data", *ALONE, WEBHOOK_URL="", WEBHOOK_SECRET="") as host:
        assert (await host.http.get("/health")).json()["status"] == "ok"
