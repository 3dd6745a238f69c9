"""Reads the ticket of a page, by queries that are put together once."""

from tickets.models import Clock, Ticket
from tickets.prepared import Prepared


def shown_ticket(user, number):
    """The ticket of that number with what its page shows of whose it is, as `with_people` reads it;
    None for one that is not visible to the person."""
    membership = user.only_membership
    if not user.is_active or not (membership or user.is_agent):
        return Ticket.objects.visible_to(user).with_people().of_number(number).first()
    if user.is_agent:
        found = _for_staff.rows(number=number, person=user.pk)
    else:
        where = {"organization": membership.organization_id, "person": user.pk}
        found = _for_member.rows(membership.sees_all, number=number, **where)
    return _with_clocks(found[0]) if found else None


def _with_clocks(ticket):
    ticket.clock_list = _clocks.rows(ticket=ticket.pk)
    for clock in ticket.clock_list:
        clock.ticket = ticket
    return ticket


@Prepared
def _for_staff(number, person):
    found = Ticket.objects.of_number(number).with_owners().with_tags()
    return found.with_followed(person).order_by()


@Prepared
def _for_member(sees_all, number, organization, person):
    seen = Ticket.objects.visible_in(organization, person, sees_all=sees_all)
    return seen.of_number(number).with_owners().order_by()


@Prepared
def _clocks(ticket):
    return Clock.objects.of_ticket_newest_first(ticket).with_terms()
