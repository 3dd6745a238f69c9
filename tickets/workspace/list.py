"""The queue as a page: ready-made lists with their counts, groups by due, rows."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.choices import Band, Status
from tickets.conversation.found import hits_of
from tickets.freshness import rows_mark
from tickets.lists.columns import Table, plain_head, sort_head
from tickets.lists.counts import count_up_to, counted, counting
from tickets.lists.filters import Reader
from tickets.lists.pages import first_page, is_at_key, page_by_key, with_rows
from tickets.models import Ticket
from tickets.prepared import Prepared
from ui.wording import start_of_day

from . import walk
from .bulk.selection import seen_of
from .query import QueueQuery
from .references import Chosen
from .rows import rows_of
from .saved.column import column_of
from .saved.kept import numbers_of
from .view_counts import counted_views

PAGE_SIZE = 25
HOUR = timedelta(hours=1)

# Key, name and symbol of each group, in the order of the queue.
GROUPS = {
    "returned": (pgettext_lazy("tickets", "Returned"), "undo"),
    "over": (_("Overdue"), "alert"),
    "hour": (_("Within the hour"), "hourglass"),
    "today": (pgettext_lazy("queue", "Today"), "clock"),
    "later": (_("Tomorrow and later"), "calendar"),
    "waiting": (_("Waiting, no commitment"), "dash"),
    "our_move": (_("Our turn"), "play"),
    "awaiting_customer": (_("Awaiting customer"), "pause"),
    "snoozed": (_("Snoozed"), "moon"),
}
BANDS = {
    Band.RETURNED: "returned",
    Band.WAITING: "waiting",
    Band.OUR_MOVE: "our_move",
    Band.AWAITING_CUSTOMER: "awaiting_customer",
    Band.SNOOZED: "snoozed",
}


@dataclass
class Group:
    """Rows under one heading; without a label the list has no headings."""

    key: str
    number: int | None = None
    rows: list = field(default_factory=list)

    @property
    def label(self):
        return GROUPS[self.key][0] if self.key else ""

    @property
    def symbol(self):
        return GROUPS[self.key][1] if self.key else ""


@dataclass(frozen=True)
class View:
    """A ready-made list of the column beside the queue; `count` and `over` are numbers in words."""

    label: str
    symbol: str
    url: str
    is_current: bool
    count: str
    over: str


# Key, name, symbol and filter of each ready-made list.
VIEWS = {
    "soon": (_("Due soon"), "hourglass", QueueQuery(due="soon")),
    "unassigned": (_("Unassigned"), "user-plus", QueueQuery(assignee=(Chosen("nobody"),))),
    "mine": (_("Mine"), "user", QueueQuery(assignee=(Chosen("me"),))),
    "awaiting_customer": (
        _("Awaiting customer"),
        "pause",
        QueueQuery(status=(Status.AWAITING_CUSTOMER.value,)),
    ),
    "open": (_("All open"), "ticket", QueueQuery()),
    "snoozed": (_("Snoozed"), "moon", QueueQuery(snoozed="only")),
    "closed": (
        pgettext_lazy("tickets", "Closed"),
        "check",
        QueueQuery(status=(Status.CLOSED.value,)),
    ),
}


def queue_page(kept, agent, query, state, *, now):
    """What the page of the queue shows, in a number of queries that no data changes; `kept` is
    what the agent keeps for it, and the list that is asked for; `state` that of the tickets."""
    wanted, everything = kept.wanted, Ticket.objects.visible_to(agent)
    tickets = wanted.apply(everything, Reader(agent, now))
    view = _view_of(wanted)
    page = _page(wanted, tickets, agent, query, now)
    columns = kept.layout.shown(wanted)
    rows = rows_of(
        page.rows,
        agent,
        found=hits_of(page.rows, wanted.text, agent),
        in_list=walk.suffix_of(wanted),
        now=now,
        shown=columns,
    )
    groups = _grouped(page.rows, rows, wanted, now)
    counts = _counts(wanted, view, groups, tickets, agent, state, now)
    for group in groups:
        group.number = counts.get(f"group_{group.key}", counts.get(group.key))
    numbers = numbers_of(kept.views, agent, now=now)
    return {
        "now": now,
        "rows_mark": rows_mark(agent, page.rows, counts | numbers, now),
        "wanted": wanted,
        "views": views(counts, view),
        "heading": _heading(kept, view),
        "by_priority": wanted.href(due="overdue", sort="priority"),
        "total": counts[view or "total"],
        "is_partial": tickets.is_partial,
        "groups": groups,
        "table": Table(columns, lambda column: _head(column, wanted)),
        "next_query": page.next_query,
        "previous_query": page.previous_query,
        # What the form of bulk actions says of the page.
        "page_query": wanted.page_query(query),
        "seen": seen_of(page.rows),
        **column_of(kept, numbers),
    }


def _view_of(wanted):
    """The key of the ready-made list that is asked for, with whatever columns, or None."""
    bare = wanted.without("columns")
    return next((key for key, (*_label_and_symbol, its) in VIEWS.items() if its == bare), None)


def _page(wanted, tickets, agent, query, now):
    """The page of tickets; the first one of a common list is what people ask for most."""
    how = {"order": wanted.order, "size": PAGE_SIZE, "keep": wanted.pairs()}
    if not wanted.is_common or is_at_key(query):
        page = page_by_key(wanted.keys(tickets), query, **how)
        return with_rows(page, lambda keys: _rows.rows(keys=keys))
    rows = _first_rows.rows(wanted.narrowing, PAGE_SIZE + 1, agent=agent.pk, at=now)
    return first_page(rows, **how)


@Prepared
def _rows(keys):
    return Ticket.objects.of_keys(keys).order_by().with_queue_row()


@Prepared
def _first_rows(wanted, most, agent, at):
    """Only what is shown is joined with its names, however many rows the database expects."""
    tickets = wanted.sorted(wanted.apply(Ticket.objects.all(), Reader(agent, at)))
    first = Ticket.objects.among(tickets[:most])
    return wanted.sorted(first).with_queue_row()


def _head(column, wanted):
    """A head sorts where an index leads through the rows in that order."""
    if column.is_sortable and wanted.can_sort_by(column.key):
        return sort_head(column, wanted)
    return plain_head(column)


def _heading(kept, view):
    if kept.current:
        return kept.current.view.name
    if view:
        return VIEWS[view][0]
    return _("Search results") if kept.wanted.text else _("Tickets")


def views(counts, current):
    """The ready-made lists with what each holds; `current` is the key of the one shown."""
    base = reverse("queue:list")
    return [
        View(
            label=label,
            symbol=symbol,
            url=f"{base}?{its.query}" if its.query else base,
            is_current=key == current,
            count=counted(counts[key]),
            over=counted(counts["over"]) if key == "soon" and counts["over"] else "",
        )
        for key, (label, symbol, its) in VIEWS.items()
    ]


def _counted_groups(groups, view):
    """Of all open tickets one group is a list too, and is counted as that."""
    as_lists = {"awaiting_customer"} if view == "open" else set()
    return tuple(group.key for group in groups if group.key and group.key not in as_lists)


def _counted(wanted, tickets, keys, agent, *, is_view, at, **moments):
    """What is counted of `tickets`: the groups of these keys, and unless it is a ready-made list
    the whole of it; beside that the agent's own."""
    groups = tickets.groups_counted(keys, at, **moments)
    groups = {f"group_{key}": queryset for key, queryset in groups.items()}
    # In an order that an index leads through; what is due has an index of its own.
    order = [] if wanted.due else wanted.usual_order
    total = {} if is_view else {"total": tickets.order_by(*order)}
    return Ticket.objects.mine_counted(agent) | groups | total


def _build_counts(wanted, keys, is_view, agent, at, **moments):
    tickets = wanted.apply(Ticket.objects.all(), Reader(agent, at))
    return counting(_counted(wanted, tickets, keys, agent, is_view=is_view, at=at, **moments))


_COUNTS = Prepared(_build_counts)


def _counts(wanted, view, groups, tickets, agent, state, now):
    """The numbers of the ready-made lists, of the groups shown, and of the list itself."""
    moments = {"at": now, "hour_later": now + HOUR, "day_end": _day_end(now)}
    keys, is_view = _counted_groups(groups, view), view is not None
    views = counted_views(state, now)
    if not wanted.is_common:
        own = _counted(wanted, tickets, keys, agent.pk, is_view=is_view, **moments)
        return views | count_up_to(own)
    [numbers] = _COUNTS.rows(wanted.narrowing, keys, is_view, agent=agent.pk, **moments)
    names = ["mine", *(f"group_{key}" for key in keys), *([] if is_view else ["total"])]
    return views | dict(zip(names, numbers, strict=True))


def _grouped(tickets, rows, wanted, now):
    """The rows of the tickets under their headings; without headings in another order than the
    queue's."""
    if not wanted.in_queue_order:
        return [Group("", rows=rows)] if rows else []
    hour_later, day_end = now + HOUR, _day_end(now)
    groups = {key: Group(key) for key in GROUPS}
    for ticket, row in zip(tickets, rows, strict=True):
        groups[_group_of(ticket, now, hour_later, day_end)].rows.append(row)
    return [group for group in groups.values() if group.rows]


def _group_of(ticket, now, hour_later, day_end):
    if ticket.queue_band != Band.DUE:
        return BANDS[ticket.queue_band]
    if ticket.due_at <= now:
        return "over"
    if ticket.due_at <= hour_later:
        return "hour"
    return "today" if ticket.due_at < day_end else "later"


def _day_end(now):
    """The midnight that ends the reader's day."""
    return start_of_day(now, days=1)
