"""The bell in the head of every page, and what marks a ticket's rows as read."""

from django import template

from notifications.bell import MOST_COUNTED, bell_state
from ui.wording import number

register = template.Library()


@register.inclusion_tag("notifications/_bell.html", takes_context=True)
def bell(context):
    """A link to the bell's page, with how much is unread."""
    state = _state(context)
    return {"state": state, "count": state and state.count}


@register.inclusion_tag("notifications/_read.html", takes_context=True)
def bell_read(context, ticket):
    """What marks the ticket's rows as read once its page is shown; nothing where none is unread."""
    state = _state(context)
    read = state.unread_of(ticket) if state else 0
    if not read:
        return {"read": 0}
    left = state.unread - read
    return {
        "read": read,
        "ticket": ticket,
        "state": state,
        # Of more than were counted nobody knows how many are left.
        "left": "" if state.is_more or not left else _count(left),
        "is_known": not state.is_more,
    }


def _state(context):
    """The state of the page's reader, read once a page; None for strangers."""
    request, person = context.get("request"), context.get("person")
    if person is None or request is None:
        return None
    if not hasattr(request, "bell_state"):
        request.bell_state = bell_state(person)
    return request.bell_state


def _count(unread):
    return f"{number(MOST_COUNTED)}+" if unread > MOST_COUNTED else number(unread)
