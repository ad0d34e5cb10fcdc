"""The offline agents reach what is asked of them, on claims that no rule was written for."""

import json
from pathlib import Path

from evaluation.__main__ import evaluate
from evaluation.report import as_json, as_markdown
from tests.orchestration.app import app_with

DOCS = Path(__file__).resolve().parents[2] / "docs"


async def test_the_offline_agents_reach_the_targets_and_the_report_says_what_they_reach() -> None:
    app = app_with()
    try:
        result = await evaluate(app)
    finally:
        await app.store.close()
    assert result.missed_targets() == []
    assert {name: part.differing() for name, part in result.parts.items()} == {"rules": [], "aside": []}
    assert (DOCS / "evaluation.md").read_text(encoding="utf-8") == as_markdown(result)
    assert json.loads((DOCS / "evaluation.json").read_text(encoding="utf-8")) == json.loads(as_json(result))
