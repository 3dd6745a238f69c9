"""What stands for a person or an organization in small: two letters on one of six tints."""

import re

from django.utils.html import format_html

TINTS = 6
ZWNJ = "\u200c"
_JOINED_SCRIPT = re.compile(r"[\u0600-\u06ff]")


def initials(name):
    """The first letters of the first two words; Persian ones are kept apart by ZWNJ."""
    letters = [word[0] for word in str(name).split()[:2]]
    separator = ZWNJ if any(_JOINED_SCRIPT.match(letter) for letter in letters) else ""
    return separator.join(letters).upper()


def tint(number):
    """One of six tints, always the same for one id; 1 for what has no id yet."""
    return int(number or 0) % TINTS + 1


def avatar_html(name, number, *, large=False, square=False):
    """Two initials on one of six tints, by the id `number`; `square` for an organization."""
    css_class = f"avatar avatar-{tint(number)}"
    css_class += " avatar-large" if large else ""
    css_class += " avatar-organization" if square else ""
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css_class, initials(name))
