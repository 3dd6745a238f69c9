"""What is measured of requests. Imported only where METRICS_TOKEN is set."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

# The moments at which series were made would be as many series again.
disable_created_metrics()
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
ANSWERED = Counter(
    "helpdesk_http_requests",
    "Requests that were answered.",
    ["view", "method", "status"],
    registry=REGISTRY,
)
SECONDS = Histogram(
    "helpdesk_http_request_seconds",
    "From the whole request to its answer.",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
IN_PROGRESS = Gauge(
    "helpdesk_http_requests_in_progress", "Threads that answer a request now.", registry=REGISTRY
)
