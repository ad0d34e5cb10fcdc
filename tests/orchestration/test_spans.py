"""Spans and metrics of a claim's work: what they name and count, and that they tell nothing of a claim."""

from collections.abc import Iterator

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from shared.telemetry.spans import tool_span
from tests.orchestration.agents.model_server import ModelServer, Refuses
from tests.orchestration.conftest import Use
from tests.orchestration.life import Life
from tests.orchestration.test_claims_with_models import LETTER, POLICY, refused, worked_by

pytestmark = pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince211")


@pytest.fixture(scope="module")
def telemetry() -> tuple[InMemorySpanExporter, InMemoryMetricReader]:
    """OpenTelemetry's providers are those of the process, and are set once."""
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracing = TracerProvider()
    tracing.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(tracing)
    metrics.set_meter_provider(MeterProvider([reader]))
    return exporter, reader


@pytest.fixture
def exporter(telemetry: tuple[InMemorySpanExporter, InMemoryMetricReader]) -> Iterator[InMemorySpanExporter]:
    telemetry[0].clear()
    yield telemetry[0]


def named(exporter: InMemorySpanExporter, beginning: str) -> list[ReadableSpan]:
    return [span for span in exporter.get_finished_spans() if span.name.startswith(beginning)]


async def test_phases_turns_and_tool_calls_are_spans_one_within_the_other(
    life: Life, use: Use, server: ModelServer, exporter: InMemorySpanExporter
) -> None:
    use("openai")
    server.script = worked_by
    claim_id = await life.submit(LETTER, "text/plain")
    context = await life.live(claim_id)

    (phase,) = named(exporter, "phase intake")
    turns, tools = named(exporter, "invoke_agent "), named(exporter, "execute_tool ")
    assert [turn.name.removeprefix("invoke_agent ") for turn in turns] == [
        turn.role for turn in context.turns.values()
    ]
    assert phase.context
    assert {turn.parent.span_id for turn in turns if turn.parent} == {phase.context.span_id}
    assert len(tools) == context.usage.tool_calls
    assert {tool.parent.span_id for tool in tools if tool.parent} <= {
        turn.context.span_id for turn in turns if turn.context
    }
    for span in (phase, *turns, *tools):
        assert span.attributes
        assert span.attributes["claim.id"] == claim_id
    attributes = turns[0].attributes
    usage = context.turns["intake.intake_coordinator"].usage
    assert attributes
    assert usage
    assert attributes["gen_ai.operation.name"] == "invoke_agent"
    assert attributes["gen_ai.provider.name"] == "openai"
    assert attributes["gen_ai.usage.input_tokens"] == usage.prompt_tokens
    assert attributes["gen_ai.usage.output_tokens"] == usage.completion_tokens


async def test_metrics_have_durations_and_tokens_and_no_claim_id(
    life: Life, use: Use, server: ModelServer, telemetry: tuple[InMemorySpanExporter, InMemoryMetricReader]
) -> None:
    use("openai")
    server.script = worked_by
    claim_id = await life.submit(LETTER, "text/plain")
    await life.live(claim_id)

    data = telemetry[1].get_metrics_data()
    assert data
    found = {m.name: m for r in data.resource_metrics for s in r.scope_metrics for m in s.metrics}
    assert set(found) >= {
        "claims.phase.duration",
        "gen_ai.client.operation.duration",
        "gen_ai.client.token.usage",
    }
    assert claim_id not in data.to_json()


async def test_a_failure_is_told_by_its_kind_and_nothing_tells_what_a_claim_says(
    life: Life, use: Use, server: ModelServer, exporter: InMemorySpanExporter
) -> None:
    use("openai")
    server.script = refused("policy_specialist", by=Refuses(401, message=f"no key of {POLICY.holder_name}"))
    await life.live(await life.submit(LETTER, "text/plain"))

    (failed,) = named(exporter, "invoke_agent policy_specialist")
    assert failed.status.status_code is StatusCode.ERROR
    assert failed.status.description is None
    assert failed.attributes
    assert failed.attributes["error.type"] == "TurnFailed"
    told = "".join(span.to_json() for span in exporter.get_finished_spans())
    assert POLICY.holder_name not in told
    assert POLICY.policy_number not in told
    assert "Main Street" not in told


def test_an_error_leaves_no_message_in_its_span(exporter: InMemorySpanExporter) -> None:
    with pytest.raises(KeyError), tool_span("CLM-1", "fraud_analyst", "find_policy"):
        raise KeyError("Dana Whitfield")

    (span,) = exporter.get_finished_spans()
    assert not span.events
    assert "Whitfield" not in span.to_json()
