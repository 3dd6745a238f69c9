"""Traces of pages, their statements and tasks, by OTLP. Imported only where
OTEL_EXPORTER_OTLP_ENDPOINT is set; the other settings of OpenTelemetry hold as its SDK reads them.
"""

import re

from django.db import connection
from django.db.backends.signals import connection_created
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Status

from .request_ids import current_id

# What of a span leaves: anything else may hold an address, a query, a name or a number of people.
KEPT = {
    *("http.method", "http.request.method", "http.route"),
    *("http.status_code", "http.response.status_code"),
    *("db.system", "db.operation", "db.collection.name"),
    *("celery.action", "celery.state", "celery.task_name", "celery.retries"),
    *("messaging.message.id", "messaging.destination", "error.type", "exception.type"),
    "helpdesk.request_id",
}
# Neither what monitoring asks for nor what open pages ask each few seconds.
NOT_TRACED = "healthz,metrics,static/,live/"
_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"(\w+)"')


class OnlyWhatIsKept(SpanExporter):
    """Hands spans on without what is not in KEPT, and without what exceptions say."""

    def __init__(self, exporter):
        self._exporter = exporter

    def export(self, spans):
        return self._exporter.export([_kept(span) for span in spans])

    def shutdown(self):
        self._exporter.shutdown()

    def force_flush(self, timeout_millis=30_000):
        return self._exporter.force_flush(timeout_millis)


def _kept(span):
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={name: value for name, value in span.attributes.items() if name in KEPT},
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def start(endpoint):
    """Trace from now on, into the collector at `endpoint`."""
    resource = Resource({SERVICE_NAME: "helpdesk"}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource)
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(OnlyWhatIsKept(exporter)))
    trace.set_tracer_provider(provider)
    # Behind the middleware that gives the request its id, and takes away what a client sent as one.
    DjangoInstrumentor().instrument(
        middleware_position=1, excluded_urls=NOT_TRACED, request_hook=_with_request_id
    )
    CeleryInstrumentor().instrument()
    connection_created.connect(trace_statements)
    if connection.connection is not None:
        trace_statements(connection)


def _with_request_id(span, request):
    span.set_attribute("helpdesk.request_id", current_id())


def trace_statements(connection, **kwargs):
    """Each statement is a span within that of its page or task. Django's own place for it sees all
    cursors, also those of kept plans, which the library for psycopg does not."""
    if _statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_statement)


def _statement(execute, sql, params, many, context):
    if not trace.get_current_span().is_recording():
        return execute(sql, params, many, context)
    operation = str(sql).lstrip("( ")[:10].partition(" ")[0].upper()
    table = found[1] if (found := _TABLE.search(str(sql))) else ""
    tracer = trace.get_tracer(__name__)
    attributes = {"db.system": connection.vendor, "db.operation": operation}
    if table:
        attributes["db.collection.name"] = table
    with tracer.start_as_current_span(
        f"{operation} {table}".strip(),
        kind=trace.SpanKind.CLIENT,
        attributes=attributes,
        record_exception=False,
    ):
        return execute(sql, params, many, context)
