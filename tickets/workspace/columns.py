"""The columns of the queue. Each cell is in templates/queue/partials/_rows.html."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.lists.columns import Column

COLUMNS = (
    Column("due", pgettext_lazy("column", "Due"), "q-due"),
    Column("number", _("Number"), "q-id"),
    Column("title", _("Title and last message"), "q-title"),
    Column("organization", _("Organization, plan"), "q-organization"),
    Column("priority", _("Priority"), "q-priority"),
    Column("status", _("Status"), "q-status"),
    Column("assignee", _("Assignee, team"), "q-assignee"),
    Column(
        "waiting",
        pgettext_lazy("column", "Waiting"),
        "q-waiting soft nowrap",
        head_class="q-waiting",
    ),
)
