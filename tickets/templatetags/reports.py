"""Template tags that format the figures of the reports."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ui import wording
from ui.wording import HOUR, MINUTE

register = template.Library()
NONE = "–"


@register.filter
def percent(share):
    """A share of 0 to 1 as 97 %. Only a full share is 100 %: 99.6 % is not rounded up."""
    if share is None:
        return NONE
    whole = int(share * 100) if share > 0.99 else round(share * 100)
    return pgettext("share", "%(number)s%%") % {"number": wording.number(whole)}


@register.filter
def width_of(share):
    """A share as a length of 100, in SVG's own digits."""
    return f"{(share or 0) * 100:.1f}"


@register.filter
def digits_off(number):
    """A whole number of SVG units: a template would write it with the reader's digits."""
    return f"{number}"


@register.filter
def about(duration):
    """A time that is known to about 2 %, no more exact than that: 25 min, 2 h 10 min, 15 h."""
    if duration is None:
        return NONE
    unit = HOUR if duration >= 10 * HOUR else MINUTE
    rounded = round(duration / unit) * unit if duration >= MINUTE else duration
    return wording.format_duration(rounded)


@register.filter
def in_words(figure):
    """34 of 35 on time."""
    return _("%(kept)s of %(all)s on time") % {
        "kept": wording.number(figure.kept),
        "all": wording.number(figure.counted),
    }


@register.simple_tag
def linked_number(number, href):
    """A number that leads to what it counts; nothing and none are quiet."""
    if number is None:
        return format_html('<span class="muted">{}</span>', NONE)
    if not number:
        return format_html('<span class="muted">{}</span>', wording.number(0))
    return format_html('<a href="{}">{}</a>', href, wording.number(number))
