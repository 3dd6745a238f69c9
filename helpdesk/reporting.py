"""Failures and traces go to servers of others; neither library is loaded unless one is named."""

from django.conf import settings
from django.utils.module_loading import import_string


def start():
    """Begin with what the settings ask for; once in each process, before it forks or serves."""
    if settings.SENTRY_DSN:
        import_string("helpdesk.failure_reports.start")(settings.SENTRY_DSN)
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        import_string("helpdesk.tracing.start")(settings.OTEL_EXPORTER_OTLP_ENDPOINT)
