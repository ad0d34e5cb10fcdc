"""What the app is made of, and what stops its start."""

from pathlib import Path

import pytest

from orchestration.bootstrap import bootstrap
from shared.errors import SettingsError
from tests.orchestration.app import app_with, rulebook


async def test_what_phases_work_with_is_made_once() -> None:
    app = app_with()
    assert app.phases() is app.phases()
    assert app.phases().settings is app.services.settings is app.settings
    await app.store.close()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"MAX_DOCUMENT_BYTES": "many"}, "MAX_DOCUMENT_BYTES: "),
        ({"MODEL_PRICES": "none.yaml"}, "none.yaml: "),
    ],
)
def test_a_wrong_setting_or_price_table_stops_the_start(settings: dict[str, str], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        app_with(**settings)


async def test_reference_data_is_read_by_the_first_phase(tmp_path: Path) -> None:
    settings = {"AGENT_MODEL": "offline", "SessionStorage__path": str(tmp_path)}
    app = bootstrap(settings, rulebook=rulebook(), data_folder=tmp_path)
    with pytest.raises(SettingsError, match=r"policies\.json"):
        app.phases()
    await app.store.close()
