"""What the member's home and list show: rows, heads, filters, and numbers as texts."""

from urllib.parse import urlencode

from django.utils.translation import gettext as _

from tickets.conversation.found import hits_of
from tickets.lists.columns import plain_head, table_of
from tickets.lists.counts import MOST_COUNTED, count_up_to
from tickets.lists.filters import Reader
from tickets.lists.pages import preceding
from tickets.models import Ticket
from ui.wording import number as in_digits

from .columns import COLUMNS
from .frame import Choice, Frame
from .query import PortalQuery
from .reading import page_of, total_of
from .rows import rows_of
from .turns import turns_shown

RECENT = 6
RECENT_HIDDEN = {"category"}
# The last message is shown without a head of its own.
RECENT_COLUMNS = [column for column in COLUMNS if not column.within]
TURNS, TURNS_OVER_LIST = 3, 2


def home_page(user, organization, *, now):
    """What waits for the member first, then what moved last."""
    tickets = _of(user, organization)
    turns = turns_shown(user, organization, most=TURNS, now=now)
    recent = tickets.for_portal(user)[:RECENT] if organization else []
    return {
        "now": now,
        "organization": organization,
        **turns,
        "rows": rows_of(list(recent), user, now=now, hidden=RECENT_HIDDEN),
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
    at_start, frame = page.previous_query is None, Frame(wanted)
    turns = at_start and not wanted.is_narrowed
    return {
        "now": now,
        "organization": organization,
        "wanted": wanted,
        "page": page,
        "rows": rows_of(page.rows, user, now=now, found=found, hidden=wanted.hidden),
        "frame": frame,
        "table": frame.table,
        "hidden": set(wanted.hidden),
        "is_partial": tickets.is_partial,
        "place": _place(tickets, page, wanted, user, organization, now=now),
        "scopes": _scopes(wanted),
        "view": view,
        "back": urlencode({"next": "list", "view": view}),
        **turns_shown(user, organization, most=TURNS_OVER_LIST if turns else 0, now=now),
    }


def _of(user, organization):
    return Ticket.objects.visible_to(user).of_organization(organization)


def _scopes(wanted):
    return [
        Choice(_("Whole organization"), wanted.href(of=""), not wanted.of),
        Choice(_("Only mine"), wanted.href(of="mine"), bool(wanted.of)),
    ]


def _place(tickets, page, wanted, user, organization, *, now):
    """The page's place in the list: 11–20 of 147, exact as far as is counted."""
    if page.previous_query:
        before = preceding(tickets, page.rows[0], order=wanted.order)
        counts = count_up_to({"total": tickets, "before": before})
        total, first = counts["total"], counts["before"] + 1
    else:
        total, first = total_of(wanted, tickets, user, organization, now=now), 1
    if not page.rows:
        return ""
    if first > MOST_COUNTED:
        return _("Beyond the first %(count)s") % {"count": in_digits(MOST_COUNTED)}
    shown = {"first": in_digits(first), "last": in_digits(first + len(page.rows) - 1)}
    if total < MOST_COUNTED:
        return _("%(first)s–%(last)s of %(total)s") % {**shown, "total": in_digits(total)}
    return _("%(first)s–%(last)s of more than %(total)s") % {
        **shown,
        "total": in_digits(MOST_COUNTED - 1),
    }
