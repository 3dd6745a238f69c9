"""The columns of the queue. Each cell is in templates/queue/partials/_rows.html."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.lists.columns import Column

COLUMNS = (
    Column("due", pgettext_lazy("column", "Due"), "q-due", is_sortable=True),
    Column("number", _("Number"), "q-id", is_sortable=True, falls_first=True),
    Column("title", _("Title and last message"), "q-title", is_sortable=True, is_hideable=False),
    Column("organization", _("Organization, plan"), "q-organization", is_sortable=True),
    Column("priority", _("Priority"), "q-priority", is_sortable=True),
    Column("status", _("Status"), "q-status", is_sortable=True),
    Column("assignee", _("Assignee, team"), "q-assignee", is_sortable=True),
    Column(
        "waiting",
        pgettext_lazy("column", "Waiting"),
        "q-waiting soft nowrap",
        head_class="q-waiting",
        is_sortable=True,
    ),
    Column(
        "updated",
        _("Last update"),
        "q-updated soft nowrap",
        head_class="q-updated",
        is_sortable=True,
        falls_first=True,
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
KEYS = tuple(BY_KEY)
# What a list shows where nobody chose.
USUAL = tuple(key for key in KEYS if key != "updated")
