"""Settings: what each one takes, and that a wrong one is named with its problem and an example."""

import subprocess
import sys
from base64 import b64encode
from datetime import timedelta
from decimal import Decimal

import pytest

from shared.encryption.keyring import DataKey
from shared.errors import SettingsError
from shared.settings import PROVIDER_SETTINGS, Settings

KEY = b64encode(bytes(32)).decode()
VAULT_KEY = "https://vault.vault.azure.net/keys/name"
ENOUGH = {"SessionStorage__path": ".data", "AGENT_MODEL": "offline"}


def test_a_place_for_sessions_and_a_model_are_enough() -> None:
    settings = Settings.load(ENOUGH)
    assert (settings.session_container, settings.upload_container) == ("sessions", "uploads")
    assert (settings.session_ttl, settings.session_retention) == (timedelta(days=30), timedelta(days=365))
    assert settings.session_reminders == (timedelta(days=7), timedelta(days=21))
    assert settings.sweep_schedule == "0 */15 * * * *"
    assert (settings.human_in_loop, settings.decision_mode) == (True, "human")
    assert (settings.auto_approve_limit, settings.decision_sla) == (Decimal(1000), timedelta(days=5))
    assert (settings.max_rounds, settings.stall_threshold) == (15, 3)
    assert settings.max_document_bytes == 26214400
    assert settings.webhook_url is None


def test_an_empty_value_counts_as_not_set() -> None:
    assert Settings.load({**ENOUGH, "SESSION_TTL": " "}).session_ttl == timedelta(days=30)


def test_what_else_stands_in_the_environment_does_not_matter() -> None:
    assert Settings.load({**ENOUGH, "PATH": "/bin", "SESSION_TTTL": "x"}) == Settings.load(ENOUGH)


@pytest.mark.parametrize(
    ("name", "value", "field", "meaning"),
    [
        ("SessionStorage__path", ":memory:", "storage_path", ":memory:"),
        ("SESSION_CONTAINER", "claims-2026", "session_container", "claims-2026"),
        ("UPLOAD_CONTAINER", "inbox", "upload_container", "inbox"),
        ("SESSION_TTL", "PT0.5S", "session_ttl", timedelta(seconds=0.5)),
        ("SESSION_TTL", "P2W", "session_ttl", timedelta(weeks=2)),
        ("SESSION_RETENTION", "P10Y", "session_retention", timedelta(days=3650)),
        ("SESSION_REMINDERS", "P1D", "session_reminders", (timedelta(days=1),)),
        ("SESSION_REMINDERS", "P1D, P2D,", "session_reminders", (timedelta(days=1), timedelta(days=2))),
        ("SESSION_SWEEP_SCHEDULE", "0 0 9-17/2 * JAN,mar Mon-Fri", "sweep_schedule", None),
        ("SESSION_SWEEP_SCHEDULE", "*/30 0,30 * 31 12 0", "sweep_schedule", None),
        ("SESSION_COMPRESSION", "none", "session_compression", "none"),
        ("SESSION_COMPRESSION", "zstd", "session_compression", "zstd"),
        ("SESSION_ENCRYPTION_KEY", f" {KEY} ,", "encryption_keys", (DataKey("66687aad", bytes(32)),)),
        (
            "SESSION_ENCRYPTION_KEY",
            f"new:{KEY},old:{KEY}",
            "encryption_keys",
            (DataKey("new", bytes(32)), DataKey("old", bytes(32))),
        ),
        (
            "SESSION_ENCRYPTION_KEY_ID",
            f"{VAULT_KEY}, {VAULT_KEY}/0f9",
            "encryption_key_ids",
            (VAULT_KEY, f"{VAULT_KEY}/0f9"),
        ),
        ("HUMAN_IN_LOOP", "false", "human_in_loop", False),
        ("HUMAN_IN_LOOP", "TRUE", "human_in_loop", True),
        ("DECISION_MODE", "assisted", "decision_mode", "assisted"),
        ("AUTO_APPROVE_LIMIT", "0", "auto_approve_limit", Decimal(0)),
        ("AUTO_APPROVE_LIMIT", "2500.50", "auto_approve_limit", Decimal("2500.50")),
        ("DECISION_SLA", "PT12H", "decision_sla", timedelta(hours=12)),
        ("ORCHESTRATION_MAX_ROUNDS", "1", "max_rounds", 1),
        ("ORCHESTRATION_STALL_THRESHOLD", "100", "stall_threshold", 100),
        ("REQUEST_RATE_LIMIT", "600/minute", "request_rate_limit", "600/minute"),
        ("REQUEST_RATE_LIMIT", "5 per 2 seconds", "request_rate_limit", "5 per 2 seconds"),
        ("MAX_REQUEST_BYTES", "4096", "max_request_bytes", 4096),
        ("MAX_CLAIM_DOCUMENTS", "1", "max_claim_documents", 1),
        ("MAX_DOCUMENT_BYTES", "1", "max_document_bytes", 1),
    ],
)
def test_a_good_value_means_what_it_says(name: str, value: str, field: str, meaning: object) -> None:
    assert getattr(Settings.load({**ENOUGH, name: value}), field) == (value if meaning is None else meaning)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_CONTAINER", "Sessions"),
        ("SESSION_CONTAINER", "../sessions"),
        ("SESSION_CONTAINER", "s"),
        ("UPLOAD_CONTAINER", "u" * 55),
        ("UPLOAD_CONTAINER", "up--loads"),
        ("SESSION_TTL", "30"),
        ("SESSION_TTL", "30 days"),
        ("SESSION_TTL", "P"),
        ("SESSION_TTL", "PT0S"),
        ("SESSION_TTL", "-P1D"),
        ("SESSION_TTL", "P11Y"),
        ("SESSION_RETENTION", "forever"),
        ("SESSION_REMINDERS", "P7D,soon"),
        ("SESSION_REMINDERS", "P7D;P21D"),
        ("SESSION_SWEEP_SCHEDULE", "*/15 * * * *"),
        ("SESSION_SWEEP_SCHEDULE", "a b c d e f"),
        ("SESSION_SWEEP_SCHEDULE", "0 60 * * * *"),
        ("SESSION_SWEEP_SCHEDULE", "0 0 24 * * *"),
        ("SESSION_SWEEP_SCHEDULE", "0 0 0 32 * *"),
        ("SESSION_SWEEP_SCHEDULE", "0 0 0 * 13 *"),
        ("SESSION_SWEEP_SCHEDULE", "0 0 0 * * 7"),
        ("SESSION_COMPRESSION", "brotli"),
        ("SESSION_ENCRYPTION_KEY", ","),
        ("SESSION_ENCRYPTION_KEY", "secret"),
        ("SESSION_ENCRYPTION_KEY", KEY[:-4]),
        ("SESSION_ENCRYPTION_KEY", f"{KEY}A==="),
        ("SESSION_ENCRYPTION_KEY", f"{KEY},{KEY}"),
        ("SESSION_ENCRYPTION_KEY", f"a/b:{KEY}"),
        ("SESSION_ENCRYPTION_KEY_ID", ","),
        ("SESSION_ENCRYPTION_KEY_ID", "name"),
        ("SESSION_ENCRYPTION_KEY_ID", "http://vault.vault.azure.net/keys/name"),
        ("SESSION_ENCRYPTION_KEY_ID", "https://vault.vault.azure.net/secrets/name"),
        ("SESSION_ENCRYPTION_KEY_ID", f"{VAULT_KEY},name"),
        ("HUMAN_IN_LOOP", "maybe"),
        ("DECISION_MODE", "automatic"),
        ("AUTO_APPROVE_LIMIT", "a lot"),
        ("AUTO_APPROVE_LIMIT", "-1"),
        ("AUTO_APPROVE_LIMIT", "NaN"),
        ("AUTO_APPROVE_LIMIT", "Infinity"),
        ("AUTO_APPROVE_LIMIT", "0.001"),
        ("DECISION_SLA", "5"),
        ("ORCHESTRATION_MAX_ROUNDS", "0"),
        ("ORCHESTRATION_MAX_ROUNDS", "1.5"),
        ("ORCHESTRATION_STALL_THRESHOLD", "three"),
        ("AGENT_MODEL", "gpt"),
        ("AGENT_MODEL", ""),
        ("REQUEST_RATE_LIMIT", "600"),
        ("REQUEST_RATE_LIMIT", "a lot"),
        ("REQUEST_RATE_LIMIT", "0/minute"),
        ("REQUEST_RATE_LIMIT", "-5/minute"),
        ("REQUEST_RATE_LIMIT", "5/fortnight"),
        ("REQUEST_RATE_LIMIT", "5/year"),
        ("REQUEST_RATE_LIMIT", "5/second; 60/minute"),
        ("MAX_REQUEST_BYTES", "0"),
        ("MAX_REQUEST_BYTES", "104857601"),
        ("MAX_CLAIM_DOCUMENTS", "0"),
        ("MAX_CLAIM_DOCUMENTS", "many"),
        ("MAX_DOCUMENT_BYTES", "0"),
        ("MAX_DOCUMENT_BYTES", "104857601"),
        ("MAX_DOCUMENT_BYTES", "25 MB"),
    ],
)
def test_a_bad_value_is_refused_by_its_name_with_an_example(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{name}: .+ \(for example {name}=.+\)$"):
        Settings.load({**ENOUGH, name: value})


def test_neither_settings_nor_their_errors_show_a_key() -> None:
    key = b64encode(b"s" * 32).decode()

    assert "ssss" not in repr(Settings.load({**ENOUGH, "SESSION_ENCRYPTION_KEY": key}))
    with pytest.raises(SettingsError) as caught:
        Settings.load({**ENOUGH, "SESSION_ENCRYPTION_KEY": key[:-4]})
    assert key[:-4] not in str(caught.value)


def test_every_bad_value_is_named_at_once() -> None:
    with pytest.raises(SettingsError, match=r"SESSION_TTL: .*; DECISION_MODE: "):
        Settings.load({**ENOUGH, "SESSION_TTL": "x", "DECISION_MODE": "x"})


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"SessionStorage__path": ""}, "SessionStorage: nowhere"),
        ({"SessionStorage": "x"}, "SessionStorage__path: set only one"),
        ({"SESSION_CONTAINER": "uploads"}, "SESSION_CONTAINER: "),
        ({"SESSION_CONTAINER": "uploads-rejected"}, "SESSION_CONTAINER: "),
        ({"UPLOAD_CONTAINER": "sessions-index"}, "SESSION_CONTAINER: sessions-index would be"),
        ({"UPLOAD_CONTAINER": "sessions-erased"}, "SESSION_CONTAINER: sessions-erased would be"),
        (
            {"SESSION_ENCRYPTION_KEY": KEY, "SESSION_ENCRYPTION_KEY_ID": VAULT_KEY},
            "SESSION_ENCRYPTION_KEY_ID: set only one",
        ),
        ({"SESSION_CONTAINER": "drop", "UPLOAD_CONTAINER": "drop"}, "SESSION_CONTAINER: "),
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings: dict[str, str], complaint: str) -> None:
    with pytest.raises(SettingsError, match=f"^{complaint}"):
        Settings.load({**ENOUGH, **settings})


@pytest.mark.parametrize(
    ("provider", "name"),
    [(provider, name) for provider, names in PROVIDER_SETTINGS.items() for name in names],
)
def test_a_model_without_what_it_needs_is_refused_by_the_missing_settings_name(
    provider: str, name: str
) -> None:
    complete = {**ENOUGH, **PROVIDER_SETTINGS[provider], "AGENT_MODEL": provider}
    assert Settings.load(complete).agent_model == provider
    with pytest.raises(SettingsError, match=rf"^{name}: must be set for AGENT_MODEL={provider} "):
        Settings.load({**complete, name: " "})


SECRET = f"whsec_{b64encode(bytes(32)).decode()}"
WEBHOOK = {**ENOUGH, "WEBHOOK_URL": "https://example.com/hooks", "WEBHOOK_SECRET": SECRET}


def test_a_webhook_is_an_https_address_with_a_secret() -> None:
    assert Settings.load(WEBHOOK).webhook_url == "https://example.com/hooks"
    with pytest.raises(SettingsError, match="WEBHOOK_SECRET: must be set where WEBHOOK_URL is"):
        Settings.load({**WEBHOOK, "WEBHOOK_SECRET": ""})


@pytest.mark.parametrize(
    "url",
    [
        *(
            "example.com",
            "http://example.com/hooks",
            "ftp://example.com",
            "https://",
            "https://a:b@example.com",
        ),
        *("https://example.com:99999", "https://example.com/#part", "http://10.0.0.1/", "https://[::1"),
        *("https://a..b/", f"https://{'a' * 64}.example.com/"),
    ],
)
def test_an_address_that_events_must_not_go_to_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^WEBHOOK_URL: .*\(for example WEBHOOK_URL=https://example"):
        Settings.load({**WEBHOOK, "WEBHOOK_URL": url, "AZURE_FUNCTIONS_ENVIRONMENT": "Development"})


def test_http_is_for_a_receiver_beside_the_embedded_host() -> None:
    beside = {**WEBHOOK, "WEBHOOK_URL": "http://127.0.0.1:8000/hooks"}
    with pytest.raises(SettingsError, match="WEBHOOK_URL: must be https"):
        Settings.load(beside)
    settings = Settings.load({**beside, "AZURE_FUNCTIONS_ENVIRONMENT": "Development"})
    assert settings.is_development


@pytest.mark.parametrize("secret", ["secret", "whsec_", "whsec_c2hvcnQ=", "whsec_!!", f"whsec_{'A' * 120}"])
def test_a_secret_that_is_none_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(SettingsError, match="WEBHOOK_SECRET: must be whsec_") as refused:
        Settings.load({**WEBHOOK, "WEBHOOK_SECRET": secret})
    assert secret == "whsec_" or secret not in str(refused.value)


def test_importing_the_settings_imports_neither_the_session_store_nor_a_reader_of_schedules() -> None:
    code = "import sys, shared.settings; print(*sys.modules)"
    imported = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "shared.settings" in imported.split()
    assert not [name for name in imported.split() if name.startswith(("shared.session_store", "croniter"))]
