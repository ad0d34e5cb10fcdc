from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.agents.prices import PRICES_FILE, Price, PriceTable, load_prices
from shared.errors import SettingsError


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("gpt-4o",), Decimal("12.5")),
        (("gpt-4o-2024-11-20",), Decimal("12.5")),
        (("gpt-4o-mini",), Decimal("0.75")),
        (("my-deployment", "gpt-4o"), Decimal("12.5")),
        (("llama3.2", "ollama"), Decimal(0)),
        (("gpt-4o-of-tomorrow",), None),
        ((), None),
    ],
)
def test_a_million_tokens_in_and_out(names: tuple[str, ...], expected: Decimal | None) -> None:
    assert PriceTable(load_prices(PRICES_FILE)).cost(names, 1_000_000, 1_000_000) == expected


def test_the_table_that_comes_along_is_sound() -> None:
    assert load_prices(PRICES_FILE)["offline"] == Price(prompt=Decimal(0), completion=Decimal(0))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("gpt: {prompt: -1, completion: 2}", "own.yaml: gpt.prompt: "),
        ("gpt: {prompt: 1}", "own.yaml: gpt.completion: Field required"),
        ("gpt: 1", "own.yaml: gpt: "),
        ("[", "own.yaml: cannot be read: "),
        (None, "own.yaml: cannot be read: "),
    ],
)
def test_a_wrong_table_is_named_with_entry_and_problem(
    tmp_path: Path, content: str | None, problem: str
) -> None:
    path = tmp_path / "own.yaml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load_prices(path)
    assert str(error.value).startswith(problem)
