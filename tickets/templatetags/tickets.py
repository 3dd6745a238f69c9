"""The components of a ticket: one tag each for status, priority, due time and person."""

from functools import lru_cache
from html import escape

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, pgettext

from plans.models import Priority
from tickets.choices import SCORES, Category, Status
from tickets.due.badge import due_badge as badge_of
from tickets.due.badge import resolution_badge as resolution_of
from tickets.due.badge import response_badge as response_of
from tickets.lists.counts import MOST_COUNTED
from tickets.templatetags.countdown import due_words
from ui.templatetags.ui import icon
from ui.wording import format_short
from ui.wording import number as format_number

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


@register.simple_tag
def category_name(ticket):
    """The category in a word."""
    return _category_name(ticket.category, get_language())


@lru_cache(maxsize=64)
def _category_name(category, _language):
    return str(Category(category).label)


@lru_cache(maxsize=2048)
def _component(component, _language, /, **values):
    """A component that is the same in many rows, drawn once a language."""
    for word, words in (("status", Status), ("priority", Priority)):
        if word in values:
            values["label"] = words(values[word]).label
    return render_to_string(f"components/_{component}.html", values)


@register.simple_tag(takes_context=True)
def due_badge(context, ticket, *, compact=False, url=""):
    """How much time is left. Uses `now` of the page, so that all its badges tell one time.

    `url` is that of the ticket for the reader, where the page has it already.
    """
    person = context.get("person")
    now = context.get("now") or timezone.now()
    is_staff = bool(person and person.is_agent)
    badge = badge_of(ticket, now, for_customer=not is_staff)
    href = f"{url}due/" if url else _explained_at(ticket, is_staff)
    return due_mark(badge, compact=compact, href=href)


@register.simple_tag(takes_context=True)
def response_badge(context, ticket):
    """How support kept its promise so far, without the automatic close."""
    badge = response_of(ticket, context.get("now") or timezone.now())
    return due_mark(badge, href=_explained_at(ticket, is_staff=False))


@register.simple_tag(takes_context=True)
def resolution_badge(context, ticket):
    """The promise to have the ticket closed; nothing where the plan made none."""
    badge = resolution_of(ticket, context.get("now") or timezone.now())
    return badge and due_mark(badge, href=_explained_at(ticket, is_staff=False))


def _explained_at(ticket, is_staff):
    """Where the reader finds the due explained: a page under that of the ticket."""
    return f"{ticket.get_queue_url() if is_staff else ticket.get_absolute_url()}due/"


@register.simple_tag
def due_mark(badge, *, compact=False, href=""):
    """A state of a due time by icon, word and colour (see the forms of .due in the styles).

    `href` makes it a link; `compact` leaves the moment to the title. Put together here and not in
    a template, which is slow where a page draws dozens.
    """
    start = f'<a href="{escape(href)}"' if href else "<span"
    end = "a" if href else "span"
    kind, sign = badge.kind, _due_sign(badge.kind, get_language())
    if not badge.at:
        drawn = f'{start} class="due due-{kind}">{sign}<span>{escape(badge.text)}</span></{end}>'
    else:
        drawn = (
            f'{start} class="due due-{kind}" title="{escape(badge.exact)}">{sign}'
            f'<time datetime="{badge.iso}"{_counting(badge)}>{escape(badge.text)}</time></{end}>'
        )
    if badge.at_text and not compact:
        drawn += f'<span class="due-at">{escape(badge.at_text)}</span>'
    return mark_safe(drawn)  # noqa: S308 each part is escaped


@lru_cache(maxsize=64)
def _due_sign(kind, _language):
    """The icon, and for those who do not see it the state in a word; an open page changes it."""
    symbol, said = icon(DUE_SYMBOLS.get(kind, "clock")), due_words().get(kind, "")
    if not said:
        return symbol
    return format_html('{}<span class="visually-hidden">{} </span>', symbol, said)


def _counting(badge):
    """What times.js counts on by, where an open page may: attributes, each part escaped."""
    if badge.kind == "paused":
        return " data-closes" if badge.at else ""
    if not badge.live:
        return ""
    data = f' data-due="{badge.kind}"'
    if badge.shuts_at:
        data += (
            f' data-shuts-at="{badge.shuts_at.isoformat()}"'
            f' data-opens-at="{badge.opens_at.isoformat()}"'
            f' data-opens="{escape(badge.opens_text)}"'
        )
    return f'{data} data-soon-at="{badge.soon_iso}"' if badge.soon_at else data


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
    if number is None:
        return _component("person", get_language(), name="")
    reader = context.get("person")
    you = reader is not None and reader.pk == number
    return _component("person", get_language(), name=name, number=number, you=you)
