"""The app as it is deployed: what it is made of, what it imports, what wakes it."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import venv
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = (
    *(
        "semantic_kernel",
        "openai",
        "dateparser",
        "phonenumbers",
        "pypdf",
        "docx",
        "lxml",
        "pdfplumber",
        "pdfminer",
        "fitz",
    ),
    "limits",
    *("opentelemetry.sdk", "opentelemetry.exporter", "azure.monitor"),
    *("cryptography", "azure.keyvault", "azure.identity", "backports.zstd"),
)
"""What only some instances of the app need, so that none may pay for it at its start."""
MOST_INSTALLED = 512 * 2**20
"""Bytes: instances read the whole package when they start, so it must not grow unnoticed."""
ENVIRONMENT = {"SessionStorage__path": ":memory:", "AGENT_MODEL": "offline"}

DESCRIBE = """
import json, sys
import function_app
imported = [name for name in sys.modules]
functions = {
    function.get_function_name(): json.loads(function.get_function_json())["bindings"]
    for function in function_app.app.get_functions()
}
print(json.dumps({"imported": imported, "functions": functions}))
"""
LOAD_THE_REST = """
import function_app
import orchestration.agents.kernel
import azure.monitor.opentelemetry.exporter
import opentelemetry.exporter.otlp.proto.http.metric_exporter
import opentelemetry.exporter.otlp.proto.http.trace_exporter
import limits.aio.strategies
function_app.claims.phases()
"""


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that .funcignore lets through."""
    folder = tmp_path_factory.mktemp("deployed")
    index = tmp_path_factory.mktemp("git")
    _git("init", "--quiet", "--bare", str(index))
    of_all_files = (f"--git-dir={index}", f"--work-tree={ROOT}", "ls-files", "-z", "--others")
    for name in _git(*of_all_files, "--exclude-from=.funcignore").split("\0"):
        if name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def test_only_what_the_app_needs_is_deployed(deployed: Path) -> None:
    assert {path.name for path in deployed.iterdir()} == {
        *("function_app.py", "host.json", "requirements.txt"),
        *("triggers", "orchestration", "reading", "documents", "shared", "data"),
    }


def test_the_app_starts_from_what_is_deployed(deployed: Path) -> None:
    started = _described(deployed)["functions"]
    assert started == _described(ROOT)["functions"]
    assert {"submit_claim", "resume_on_upload", "sweep", "claim_workflow", "intake"} <= started.keys()


def test_agents_and_reference_data_are_deployed_too(deployed: Path) -> None:
    _run(LOAD_THE_REST, deployed)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_requirements_txt_alone_is_enough_for_what_is_deployed(deployed: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", symlinks=True)
    python = tmp_path / "venv/bin/python"
    uv = Path(sys.executable).with_name("uv")
    install = [uv, "pip", "install", "--quiet", "--python", python, "-r", deployed / "requirements.txt"]
    subprocess.run(install, check=True, timeout=600)
    assert json.loads(_run(DESCRIBE, deployed, python))["functions"] == _described(ROOT)["functions"]
    _run(LOAD_THE_REST, deployed, python)
    own = [path for path in deployed.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in own) < 5 * 2**20
    installed = (path for path in (tmp_path / "venv/lib").rglob("*") if path.is_file())
    assert sum(path.stat().st_size for path in installed) < MOST_INSTALLED


def test_importing_the_app_imports_nothing_heavy(deployed: Path) -> None:
    imported = set(_described(deployed)["imported"])
    assert imported & {"function_app", "orchestration.durable.workflow"}
    assert imported.isdisjoint(HEAVY)


def bindings() -> dict[str, list[dict[str, Any]]]:
    """What wakes each function of the app, and what it is given."""
    return _described(ROOT)["functions"]


def routes() -> list[str]:
    """The app's HTTP calls, such as `GET /claims/{claim_id}`."""
    return [f"{method} /{trigger['route']}" for trigger in _http_triggers() for method in trigger["methods"]]


def test_every_route_but_health_asks_for_a_key() -> None:
    levels = {trigger["route"]: trigger["authLevel"].lower() for trigger in _http_triggers()}
    assert levels.pop("health") == "anonymous"
    assert set(levels.values()) == {"function"}


def _http_triggers() -> list[dict[str, Any]]:
    bindings = itertools.chain.from_iterable(_described(ROOT)["functions"].values())
    return [binding for binding in bindings if binding["type"] == "httpTrigger"]


@lru_cache
def _described(app: Path) -> dict[str, Any]:
    """The functions of the app in a folder, and the modules that importing it loads."""
    return json.loads(_run(DESCRIBE, app))


def _git(*arguments: str) -> str:
    git = shutil.which("git")
    assert git, "git, whose ignore files .funcignore is like, is not installed"
    return subprocess.run([git, *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def _run(program: str, app: Path, python: Path = Path(sys.executable)) -> str:
    ran = subprocess.run(
        [python, "-c", program],
        cwd=app,
        env={**ENVIRONMENT, "PYTHONPATH": os.environ["PYTHONPATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
