"""The HTML of a due badge, built from strings: a template is slow where a page shows dozens.

The signs are kept per process; see `docs/caches.md`.
"""

from functools import lru_cache
from html import escape

from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import pgettext

from ui.cached_icons import icon_html
from ui.wording import Writer

SYMBOLS = {
    "soon": "hourglass",
    "over": "alert",
    "paused": "pause",
    "closed_calendar": "moon",
    "none": "dash",
    "met": "check",
    "late": "check",
}


def badge_html(badge, *, compact=False, href="", writer=None):
    """A `DueBadge` by icon, word and colour (see the forms of .due in the styles).

    `href` makes it a link; `compact` leaves the moment to the title. Lists give the `writer` that
    their rows share.
    """
    writer = writer or Writer()
    start = f'<a href="{escape(href)}"' if href else "<span"
    end = "a" if href else "span"
    kind, sign = badge.kind, _sign(badge.kind, writer.language)
    if not badge.at:
        html = f'{start} class="due due-{kind}">{sign}<span>{escape(badge.text)}</span></{end}>'
    else:
        html = (
            f'{start} class="due due-{kind}" title="{escape(writer.datetime(badge.at))}">{sign}'
            f'<time datetime="{badge.iso}"{_counting(badge)}>{escape(badge.text)}</time></{end}>'
        )
    if badge.at_text and not compact:
        html += f'<span class="due-at">{escape(badge.at_text)}</span>'
    return mark_safe(html)  # noqa: S308 each part is escaped


def state_labels():
    """The state of a due time in a word, for those who do not see its icon."""
    return {
        "in_time": pgettext("due badge", "Time left:"),
        "soon": pgettext("due badge", "Due soon, time left:"),
        "over": pgettext("due badge", "Overdue:"),
        "closed_calendar": pgettext("due badge", "Outside working hours:"),
        "paused": pgettext("due badge", "Waiting for the customer:"),
        "met": pgettext("due badge", "On time:"),
    }


@lru_cache(maxsize=64)
def _sign(kind, language):
    """The icon, and for those who do not see it the state in a word; an open page changes it."""
    symbol, word = icon_html(SYMBOLS.get(kind, "clock"), None, False), state_labels().get(kind, "")
    if not word:
        return symbol
    return format_html('{}<span class="visually-hidden">{} </span>', symbol, word)


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
