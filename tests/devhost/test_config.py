import json
from pathlib import Path

import pytest

from devhost.config import durable_workers, local_settings, read_host_json, resolve_settings
from devhost.errors import HostError


def write(app: Path, name: str, content: object) -> None:
    (app / name).write_text(json.dumps(content))


def test_local_settings_complete_the_environment_and_never_replace_it(tmp_path: Path) -> None:
    write(tmp_path, "local.settings.json", {"Values": {"SET": "file", "UNSET": "file", "NUMBER": 3}})
    completed = local_settings(tmp_path, tmp_path / "data", {"SET": "outside"})
    assert (completed["SET"], completed["UNSET"], completed["NUMBER"]) == ("outside", "file", "3")


def test_without_a_place_for_sessions_they_lie_in_the_data_folder(tmp_path: Path) -> None:
    completed = local_settings(tmp_path, tmp_path / "data", {})
    assert completed["SessionStorage__path"] == str(tmp_path / "data")
    assert completed["AGENT_MODEL"] == "offline"


@pytest.mark.parametrize("place", ["SessionStorage", "SessionStorage__blobServiceUri"])
def test_a_storage_account_is_left_in_its_place(tmp_path: Path, place: str) -> None:
    completed = local_settings(tmp_path, tmp_path / "data", {place: "elsewhere"})
    assert completed[place] == "elsewhere"
    assert "SessionStorage__path" not in completed


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "local.settings.json cannot be read"),
        ("[]", "JSON object"),
        ('{"IsEncrypted": true}', "encrypted"),
    ],
)
def test_unusable_local_settings_stop_the_start(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "local.settings.json").write_text(content)
    with pytest.raises(HostError, match=complaint):
        local_settings(tmp_path, tmp_path / "data", {})


def test_host_json_is_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB", "claims")
    durable = {"hubName": "%HUB%", "maxConcurrentActivityFunctions": 3}
    write(
        tmp_path,
        "host.json",
        {
            "extensions": {"http": {"routePrefix": "v1/"}, "durableTask": durable},
            "logging": {"logLevel": {"default": "Information"}},
        },
    )
    config = read_host_json(tmp_path)
    assert (config.route_prefix, config.hub_name, config.max_activities) == ("v1", "claims", 3)
    assert config.log_level == "INFO"


def test_without_host_json_the_functions_defaults_apply(tmp_path: Path) -> None:
    config = read_host_json(tmp_path)
    assert (config.route_prefix, config.log_level) == ("api", "WARNING")
    assert config.max_activities >= 10


@pytest.mark.parametrize(
    ("host", "complaint"),
    [
        ({"logging": {"logLevel": {"default": "Loud"}}}, "Loud"),
        ({"extensions": {"durableTask": {"maxConcurrentActivityFunctions": 0}}}, "above 0"),
        ({"extensions": {"durableTask": {"hubName": "%NO_SUCH%"}}}, "NO_SUCH"),
    ],
)
def test_an_unusable_host_json_stops_the_start(tmp_path: Path, host: object, complaint: str) -> None:
    write(tmp_path, "host.json", host)
    with pytest.raises(HostError, match=complaint):
        read_host_json(tmp_path)


def test_settings_between_percent_signs_are_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTAINER", "uploads")
    assert resolve_settings("%CONTAINER%/{name}", "function f") == "uploads/{name}"
    assert resolve_settings("100 % or 5%", "function f") == "100 % or 5%"


@pytest.mark.parametrize(
    ("asked", "setting", "count"),
    [(None, None, 2), (None, "", 2), (None, "10", 10), (0, "4", 0), (3, None, 3)],
)
def test_durable_workers_are_as_many_as_asked_for_or_set(
    monkeypatch: pytest.MonkeyPatch, asked: int | None, setting: str | None, count: int
) -> None:
    monkeypatch.delenv("SessionStorage__path", raising=False)
    monkeypatch.delenv("FUNCTIONS_WORKER_PROCESS_COUNT", raising=False)
    if setting is not None:
        monkeypatch.setenv("FUNCTIONS_WORKER_PROCESS_COUNT", setting)
    assert durable_workers(asked) == count


def test_what_lies_in_memory_has_no_workers_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SessionStorage__path", ":memory:")
    assert durable_workers(3) == 0
