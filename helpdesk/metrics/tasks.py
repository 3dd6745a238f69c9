"""What a worker measures of its tasks. Imported only where WORKER_METRICS_ADDRESS is set.

The first process of a worker learns of every end, also of a task whose process was killed; so the
numbers need neither files nor memory that the pool's processes share.
"""

import time

from celery.exceptions import Retry
from celery.worker.request import Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
ENDED = Counter(
    "helpdesk_tasks",
    "Runs of tasks that ended: succeeded, failed, or to be tried again.",
    ["task", "outcome"],
    registry=REGISTRY,
)
SECONDS = Histogram(
    "helpdesk_task_seconds",
    "From the start of a run to its end.",
    ["task"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 240),
    registry=REGISTRY,
)
RUNNING = Gauge("helpdesk_tasks_running", "Tasks that this worker runs now.", registry=REGISTRY)


class MeasuredRequest(Request):
    """A task in the first process of the worker, from its arrival to its end.

    Celery derives a class of it that replaces `on_success`, but acknowledges a task there when it
    has succeeded: every task of ours is acknowledged late.
    """

    is_running = is_counted = False

    def on_accepted(self, pid, time_accepted):
        super().on_accepted(pid, time_accepted)
        self.is_running = True
        RUNNING.inc()

    def on_failure(self, exc_info, send_failed_event=True, return_ok=False):
        # The process of the pool sends it with its traceback around it.
        error = getattr(exc_info.exception, "exc", exc_info.exception)
        self._count("retried" if isinstance(error, Retry) else "failed")
        return super().on_failure(exc_info, send_failed_event, return_ok)

    def on_timeout(self, soft, timeout):
        if not soft:
            self._count("failed")
        return super().on_timeout(soft, timeout)

    def acknowledge(self):
        super().acknowledge()
        if self.is_running:
            self._count("succeeded")

    def _count(self, outcome):
        if self.is_counted:
            return
        self.is_counted = True
        ENDED.labels(self.name, outcome).inc()
        if self.is_running:
            RUNNING.dec()
            SECONDS.labels(self.name).observe(max(time.time() - self.time_start, 0))
