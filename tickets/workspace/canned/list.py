"""The list of canned replies: its filters, and one page of it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.choices import CannedScope, Category
from tickets.lists.filters import Choice, Search
from tickets.lists.pages import page_by_key
from tickets.lists.query import ListQuery
from tickets.models import CannedReply

PAGE_SIZE = 50
BY_TITLE = ["title_key", "id"]
OWN, TEAM, SHARED = CannedScope.OWN.value, CannedScope.TEAM.value, CannedScope.SHARED.value
MACROS = "macros"


class CannedQuery(ListQuery):
    """What an agent looks for among the canned replies."""

    text = Search(
        _("Search"), parameter="find", narrow=lambda rows, text, reader: rows.found_by(text)
    )
    show = Choice(
        options={
            OWN: pgettext_lazy("canned reply", "Mine"),
            TEAM: pgettext_lazy("canned replies", "Of teams"),
            SHARED: _("Shared"),
            MACROS: _("Macros"),
        },
        narrow=lambda rows, value, reader: (
            rows.macros() if value == MACROS else rows.of_scope(value)
        ),
    )
    category = Choice(
        _("Category"), Category.choices, narrow=lambda rows, value, reader: rows.about(value)
    )
    form_fields = ("text", "category")

    @property
    def tabs(self):
        """The kinds to choose from, the first for all of them."""
        options = {"": _("All"), **type(self).show.options}
        return [
            {"label": label, "href": self.href(show=value), "is_chosen": value == self.show}
            for value, label in options.items()
        ]


def canned_page(user, params):
    """What the list shows. Two statements, however many there are."""
    wanted = CannedQuery.read(params)
    found = wanted.narrow(CannedReply.objects.visible_to(user), None)
    found = found.select_related("assignee", "team")
    page = page_by_key(found, params, order=BY_TITLE, size=PAGE_SIZE, keep=wanted.pairs())
    for row in page.rows:
        row.is_mine = row.is_editable_by(user)
    return {
        "wanted": wanted,
        "rows": page.rows,
        "previous_query": page.previous_query,
        "next_query": page.next_query,
    }
