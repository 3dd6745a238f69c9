"""The promises behind a number of the reports, as a list that leads to their tickets."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.lists.columns import Column, plain_head, table_of
from tickets.lists.counts import count_up_to
from tickets.lists.pages import page_by_key
from tickets.models import Clock

PAGE_SIZE = 50
ORDER = ["-due_at", "-id"]
State = Clock.State
# What became of a promise: look, symbol and words.
ENDS = {
    "kept": ("met", "check", pgettext_lazy("promises", "On time")),
    "late": ("late", "alert", pgettext_lazy("promises", "Late")),
    "open_late": ("late", "hourglass", _("Late, unanswered")),
    "unresolved": ("late", "hourglass", _("Late, unresolved")),
    "withdrawn": ("none", "dash", pgettext_lazy("promises", "Withdrawn")),
}
# Each cell is in templates/reports/tickets.html.
COLUMNS = (
    Column("number", _("Number"), "b-id", head_class="col-number"),
    Column("title", _("Title and promise"), "b-title"),
    Column("organization", _("Organization, plan"), "b-organization"),
    Column("priority", _("Priority"), "b-priority"),
    Column("agent", _("Agent"), "b-agent"),
    Column("due", pgettext_lazy("column", "Due"), "b-due"),
    Column("result", _("Result"), "b-result"),
)


@dataclass(frozen=True)
class Behind:
    """One promise: the clock and what became of it."""

    clock: Clock

    @property
    def result(self):
        """The key of ENDS."""
        if self.clock.state != State.BREACHED:
            return "kept" if self.clock.state == State.MET else "withdrawn"
        if is_done(self.clock):
            return "late"
        return "unresolved" if self.clock.kind == Clock.Kind.RESOLUTION else "open_late"

    @property
    def look(self):
        return ENDS[self.result][0]

    @property
    def symbol(self):
        return ENDS[self.result][1]

    @property
    def label(self):
        return ENDS[self.result][2]

    @property
    def is_done(self):
        return is_done(self.clock)


def is_done(clock):
    """Whether it was answered, or resolved, in time or not: then its time is in the reports."""
    if clock.state != State.BREACHED:
        return clock.state == State.MET
    is_resolved = clock.kind == Clock.Kind.RESOLUTION and clock.stopped_at is not None
    return is_resolved or clock.answer_id is not None


def behind(wanted):
    """The clocks behind a number, the last due first."""
    return wanted.of_clocks(Clock.objects).behind_reports()


def behind_page(wanted, asked, query):
    """A page of the list, in a number of queries that no data changes."""
    clocks, keep = behind(wanted), wanted.without("by", "sort").pairs()
    page = page_by_key(clocks, query, order=ORDER, size=PAGE_SIZE, keep=keep)
    return {
        "wanted": wanted,
        "asked": asked,
        "table": table_of(COLUMNS, plain_head),
        "rows": [Behind(clock) for clock in page.rows],
        "count": count_up_to({"all": clocks})["all"],
        "next_query": page.next_query,
        "previous_query": page.previous_query,
        "report_href": wanted.report_href,
    }
