"""The components of a ticket: one tag each for status, priority, due time and person."""

from django import template
from django.utils import timezone
from django.utils.translation import pgettext

from plans.wording import format_short
from plans.wording import number as format_number
from tickets.due import due_badge as badge_of
from tickets.due import response_badge as response_of
from tickets.querysets import MOST_COUNTED

register = template.Library()


@register.filter
def age_at(moment, now):
    """How long ago it was, in one unit."""
    return format_short(now - moment)


@register.filter
def counted(number):
    """A number that was counted no farther than MOST_COUNTED: 12, or 999+."""
    if number < MOST_COUNTED:
        return format_number(number)
    return pgettext("count", "%(number)s+") % {"number": format_number(MOST_COUNTED - 1)}


@register.inclusion_tag("components/_status.html")
def status_pill(ticket):
    """Whose move it is, by icon, word and colour."""
    return {"status": ticket.status, "label": ticket.get_status_display()}


@register.inclusion_tag("components/_priority.html")
def priority_mark(ticket):
    """The rank, by icon and word."""
    return {"priority": ticket.priority, "label": ticket.get_priority_display()}


@register.inclusion_tag("components/_due.html", takes_context=True)
def due_badge(context, ticket, *, compact=False):
    """How much time is left. Uses `now` of the page, so that all its badges tell one time."""
    person = context.get("person")
    now = context.get("now") or timezone.now()
    badge = badge_of(ticket, now, for_customer=not (person and person.is_agent))
    return _drawn(badge, compact)


@register.inclusion_tag("components/_due.html", takes_context=True)
def response_badge(context, ticket):
    """How support kept its promise so far, without the automatic close."""
    return _drawn(response_of(ticket, context.get("now") or timezone.now()), compact=False)


def _drawn(badge, compact):
    return {
        "kind": badge.kind,
        "text": badge.text,
        "at_text": "" if compact else badge.at_text,
        "exact": badge.exact,
        "iso": badge.iso,
        "soon_iso": badge.soon_iso,
        "live": badge.live,
    }


@register.inclusion_tag("components/_person.html", takes_context=True)
def person_tag(context, user):
    """A person by avatar and name; nobody is a dashed ring."""
    reader = context.get("person")
    if user is None:
        return {"name": ""}
    return {
        "name": str(user),
        "number": user.pk,
        "you": reader is not None and reader.pk == user.pk,
    }
