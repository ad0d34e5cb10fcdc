"""Spans and metrics of the work on claims, after OpenTelemetry's conventions for generative AI.

They carry names, counts and the claim's id, never what a claim says: of an error they hold the type alone.
Until `prepare` has been called they go to the OpenTelemetry SDK of the process, if it has one. Otherwise they
go nowhere and cost next to nothing.
"""

import threading
import time
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, override

from opentelemetry import metrics, trace
from opentelemetry.metrics import Histogram, Meter
from opentelemetry.trace import (
    INVALID_SPAN,
    NoOpTracer,
    ProxyTracer,
    ProxyTracerProvider,
    Span,
    StatusCode,
    Tracer,
)

from shared.models.claim import Usage
from shared.models.vocabulary import OURSELVES
from shared.settings import Settings
from shared.telemetry.exporters import providers

CLAIM_ID = "claim.id"

type _Attributes = dict[str, str]


class SilentTracer(NoOpTracer):
    """Makes no spans. Unlike its base it does not enter any either, so that it costs next to nothing."""

    @override
    def start_as_current_span(self, *_: Any, **__: Any) -> Any:
        return nullcontext(INVALID_SPAN)


class _Instruments:
    def __init__(self, tracer: Tracer, meter: Meter) -> None:
        self.tracer = tracer
        self.phases = meter.create_histogram("claims.phase.duration", "s", "How long a phase of a claim took")
        self.operations = meter.create_histogram(
            "gen_ai.client.operation.duration", "s", "How long a turn or a tool call took"
        )
        self.tokens = meter.create_histogram("gen_ai.client.token.usage", "{token}", "Tokens of a turn")


_SILENT = SilentTracer()
_instruments = _Instruments(trace.get_tracer(OURSELVES), metrics.get_meter(OURSELVES))
_preparing = threading.Lock()
_is_prepared = False


def is_prepared() -> bool:
    """Whether `prepare` has been called in this process."""
    return _is_prepared


def prepare(settings: Settings) -> None:
    """Sends spans and metrics to where the settings say, from now on.

    Only the first call of a process does anything. It takes a second or two, so it is not for the event loop.
    """
    global _instruments, _is_prepared  # noqa: PLW0603
    with _preparing:
        if not _is_prepared and (found := providers(settings)):
            _instruments = _Instruments(
                found.tracing.get_tracer(OURSELVES), found.metering.get_meter(OURSELVES)
            )
        _is_prepared = True


@dataclass
class Spent:
    """What a turn has cost; whoever runs the turn sets it while the turn's span is open."""

    usage: Usage | None = None


def phase_span(claim_id: str, phase: str) -> AbstractContextManager[Span]:
    """A span around a phase of a claim, whose duration is measured."""
    return _timed(f"phase {phase}", {"claims.phase": phase}, claim_id, _instruments.phases)


@contextmanager
def turn_span(claim_id: str, role: str, provider: str) -> Generator[Spent]:
    """A span around an agent's turn and its tool calls; it records the cost that is set on what it gives."""
    attributes = _operation("invoke_agent", role) | {"gen_ai.provider.name": provider}
    spent = Spent()
    with _timed(f"invoke_agent {role}", attributes, claim_id, _instruments.operations) as span:
        try:
            yield spent
        finally:
            if spent.usage:
                _spend(span, attributes, spent.usage)


def tool_span(claim_id: str, role: str, tool: str) -> AbstractContextManager[Span]:
    """A span around an agent's call of a tool, whose duration is measured."""
    attributes = _operation("execute_tool", role) | {"gen_ai.tool.name": tool}
    return _timed(f"execute_tool {tool}", attributes, claim_id, _instruments.operations)


def _operation(name: str, role: str) -> _Attributes:
    return {"gen_ai.operation.name": name, "gen_ai.agent.name": role}


def _spend(span: Span, attributes: _Attributes, usage: Usage) -> None:
    counts = {"input": usage.prompt_tokens, "output": usage.completion_tokens}
    for kind, count in counts.items():
        span.set_attribute(f"gen_ai.usage.{kind}_tokens", count)
        if count:
            _instruments.tokens.record(count, {**attributes, "gen_ai.token.type": kind})
    span.set_attribute("claims.usage.model_calls", usage.model_calls)
    span.set_attribute("claims.usage.tool_calls", usage.tool_calls)
    if usage.cost is not None:
        span.set_attribute("claims.usage.cost", float(usage.cost))


def _tracer() -> Tracer:
    """The tracer to use now: the process may have been given an SDK since the last span."""
    tracer = _instruments.tracer
    goes_nowhere = isinstance(tracer, ProxyTracer) and isinstance(
        trace.get_tracer_provider(), ProxyTracerProvider
    )
    return _SILENT if goes_nowhere else tracer


@contextmanager
def _timed(name: str, attributes: _Attributes, claim_id: str, histogram: Histogram) -> Generator[Span]:
    """A span with a measured duration. Only the span names the claim, since a metric may take few values."""
    started = time.monotonic()
    failure: _Attributes = {}
    with _tracer().start_as_current_span(
        name,
        attributes={**attributes, CLAIM_ID: claim_id},
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except BaseException as error:
            failure = {"error.type": type(error).__name__}
            span.set_attributes(failure)
            span.set_status(StatusCode.ERROR)
            raise
        finally:
            histogram.record(time.monotonic() - started, {**attributes, **failure})
