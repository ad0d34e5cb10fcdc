"""What the docs show works as shown."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.rules.risk import RISK_INDICATORS
from shared.models.requests import Continuation, Decision, Submission
from shared.settings import Settings
from tests.docs.markdown import GUIDE, ROOT, SESSIONS, all_pages, blocks

PROGRAMS = [
    pytest.param(program, id=f"{page.stem}-{number}")
    for page in (GUIDE, SESSIONS)
    for number, program in enumerate(blocks(page, "python"), 1)
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_python_example_runs_as_it_stands(program: str, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ['PYTHONPATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_json_example_is_json(page: Path) -> None:
    for block in blocks(page, "json"):
        json.loads(block)


def test_bodies_that_the_guide_shows_are_taken() -> None:
    shown = [json.loads(block) for block in blocks(GUIDE, "json")]
    submissions = [body for body in shown if "incident" in body]
    continuations = [body for body in shown if "notes" in body]
    decisions = [body for body in shown if isinstance(body.get("decision"), str)]
    assert [len(submissions), len(continuations), len(decisions)] == [1, 1, 2]
    for model, bodies in ((Submission, submissions), (Continuation, continuations), (Decision, decisions)):
        for body in bodies:
            model.model_validate(body)


def test_the_settings_that_are_given_as_a_start_are_settings() -> None:
    example = json.loads((ROOT / "local.settings.json.example").read_text(encoding="utf-8"))
    values = example["Values"]
    ours = {str(field.alias) for field in Settings.model_fields.values()}
    assert values.keys() - ours == {"FUNCTIONS_WORKER_RUNTIME", "TASKHUB_NAME"}
    Settings.load({"SessionStorage__path": ".data", **values})


def test_the_guide_combines_two_risks_as_the_code_does() -> None:
    clean = (1 - RISK_INDICATORS["early_claim"].weight) * (1 - RISK_INDICATORS["document_mismatch"].weight)
    assert f"1 − 0.80 · 0.75 = {1 - clean:.2f}" in GUIDE.read_text(encoding="utf-8")
