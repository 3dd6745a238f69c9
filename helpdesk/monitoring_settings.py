"""Settings of the log, of metrics, and of what failures and traces are sent to."""

from django.core.exceptions import ImproperlyConfigured

from .environment import address, env, flag, server, token
from .logs import logging_to_console


def monitoring():
    """{setting: value}. Raises ImproperlyConfigured for what is malformed."""
    settings = {
        "LOGGING": logging_to_console(
            env.str("LOG_LEVEL", default="INFO"), env.str("LOG_FORMAT", default="plain")
        ),
        # One line for each request, as `make run` has it; behind a proxy that is the proxy's work.
        "ACCESS_LOG": flag("ACCESS_LOG", default=False),
        # Who sends it as a bearer token reads /metrics; without it nothing is measured.
        "METRICS_TOKEN": token("METRICS_TOKEN"),
        # Where a worker can be asked for its own, with the same token.
        "WORKER_METRICS_ADDRESS": address("WORKER_METRICS_ADDRESS"),
        # Failures go to a Sentry, traces to a collector; else nothing of either is loaded.
        "SENTRY_DSN": server("SENTRY_DSN"),
        "OTEL_EXPORTER_OTLP_ENDPOINT": server("OTEL_EXPORTER_OTLP_ENDPOINT"),
    }
    if settings["WORKER_METRICS_ADDRESS"] and not settings["METRICS_TOKEN"]:
        raise ImproperlyConfigured("METRICS_TOKEN must be set for WORKER_METRICS_ADDRESS")
    return settings
