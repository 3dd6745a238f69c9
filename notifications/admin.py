"""The outbox in Django admin: what was sent, what failed and why; no texts, nothing to edit."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ui import wording
from ui.admin_columns import choice_filter
from ui.admin_lookups import GrowingList
from ui.admin_read_only import ReadOnly

from . import services
from .models import AccountMail, Notification
from .reasons import reason_text


class OutboxAdmin(ReadOnly, GrowingList):
    """Read only: rows are written together with their events."""

    list_filter = ["state"]
    date_hierarchy = None
    list_per_page = 50
    # By any other column the whole table would be read and sorted.
    sortable_by = ["created"]

    @admin.display(description=_("attempts"))
    def tries(self, row):
        return wording.number(row.attempts)

    @admin.display(description=_("error"))
    def reason(self, row):
        return reason_text(row.error) or "–"

    @admin.display(description=_("created"), ordering="pk")
    def created(self, row):
        return wording.format_datetime(row.created_at)

    @admin.display(description=_("sent"), ordering="sent_at")
    def sent(self, row):
        return wording.format_datetime(row.sent_at) if row.sent_at else "–"

    @admin.display(description=_("next try"), ordering="next_try_at")
    def next_try(self, row):
        if row.state != row.State.PENDING:
            return "–"
        return wording.format_datetime(row.next_try_at)


@admin.register(Notification)
class NotificationAdmin(OutboxAdmin):
    list_display = ["ticket_number", "what", "recipient", "channel", "state", "tries", "created"]
    list_filter = ["state", "channel", ("event__kind", choice_filter(_("event")))]
    list_select_related = ["ticket", "recipient", "event"]
    search_fields = ["recipient__email", "recipient__name"]
    fields = [
        *("ticket_number", "what", "recipient", "channel", "state", "tries"),
        *("reason", "created", "next_try", "sent"),
    ]
    actions = ["try_again"]

    @admin.display(description=_("ticket"))
    def ticket_number(self, row):
        return row.ticket.number

    @admin.display(description=_("event"))
    def what(self, row):
        return row.event.get_kind_display()

    @admin.action(description=_("Retry failed notifications"))
    def try_again(self, request, queryset):
        count = services.try_again(queryset, now=timezone.now())
        text = ngettext(
            "%(count)s notification will be resent within a minute.",
            "%(count)s notifications will be resent within a minute.",
            count,
        )
        self.message_user(request, text % {"count": wording.number(count)})


@admin.register(AccountMail)
class AccountMailAdmin(OutboxAdmin):
    list_display = ["recipient", "subject", "state", "tries", "created"]
    search_fields = ["recipient"]
    fields = [
        *("recipient", "subject", "language", "state", "tries", "reason"),
        *("created", "next_try", "sent"),
    ]
