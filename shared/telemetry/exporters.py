"""Sends spans and metrics to Application Insights, to an OpenTelemetry collector, or nowhere.

The providers are the app's own and not those of the process. So what libraries record of their requests is
never sent, since addresses in storage hold the names of claimants' files.
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
"""Settings that keep Azure's exporter from reporting on itself to Microsoft and from asking it for orders."""


@dataclass(frozen=True)
class Providers:
    """The makers of tracers and meters whose spans and measurements are sent."""

    tracing: TracerProvider
    metering: MeterProvider


def providers(settings: Settings) -> Providers | None:
    """Providers that send to where the settings say, or None if they name no place.

    The call takes a second or two, because it imports the libraries that send.
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

        # Both sign in as the setting APPLICATIONINSIGHTS_AUTHENTICATION_STRING says, and so does the host.
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
