"""The offline agents reach what is asked of them, on claims that no rule was written for."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluation.__main__ import evaluate
from evaluation.report import as_json, as_markdown
from shared.settings import settings

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AGENT_MODEL", "offline")
    monkeypatch.setenv("SessionStorage__path", ":memory:")
    settings.cache_clear()
    yield
    settings.cache_clear()


async def test_the_offline_agents_reach_the_targets_and_the_report_says_what_they_reach() -> None:
    result = await evaluate(settings())
    assert result.missed_targets() == []
    assert (DOCS / "evaluation.md").read_text(encoding="utf-8") == as_markdown(result)
    assert json.loads((DOCS / "evaluation.json").read_text(encoding="utf-8")) == json.loads(as_json(result))
