"""`manage.py after_restore`: make a restored backup current without notifying of the past."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications.publishing import withheld
from notifications.services import skip_pending
from tickets import services
from webhooks.services import skip_pending as skip_webhooks


class Command(BaseCommand):
    help = (
        "Run once after a backup was restored, before worker and beat start: does the periodic "
        "work that is overdue, and marks every pending notification and webhook as skipped."
    )

    def handle(self, **options):
        now = timezone.now()
        with withheld():
            services.remind_of_close(now)
            closed = services.close_due(now)
            found = services.scan_clocks(now)
        skipped, webhooks = skip_pending(now=now), skip_webhooks(now=now)
        self.stdout.write(
            f"closed {closed}, due soon {found.due_soon}, overdue {found.breached}, "
            f"notifications skipped {skipped}, webhooks skipped {webhooks}"
        )
