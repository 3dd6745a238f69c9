"""What the worker does by itself: the retention rule."""

from celery import shared_task

from tickets.services import record_run

from .services import apply_retention


@shared_task(name="moving.tasks.apply_retention")
def remove_old_contents():
    emptied = apply_retention()
    record_run("apply_retention", outcome=f"emptied {emptied}")
    return emptied
