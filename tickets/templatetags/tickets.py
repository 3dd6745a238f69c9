"""The components of a ticket: one tag each for status, priority, due time and person."""

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from tickets.cached_components import (
    person_html,
    priority_html,
    status_html,
)
from tickets.choices import SCORES
from tickets.due.badge import due_badge as badge_of
from tickets.due.badge import resolution_badge as resolution_of
from tickets.due.badge import response_badge as response_of
from tickets.due.badge_html import badge_html
from tickets.lists.addresses import ticket_addresses
from tickets.lists.counts import counted

register = template.Library()
register.simple_tag(badge_html, name="due_mark")
register.filter("counted", counted)


@register.simple_tag
def ticket_url(name, ticket):
    """The address `name` of a ticket or its number, as `{% url %}` at a quarter of the time."""
    return ticket_addresses(name)(ticket if isinstance(ticket, str) else ticket.number)


@register.simple_tag
def status_pill(ticket):
    """Whose move it is, by icon, word and colour."""
    return status_html(ticket.status, get_language())


@register.simple_tag
def priority_mark(ticket):
    """The rank, by icon and word."""
    return priority_html(ticket.priority, get_language())


@register.simple_tag(takes_context=True)
def due_badge(context, ticket, *, compact=False):
    """How much time is left. Uses the page's `now`, so that all its badges agree."""
    person = context.get("person")
    now = context.get("now") or timezone.now()
    is_staff = bool(person and person.is_agent)
    badge = badge_of(ticket, now, for_customer=not is_staff)
    return badge_html(badge, compact=compact, href=_explained_at(ticket, is_staff))


@register.simple_tag(takes_context=True)
def response_badge(context, ticket):
    """How support kept its promise so far, without the automatic close."""
    badge = response_of(ticket, context.get("now") or timezone.now())
    return badge_html(badge, href=_explained_at(ticket, is_staff=False))


@register.simple_tag(takes_context=True)
def resolution_badge(context, ticket):
    """The promise to have the ticket closed; nothing where the plan made none."""
    badge = resolution_of(ticket, context.get("now") or timezone.now())
    return badge and badge_html(badge, href=_explained_at(ticket, is_staff=False))


def _explained_at(ticket, is_staff):
    """Where the reader finds the due explained: a page under that of the ticket."""
    return f"{ticket.get_queue_url() if is_staff else ticket.get_absolute_url()}due/"


@register.inclusion_tag("components/_stars.html")
def stars(score):
    """A score of one to five as stars, a number and a word."""
    return {"score": score, "word": SCORES[score]}


@register.simple_tag(takes_context=True)
def person_tag(context, user):
    """A person by avatar and name; nobody is a dashed ring."""
    return person_mark(context, user.pk, str(user)) if user else person_mark(context, None, "")


@register.simple_tag(takes_context=True)
def person_mark(context, number, name):
    """The same for one of whom a list fetched only the key and the name."""
    reader = context.get("person")
    is_reader = number is not None and reader is not None and reader.pk == number
    return person_html(number, name if number is not None else "", is_reader, get_language())
