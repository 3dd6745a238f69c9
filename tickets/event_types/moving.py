"""Events of what came from another helpdesk system, and of what was taken out of this one."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ui.wording import number

from .declaration import EventType, ShownTo


def _imported(event, _names):
    """That it was imported, and the number that it had."""
    facts = event.changes
    text = _("Imported from %(source)s")
    if facts.get("number"):
        text = _("Imported from %(source)s, where its number was %(number)s")
    return text % facts


IMPORTED = EventType(
    "imported",
    _("Imported"),
    ShownTo.EVERYONE,
    symbol="download",
    agents_read=_imported,
    customers_read=_imported,
)

# A line of the history that the ticket had there, as that system worded it.
HAPPENED_EARLIER = EventType(
    "happened_earlier",
    _("Earlier history"),
    ShownTo.AGENTS,
    symbol="clock",
    agents_read=lambda event, _names: (
        f"{event.changes['who']}: {event.changes['text']}"
        if event.changes.get("who")
        else event.changes.get("text", "")
    ),
)

PERSON_ERASED = EventType(
    "person_erased",
    _("Personal data erased"),
    ShownTo.AGENTS,
    symbol="shield",
    agents_read=_("%(name)s erased personal data from the ticket"),
)


def _contents_removed(event, _names):
    days = event.changes["days"]
    sentence = ngettext(
        "The contents were removed by the retention rule, %(days)s day after the close",
        "The contents were removed by the retention rule, %(days)s days after the close",
        days,
    )
    return sentence % {"days": number(days)}


CONTENTS_REMOVED = EventType(
    "contents_removed",
    _("Contents removed"),
    ShownTo.EVERYONE,
    symbol="clock",
    agents_read=_contents_removed,
    customers_read=_contents_removed,
)
