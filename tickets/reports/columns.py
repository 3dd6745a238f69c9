"""The columns of the report's table. Each cell is in templates/reports/partials/_row.html."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.lists.columns import Column

# Each has the name of a number of `Figure`; those that fall first are sorted by the largest.
COLUMNS = (
    Column("counted", _("Promises"), is_sortable=True, falls_first=True),
    Column("late", pgettext_lazy("promises", "Late"), is_sortable=True, falls_first=True),
    Column("share", pgettext_lazy("promises", "On time"), is_sortable=True),
    Column("median", _("Median"), is_sortable=True, falls_first=True),
    Column("p90", _("90th percentile"), is_sortable=True, falls_first=True),
    Column("aim_share", _("Within aim"), is_sortable=True),
    Column("withdrawn", pgettext_lazy("promises", "Withdrawn"), is_sortable=True, falls_first=True),
)
FALLS_FIRST = {column.key: column.falls_first for column in COLUMNS}
