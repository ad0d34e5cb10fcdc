"""Where spans and metrics go: to Application Insights, to a collector, or nowhere.

The providers are our own, not the process's: what libraries measure of their requests stays here, since
addresses in storage have the names of claimants' files in them.
"""

import os
from dataclasses import dataclass

from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import TracerProvider

from shared.settings import Settings

_QUIET = {
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
}
"""Keeps Azure's exporter from telling its maker how it fares, and from asking what else it should do."""


@dataclass(frozen=True)
class Providers:
    """What makes tracers and meters whose findings leave the process."""

    tracing: TracerProvider
    metering: MeterProvider


def providers(settings: Settings) -> Providers | None:
    """Exporters for where the settings say; None where they say nothing.

    Takes a second or two, for the libraries that it imports.
    """
    if not (settings.insights_connection or settings.otlp_endpoint):
        return None
    from opentelemetry.sdk import metrics, trace
    from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

    spans: list[SpanExporter] = []
    measures: list[MetricExporter] = []
    if settings.insights_connection:
        os.environ.update(_QUIET)
        from azure.monitor.opentelemetry.exporter import (
            AzureMonitorMetricExporter,
            AzureMonitorTraceExporter,
        )

        # Both sign in as APPLICATIONINSIGHTS_AUTHENTICATION_STRING says, which is the host's setting too.
        given = {"connection_string": settings.insights_connection, "disable_offline_storage": True}
        spans.append(AzureMonitorTraceExporter(**given))
        measures.append(AzureMonitorMetricExporter(**given))
    if settings.otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        # Both read OTEL_EXPORTER_OTLP_ENDPOINT and its companions themselves.
        spans.append(OTLPSpanExporter())
        measures.append(OTLPMetricExporter())
    name = os.environ.get("OTEL_SERVICE_NAME") or os.environ.get("WEBSITE_SITE_NAME") or "claims-orchestrator"
    resource = Resource.create({SERVICE_NAME: name})
    tracing = trace.TracerProvider(resource=resource)
    for span_exporter in spans:
        tracing.add_span_processor(BatchSpanProcessor(span_exporter))
    readers = [PeriodicExportingMetricReader(exporter) for exporter in measures]
    return Providers(tracing, metrics.MeterProvider(readers, resource=resource))
