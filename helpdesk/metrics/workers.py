"""Has a worker measure its tasks, where WORKER_METRICS_ADDRESS asks for it."""

from celery.signals import worker_ready
from django.conf import settings
from django.utils.module_loading import import_string


def measure_tasks(app):
    """Have tasks be measured from the start of the worker on; nothing is loaded otherwise."""
    if settings.WORKER_METRICS_ADDRESS:
        app.Task.Request = "helpdesk.metrics.tasks.MeasuredRequest"


@worker_ready.connect
def open_port(**kwargs):
    """Opened after the pool was forked, whose processes do not hold it."""
    if address := settings.WORKER_METRICS_ADDRESS:
        opened = import_string("helpdesk.metrics.worker_port.open_port")
        opened(address, settings.METRICS_TOKEN)
