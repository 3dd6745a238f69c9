"""The columns of the member's list. Each cell is in templates/tickets/partials/_table.html."""

from django.utils.translation import gettext_lazy as _

from tickets.lists.columns import Column

COLUMNS = (
    Column("number", _("Number"), "k-id", is_sortable=True, falls_first=True),
    Column("title", _("Title"), "k-title", is_sortable=True, is_hideable=False),
    Column("speaker", _("Last message"), is_sortable=True, falls_first=True, within="title"),
    Column("priority", _("Priority"), "k-priority", is_sortable=True, falls_first=True),
    Column("category", _("Category"), "k-category soft wide", is_sortable=True),
    Column("status", _("Status"), "k-status", is_sortable=True),
    Column("updated", _("Last update"), "k-updated", is_sortable=True, falls_first=True),
    Column("due", _("Response time"), "k-due", is_sortable=True),
)
HIDEABLE = tuple(column.key for column in COLUMNS if column.is_hideable)
