"""The components of a ticket: one tag each for status, priority, due time and person."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, pgettext

from plans.models import Priority
from plans.templatetags.ui import icon
from plans.wording import format_short
from plans.wording import number as format_number
from tickets.due import due_badge as badge_of
from tickets.due import response_badge as response_of
from tickets.querysets import MOST_COUNTED
from tickets.words import Status

register = template.Library()

DUE_SYMBOLS = {
    "soon": "hourglass",
    "over": "alert",
    "paused": "pause",
    "closed_calendar": "moon",
    "none": "dash",
    "met": "check",
    "late": "check",
}


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


@register.simple_tag
def status_pill(ticket):
    """Whose move it is, by icon, word and colour."""
    return _component("status", get_language(), status=ticket.status)


@register.simple_tag
def priority_mark(ticket):
    """The rank, by icon and word."""
    return _component("priority", get_language(), priority=ticket.priority)


@lru_cache(maxsize=2048)
def _component(component, _language, /, **values):
    """A component that is the same in many rows, drawn once a language."""
    for word, words in (("status", Status), ("priority", Priority)):
        if word in values:
            values["label"] = words(values[word]).label
    return render_to_string(f"components/_{component}.html", values)


@register.simple_tag(takes_context=True)
def due_badge(context, ticket, *, compact=False):
    """How much time is left. Uses `now` of the page, so that all its badges tell one time."""
    person = context.get("person")
    now = context.get("now") or timezone.now()
    badge = badge_of(ticket, now, for_customer=not (person and person.is_agent))
    return due_mark(badge, compact=compact)


@register.simple_tag(takes_context=True)
def response_badge(context, ticket):
    """How support kept its promise so far, without the automatic close."""
    return due_mark(response_of(ticket, context.get("now") or timezone.now()))


@register.simple_tag
def due_mark(badge, *, compact=False, href=""):
    """A state of a due time by icon, word and colour (see the forms of .due in the styles).

    `href` makes it a link; `compact` leaves the moment to the title. Put together here and not in
    a template, which is slow where a page draws dozens.
    """
    element = format_html('a href="{}"', href) if href else "span"
    return format_html(
        '<{} class="due due-{}"{}>{}{}</{}>{}',
        element,
        badge.kind,
        format_html(' title="{}"', badge.exact) if badge.at else "",
        icon(DUE_SYMBOLS.get(badge.kind, "clock")),
        _due_text(badge),
        "a" if href else "span",
        "" if compact or not badge.at_text else _due_moment(badge),
    )


def _due_text(badge):
    """The words; inside a `time` element where there is a moment, with what times.js counts by."""
    if not badge.at:
        return format_html("<span>{}</span>", badge.text)
    counts = format_html(' data-due="{}"', badge.kind) if badge.live else ""
    if badge.live and badge.soon_at:
        counts += format_html(' data-soon-at="{}"', badge.soon_iso)
    return format_html('<time datetime="{}"{}>{}</time>', badge.iso, counts, badge.text)


def _due_moment(badge):
    return format_html('<span class="due-at">{}</span>', badge.at_text)


@register.simple_tag(takes_context=True)
def person_tag(context, user):
    """A person by avatar and name; nobody is a dashed ring."""
    if user is None:
        return _component("person", get_language(), name="")
    reader = context.get("person")
    you = reader is not None and reader.pk == user.pk
    return _component("person", get_language(), name=str(user), number=user.pk, you=you)
