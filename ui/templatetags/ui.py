"""Template tags of the lowest layer: icons, options, initials, tints and typed text."""

import re
from html import escape

from django import template
from django.utils.safestring import mark_safe

from ui.cached_icons import icon_html
from ui.markup import as_html, reading_direction

register = template.Library()

TINTS = 6
ZWNJ = "\u200c"
_JOINED_SCRIPT = re.compile(r"[\u0600-\u06ff]")


@register.simple_tag
def icon(name, size=None, *, mirror=False):
    """One symbol of static/icons.svg, hidden from screen readers: a word beside it says the same.

    `size` is 12, 14, 16 or 20 pixels (18 if left out); `mirror` turns it round in RTL.
    """
    return icon_html(str(name), size, mirror)


@register.simple_tag
def options(choices, chosen):
    """The `<option>`s of a select; built from strings, as there may be hundreds of them."""
    chosen = "" if chosen is None else str(chosen)
    written = (_option(str(value), str(label), chosen) for value, label in choices)
    return mark_safe("".join(written))  # noqa: S308 each part is escaped


def _option(value, label, chosen):
    selected = " selected" if value == chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(label)}</option>'


@register.filter
def initials(name):
    """The first letters of the first two words; Persian ones are kept apart by ZWNJ."""
    letters = [word[0] for word in str(name).split()[:2]]
    separator = ZWNJ if any(_JOINED_SCRIPT.match(letter) for letter in letters) else ""
    return separator.join(letters).upper()


@register.filter
def tint(number):
    """One of six tints, always the same for one id; 1 for what has no id yet."""
    return int(number or 0) % TINTS + 1


@register.filter
def direction(text):
    """From which side a title that somebody typed is read: rtl, ltr or, without words, auto."""
    return reading_direction(text)


@register.filter
def prose(text):
    """What a person typed as paragraphs, lists, quotes and code, each in its own direction."""
    return as_html(text)
