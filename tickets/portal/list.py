"""What the member's home and list show: rows, heads, filters, and numbers as texts."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from tickets.conversation.found import hits_of
from tickets.lists.columns import plain_head, sort_head, table_of
from tickets.lists.counts import MOST_COUNTED, count_up_to
from tickets.lists.filters import Reader
from tickets.lists.pages import preceding
from tickets.models import Ticket
from ui.wording import number as in_digits

from .columns import COLUMNS
from .query import PortalQuery
from .reading import page_of, total_of
from .rows import rows_of
from .turns import turns_shown

RECENT = 6
RECENT_HIDDEN = {"category"}
# The last message is shown without a head of its own.
RECENT_COLUMNS = [column for column in COLUMNS if not column.within]
TURNS, TURNS_OVER_LIST = 3, 2
LABELS = {column.key: column.label for column in COLUMNS}


@dataclass(frozen=True)
class Choice:
    """One option of a menu of the list."""

    label: str
    href: str
    is_chosen: bool = False
    symbol: str = "check"


@dataclass(frozen=True)
class Menu:
    """A filter: what it is set to, if it is, and what it can be set to."""

    label: str
    value: str
    off_href: str
    choices: list


def home_page(user, organization, *, now):
    """What waits for the member first, then what moved last."""
    tickets = _of(user, organization)
    turns = turns_shown(user, organization, most=TURNS, now=now)
    recent = tickets.for_portal(user)[:RECENT] if organization else []
    return {
        "now": now,
        "organization": organization,
        **turns,
        "rows": rows_of(list(recent), user, now=now),
        "table": table_of(RECENT_COLUMNS, plain_head, hidden=RECENT_HIDDEN),
        "hidden": RECENT_HIDDEN,
    }


def list_page(wanted, user, organization, params, *, now):
    """The tickets that are asked for of the organization one works in."""
    everything = _of(user, organization)
    tickets = wanted.apply(everything, Reader(user, now))
    page = page_of(wanted, tickets, user, organization, params, now=now)
    found = hits_of(page.rows, wanted.text, user)
    view = PortalQuery.page_query(params)
    at_start = page.previous_query is None
    turns = at_start and not wanted.is_narrowed
    return {
        "now": now,
        "organization": organization,
        "wanted": wanted,
        "page": page,
        "rows": rows_of(page.rows, user, found=found, now=now),
        "table": table_of(COLUMNS, lambda each: sort_head(each, wanted), hidden=wanted.hidden),
        "hidden": set(wanted.hidden),
        "is_partial": tickets.is_partial,
        "place": _place(tickets, page, wanted, user, organization, now=now),
        "scopes": _scopes(wanted),
        "off_text": wanted.href(text=""),
        "sorted_by": LABELS[wanted.column],
        "view": view,
        "back": urlencode({"next": "list", "view": view}),
        "menus": [_menu(each, wanted) for each in wanted.filters.values() if each.label],
        "sorts": [_sort_choice(each, wanted) for each in COLUMNS if each.is_sortable],
        "columns": [
            (each.key, each.label, each.key not in wanted.hidden)
            for each in COLUMNS
            if each.is_hideable
        ],
        "rows_choices": [(number, number == wanted.rows) for number in PortalQuery.rows.options],
        **turns_shown(user, organization, most=TURNS_OVER_LIST if turns else 0, now=now),
    }


def _of(user, organization):
    return Ticket.objects.visible_to(user).of_organization(organization)


def _sort_choice(column, wanted):
    head = sort_head(column, wanted)
    return Choice(head.label, head.href, bool(head.direction), head.symbol)


def _scopes(wanted):
    return [
        Choice(_("Whole organization"), wanted.href(of=""), not wanted.of),
        Choice(_("Only mine"), wanted.href(of="mine"), bool(wanted.of)),
    ]


def _menu(each, wanted):
    chosen = getattr(wanted, each.name)
    choices = [
        Choice(label, wanted.href(**{each.name: value}), value == chosen)
        for value, label in each.options.items()
    ]
    off_href = wanted.without(each.name).href()
    return Menu(each.label, each.describe(chosen), off_href, choices)


def _place(tickets, page, wanted, user, organization, *, now):
    """The page's place in the list: 11–20 of 147, exact as far as is counted."""
    if not page.rows:
        return ""
    if page.previous_query:
        before = preceding(tickets, page.rows[0], order=wanted.order)
        counts = count_up_to({"total": tickets, "before": before})
        total, first = counts["total"], counts["before"] + 1
    else:
        total, first = total_of(wanted, tickets, user, organization, now=now), 1
    if first > MOST_COUNTED:
        return _("Beyond the first %(count)s") % {"count": in_digits(MOST_COUNTED)}
    shown = {"first": in_digits(first), "last": in_digits(first + len(page.rows) - 1)}
    if total < MOST_COUNTED:
        return _("%(first)s–%(last)s of %(total)s") % {**shown, "total": in_digits(total)}
    return _("%(first)s–%(last)s of more than %(total)s") % {
        **shown,
        "total": in_digits(MOST_COUNTED - 1),
    }
