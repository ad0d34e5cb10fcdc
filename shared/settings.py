"""The app's settings, read from the environment and validated once.

Their names are those of the app settings in Azure and of `local.settings.json`. docs/guide.md says what each
one means for a user; a test holds that list and this one equal.
"""

from base64 import b64decode
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from shared.encryption.compression import Compression
from shared.encryption.keyring import DataKey, parse_keys
from shared.errors import SettingsError
from shared.models.fields import Money

MOST_BYTES = 100 * 2**20
"""The largest request that Azure Functions accepts, and so the largest document."""
_DAY_SECONDS = 24 * 60 * 60


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _iso_8601(value: object) -> object:
    if isinstance(value, str) and not value.strip().upper().startswith("P"):
        raise ValueError("must be an ISO 8601 duration")
    return value


def _within_ten_years(value: timedelta) -> timedelta:
    if not timedelta(0) < value <= timedelta(days=3650):
        raise ValueError("must be more than nothing and at most ten years")
    return value


def _keys(value: object) -> object:
    return parse_keys(value) if isinstance(value, str) else value


def _webhook_url(value: str) -> str:
    parts = urlsplit(value)
    port = parts.port  # raises where it is none
    if not parts.hostname or port == 0 or parts.username is not None or parts.fragment:
        raise ValueError("must be an address without user name and fragment")
    is_own_machine = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme != "https" and not is_own_machine:
        raise ValueError("must be https")
    try:
        parts.hostname.encode("idna")
    except UnicodeError:
        raise ValueError("must have a host name that can be looked up") from None
    return value


def _webhook_secret(value: str) -> str:
    try:
        size = len(b64decode(value.removeprefix("whsec_"), validate=True))
    except ValueError:
        size = 0
    if not 24 <= size <= 64:
        raise ValueError("must be whsec_ and the base64 of 24 to 64 random bytes")
    return value


def _rate(value: str) -> str:
    # Its import is slow, and most apps have no such limit.
    from limits import parse_many

    try:
        rates = parse_many(value)
    except ValueError:
        raise ValueError("must be a number of requests per time") from None
    if len(rates) != 1 or rates[0].amount < 1 or rates[0].get_expiry() > _DAY_SECONDS:
        raise ValueError("must be one rate, of at least one request, per at most one day")
    return value


def _schedule(value: str) -> str:
    from shared.ncrontab import Schedule

    Schedule(value)
    return value


RequestRate = Annotated[str, AfterValidator(_rate)]
Ncrontab = Annotated[str, AfterValidator(_schedule)]
WebhookUrl = Annotated[str, AfterValidator(_webhook_url)]
WebhookSecret = Annotated[str, AfterValidator(_webhook_secret)]
Wait = Annotated[timedelta, BeforeValidator(_iso_8601), AfterValidator(_within_ten_years)]
EncryptionKeys = Annotated[tuple[DataKey, ...], BeforeValidator(_keys)]
VaultKeyId = Annotated[str, Field(pattern=r"^https://[^/\s]+/keys/[0-9A-Za-z-]+(/[0-9a-f]+)?$")]
VaultKeyIds = Annotated[tuple[VaultKeyId, ...], BeforeValidator(_split), Field(min_length=1)]
Durations = Annotated[tuple[Wait, ...], BeforeValidator(_split)]
ContainerName = Annotated[str, Field(pattern=r"^[a-z0-9](-?[a-z0-9])+$", min_length=3, max_length=54)]
"""A container's name by Azure's rule for them, short enough for the suffix `-rejected`."""

PROVIDER_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "azure_openai": {
        "AZURE_OPENAI_ENDPOINT": "https://name.openai.azure.com",
        "AZURE_OPENAI_CHAT_DEPLOYMENT_NAME": "gpt-large",
    },
    "openai": {"OPENAI_API_KEY": "sk-…", "OPENAI_CHAT_MODEL_ID": "gpt-large"},
    "ollama": {"OLLAMA_CHAT_MODEL_ID": "llama3.2"},
}
"""For each value of AGENT_MODEL, the settings of Semantic Kernel that it needs as well, with examples."""


def _setting(name: str, default: str, **rules: Any) -> Any:
    """A setting whose default is written as its user would write it, which is its example as well."""
    return Field(default=default, alias=name, examples=[default], **rules)


def _optional(name: str, example: str, default: str | None = None, **rules: Any) -> Any:
    """A setting whose default is None, or else no good example."""
    return Field(default=default, alias=name, examples=[example], **rules)


class Settings(BaseModel):
    """All settings of the app. Whoever needs them reads them by `load` or is given them."""

    model_config = ConfigDict(frozen=True, validate_default=True, allow_inf_nan=False)

    storage_connection: str | None = _optional("SessionStorage", "DefaultEndpointsProtocol=https;…")
    storage_uri: str | None = _optional(
        "SessionStorage__blobServiceUri", "https://account.blob.core.windows.net"
    )
    storage_credential: Literal["managedidentity"] | None = _optional(
        "SessionStorage__credential", "managedidentity"
    )
    storage_client_id: str | None = _optional(
        "SessionStorage__clientId", "00000000-0000-0000-0000-000000000000"
    )
    storage_path: str | None = _optional("SessionStorage__path", ".data")
    storage_retries: int = _setting("STORAGE_RETRIES", "5", ge=0, le=10)
    storage_timeout: int = _setting("STORAGE_TIMEOUT", "30", ge=1, le=600)
    session_container: ContainerName = _setting("SESSION_CONTAINER", "sessions")
    upload_container: ContainerName = _setting("UPLOAD_CONTAINER", "uploads")

    upload_link_ttl: Wait = _setting("UPLOAD_LINK_TTL", "PT1H", le=timedelta(days=7))
    upload_link_url: str | None = _optional("UPLOAD_LINK_URL", "http://127.0.0.1:7071/upload-links")
    """The embedded host sets this address and the key by which it checks the links that lead to it."""
    upload_link_key: str | None = _optional("UPLOAD_LINK_KEY", "<any secret>")

    session_ttl: Wait = _setting("SESSION_TTL", "P30D")
    session_retention: Wait = _setting("SESSION_RETENTION", "P365D")
    session_reminders: Durations = _setting("SESSION_REMINDERS", "P7D,P21D")
    # Only a schedule that somebody has set is worth the import of what reads it.
    sweep_schedule: Ncrontab = _setting("SESSION_SWEEP_SCHEDULE", "0 */15 * * * *", validate_default=False)
    session_compression: Compression = _setting("SESSION_COMPRESSION", "none")
    encryption_keys: EncryptionKeys | None = _optional("SESSION_ENCRYPTION_KEY", "2026:<base64 of 32 bytes>")
    encryption_key_ids: VaultKeyIds | None = _optional(
        "SESSION_ENCRYPTION_KEY_ID", "https://vault.vault.azure.net/keys/name"
    )

    human_in_loop: bool = _setting("HUMAN_IN_LOOP", "true")
    decision_mode: Literal["human", "assisted"] = _setting("DECISION_MODE", "human")
    auto_approve_limit: Money = _setting("AUTO_APPROVE_LIMIT", "1000")
    officer_role: str | None = _optional("OFFICER_ROLE", "ClaimsOfficer")
    authentication_is_on: bool = _optional("WEBSITE_AUTH_ENABLED", "true", default="false")
    """App Service sets this where its authentication is on."""
    four_eyes_limit: Money | None = _optional("FOUR_EYES_LIMIT", "25000")
    decision_sla: Wait = _setting("DECISION_SLA", "P5D")
    max_rounds: int = _setting("ORCHESTRATION_MAX_ROUNDS", "15", ge=1, le=100)
    stall_threshold: int = _setting("ORCHESTRATION_STALL_THRESHOLD", "3", ge=1, le=100)
    agent_model: Literal["offline", "azure_openai", "openai", "ollama"] = Field(
        alias="AGENT_MODEL", examples=["offline"]
    )
    model_timeout: Wait = _setting("MODEL_TIMEOUT", "PT2M")
    model_retries: int = _setting("MODEL_RETRIES", "3", ge=0, le=10)
    model_concurrency: int = _setting("MODEL_CONCURRENCY", "16", ge=1, le=1000)
    model_concurrency_per_claim: int = _setting("MODEL_CONCURRENCY_PER_CLAIM", "4", ge=1, le=100)
    model_context_tokens: int = _setting("MODEL_CONTEXT_TOKENS", "32000", ge=4000, le=2_000_000)
    model_structured_output: bool = _setting("MODEL_STRUCTURED_OUTPUT", "true")
    model_prices: str | None = _optional("MODEL_PRICES", "prices.yaml")
    claim_token_budget: int | None = _optional("CLAIM_TOKEN_BUDGET", "200000", ge=1)

    webhook_url: WebhookUrl | None = _optional("WEBHOOK_URL", "https://example.com/hooks/claims")
    webhook_secret: WebhookSecret | None = _optional("WEBHOOK_SECRET", "whsec_…")
    insights_connection: str | None = _optional(
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey=…;IngestionEndpoint=https://…"
    )
    otlp_endpoint: str | None = _optional("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318")
    environment: str = _optional("AZURE_FUNCTIONS_ENVIRONMENT", "Development", default="Production")
    request_rate_limit: RequestRate | None = _optional("REQUEST_RATE_LIMIT", "600/minute")
    max_document_bytes: int = _setting("MAX_DOCUMENT_BYTES", "26214400", ge=1, le=MOST_BYTES)
    request_bytes: int | None = _optional("MAX_REQUEST_BYTES", "104857600", ge=1, le=MOST_BYTES)
    max_claim_documents: int = _setting("MAX_CLAIM_DOCUMENTS", "1000", ge=1, le=100_000)

    @property
    def max_request_bytes(self) -> int:
        """The largest body of a request in bytes: a few documents in base64, and at most Azure's 100 MiB."""
        return self.request_bytes or min(MOST_BYTES, max(2**20, 4 * self.max_document_bytes))

    @model_validator(mode="after")
    def _storage_is_named_once(self) -> Self:
        places = {
            "SessionStorage": self.storage_connection,
            "SessionStorage__blobServiceUri": self.storage_uri,
            "SessionStorage__path": self.storage_path,
        }
        named = [name for name, value in places.items() if value]
        if not named:
            raise ValueError(
                "SessionStorage: nowhere to keep sessions; set SessionStorage__path to a folder "
                "(for example .data), or SessionStorage to a connection string"
            )
        if len(named) > 1:
            raise ValueError(f"{named[1]}: set only one of {', '.join(named)}")
        return self

    @model_validator(mode="after")
    def _containers_differ(self) -> Self:
        of_sessions = {self.session_container + suffix for suffix in ("", "-index", "-erased")}
        of_uploads = {self.upload_container + suffix for suffix in ("", "-rejected")}
        if shared := of_sessions & of_uploads:
            raise ValueError(
                f"SESSION_CONTAINER: {shared.pop()} would be a container of UPLOAD_CONTAINER's as well"
            )
        return self

    @model_validator(mode="after")
    def _encryption_is_named_once(self) -> Self:
        if self.encryption_keys and self.encryption_key_ids:
            raise ValueError("SESSION_ENCRYPTION_KEY_ID: set only one of it and SESSION_ENCRYPTION_KEY")
        return self

    @property
    def is_development(self) -> bool:
        """Whether the app runs on somebody's own machine, which the embedded host says of itself."""
        return self.environment == "Development"

    @model_validator(mode="after")
    def _webhook_is_safe(self) -> Self:
        if self.webhook_url is None:
            return self
        if self.webhook_secret is None:
            raise ValueError("WEBHOOK_SECRET: must be set where WEBHOOK_URL is (for example whsec_…)")
        if not self.webhook_url.startswith("https:") and not self.is_development:
            raise ValueError("WEBHOOK_URL: must be https; http is for a receiver beside the embedded host")
        return self

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """Reads the settings that `environment` holds, and nothing else. An empty value counts as not set.

        Raises:
            SettingsError: a setting is missing or wrong. The message names each one with its problem and an
                example.
        """
        names = {str(field.alias): field for field in cls.model_fields.values()}
        values = {name: environment[name] for name in names if environment.get(name, "").strip()}
        try:
            loaded = cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError("; ".join(_explain(problem, names) for problem in error.errors())) from None
        for name, example in PROVIDER_SETTINGS.get(loaded.agent_model, {}).items():
            if not environment.get(name, "").strip():
                needed_by = f"AGENT_MODEL={loaded.agent_model}"
                raise SettingsError(f"{name}: must be set for {needed_by} (for example {name}={example})")
        return loaded


def _explain(problem: Any, names: Mapping[str, Any]) -> str:
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "string_pattern_mismatch":
        message = "is malformed"
    if not problem["loc"]:
        return message
    name = str(problem["loc"][0])
    if problem["type"] == "missing":
        message = "must be set"
    return f"{name}: {message} (for example {name}={names[name].examples[0]})"
