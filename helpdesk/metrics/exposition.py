"""The text that Prometheus reads. Imported only where METRICS_TOKEN is set."""

import time
from threading import Lock

from django.db import DatabaseError
from prometheus_client import exposition, generate_latest
from prometheus_client.core import GaugeMetricFamily

from .product import measured
from .requests import REGISTRY

# Prometheus asks each web process: the database is asked at most so often by one of them.
KEPT_SECONDS = 10


class ProductCollector:
    """What the database tells of the product, as it was at most KEPT_SECONDS ago."""

    def __init__(self):
        self._lock, self._read_at, self._families = Lock(), None, []

    def describe(self):
        """Nothing is known before the database was asked."""
        return []

    def collect(self):
        return self._families

    def refresh(self, now):
        """Ask the database again if it is time; one thread does, the others wait for it."""
        with self._lock:
            if self._read_at is None or time.monotonic() - self._read_at > KEPT_SECONDS:
                self._families = list(_families(now))
                self._read_at = time.monotonic()


PRODUCT = ProductCollector()
REGISTRY.register(PRODUCT)


def current(now):
    """The text of all that is measured, and its content type."""
    PRODUCT.refresh(now)
    return generate_latest(REGISTRY), exposition.CONTENT_TYPE_PLAIN_0_0_4


def _families(now):
    """The numbers of the product; only that the database is away where it does not tell them."""
    database = GaugeMetricFamily("helpdesk_database_up", "Whether the rest could be read.")
    try:
        found = measured(now)
    except DatabaseError:
        found = []
    database.add_metric([], bool(found))
    yield database
    for number in found:
        family = GaugeMetricFamily(number.name, number.help, labels=number.labels)
        for label, value in number.values.items():
            family.add_metric([label] if number.labels else [], value)
        yield family
