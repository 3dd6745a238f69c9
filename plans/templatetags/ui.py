"""Drawing tags of the lowest layer: an icon, a person's initials and tint. They know no domain."""

import re

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

register = template.Library()

TINTS = 6
ZWNJ = "\u200c"
_JOINED_SCRIPT = re.compile(r"[\u0600-\u06ff]")


@register.simple_tag
def icon(name, size=None, *, mirror=False):
    """One symbol of static/icons.svg, hidden from screen readers: a word beside it says the same.

    `size` is 12, 14, 16 or 20 pixels (18 if left out); `mirror` turns it round in RTL.
    """
    classes = ["icon"]
    if size:
        classes.append(f"icon-{size}")
    if mirror:
        classes.append("mirror")
    if name == "more":
        classes.append("icon-more")
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        " ".join(classes),
        static("icons.svg"),
        name,
    )


@register.filter
def initials(name):
    """The first letters of the first two words; Persian ones stand apart by ZWNJ."""
    letters = [word[0] for word in str(name).split()[:2]]
    separator = ZWNJ if any(_JOINED_SCRIPT.match(letter) for letter in letters) else ""
    return separator.join(letters).upper()


@register.filter
def tint(number):
    """One of six tints, always the same for one id; 1 for what has no id yet."""
    return int(number or 0) % TINTS + 1
