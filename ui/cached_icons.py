"""The HTML of icons, kept per process: a list page has some two hundred of a few dozen kinds.

`docs/caches.md` lists what is kept and why it cannot go stale.
"""

from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html


@lru_cache(maxsize=512)
def icon_html(name, size, mirror):
    """An `<svg>` that refers to one symbol of static/icons.svg."""
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
