"""Tags with which an open page keeps a due badge true: the words that times.js counts with."""

from datetime import timedelta
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext, pgettext

from tickets.due.badge_html import state_labels
from ui import wording

register = template.Library()

# The states between which an open page moves a due badge by itself.
LIVE_KINDS = ("in_time", "soon", "over", "closed_calendar")


@register.simple_tag(takes_context=True)
def countdown_words(context):
    """data- attributes of the page's moment and of the words with which times.js counts on."""
    now = context.get("now") or timezone.now()
    return format_html('data-now="{}" {}', now.isoformat(), _counting_words(get_language()))


@lru_cache(maxsize=8)
def _counting_words(language):
    one = wording.number(1)
    units = {unit: timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours")}
    words = {unit: wording.format_short(span) for unit, span in units.items()}
    # From 48 hours on the unit is the day, so three of them show its word.
    days = wording.format_short(timedelta(days=3)).replace(wording.number(3), "{count}")
    words = {unit: text.replace(one, "{count}") for unit, text in words.items()} | {"days": days}
    words["over"] = pgettext("due badge", "%(time)s overdue") % {"time": "{time}"}
    words["closes"] = pgettext("due badge", "closes in %(time)s") % {"time": "{time}"}
    words["closing"] = gettext("closes now")
    states = state_labels()
    words |= {f"word-{kind.replace('_', '-')}": states[kind] for kind in LIVE_KINDS}
    return format_html_join(" ", 'data-{}="{}"', words.items())
