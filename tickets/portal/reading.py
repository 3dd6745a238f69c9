"""What the member's list asks of the database, for the organization that they work in.

Each query that everybody asks is put together once (`tickets.prepared`).
"""

from tickets.lists.counts import counting
from tickets.lists.filters import Reader
from tickets.lists.pages import first_page, is_at_key, page_by_key
from tickets.models import ListPreference, Ticket
from tickets.prepared import Prepared

from .query import PortalQuery


def kept_query(user):
    """The query string of the list as the person left it; empty without one."""
    rows = _kept.rows(person=user.pk)
    return rows[0][0] if rows else ""


def first_turns(user, organization, most):
    """What waits for the person there, the first to close first, one more than `most`."""
    if not organization:
        return []
    return _turns.rows(*_shape(user, organization), most, **_where(user, organization))


def page_of(wanted, tickets, user, organization, params, *, now):
    """The page of `tickets` that is asked for."""
    how = {"order": wanted.order, "size": wanted.rows, "keep": wanted.pairs()}
    if not _is_prepared(wanted, organization) or is_at_key(params):
        return page_by_key(tickets.with_portal_row(user), params, **how)
    shape = (*_shape(user, organization), _lasting(wanted))
    rows = _first_rows.rows(*shape, **_where(user, organization), at=now)
    return first_page(rows, **how)


def total_of(wanted, tickets, user, organization, *, now):
    """The number of tickets, as `count_up_to` counts."""
    if not _is_prepared(wanted, organization):
        [[total]] = counting({"total": tickets})
        return total
    shape = (*_shape(user, organization), _lasting(wanted))
    [[total]] = _total.rows(*shape, **_where(user, organization), at=now)
    return total


def _is_prepared(wanted, organization):
    """Whether the query has no text, and no moment that is reckoned from the present one."""
    return bool(organization) and not (wanted.text or wanted.updated)


def _lasting(wanted):
    """The query without what changes no statement."""
    return wanted.with_(hidden=PortalQuery.hidden.default, explicit=frozenset())


def _shape(user, organization):
    return (user.membership_by_organization[organization.pk].sees_all,)


def _where(user, organization):
    return {"organization": organization.pk, "person": user.pk}


@Prepared
def _kept(person):
    return ListPreference.objects.queries_of(person)


@Prepared
def _turns(sees_all, most, organization, person):
    seen = Ticket.objects.visible_in(organization, person, sees_all=sees_all)
    return seen.your_turn(person)[: most + 1]


@Prepared
def _first_rows(sees_all, wanted, organization, person, at):
    tickets = _tickets(sees_all, wanted, organization, person, at).with_portal_row(person)
    return tickets.order_by(*wanted.order)[: wanted.rows + 1]


@Prepared
def _total(sees_all, wanted, organization, person, at):
    return counting({"total": _tickets(sees_all, wanted, organization, person, at)})


def _tickets(sees_all, wanted, organization, person, at):
    seen = Ticket.objects.visible_in(organization, person, sees_all=sees_all)
    return wanted.apply(seen, Reader(person, at))
