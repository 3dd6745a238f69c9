"""Wiring only: settings, addresses, the schedule. No rules."""

import os
import sys

# The client of Redis loads OpenTelemetry's SDK wherever it is installed: megabytes in each process
# that only those need who trace. With a None here it is as if it were not installed.
if not {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT_FILE"} & set(os.environ):
    sys.modules.setdefault("opentelemetry", None)

from .celery import app as celery_app

__all__ = ["celery_app"]
