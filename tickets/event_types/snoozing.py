"""Events of tickets that are put away and come back. Customers learn of neither."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from tickets.choices import Woken
from ui.wording import format_weekday_datetime

from .declaration import EventType, ShownTo
from .sentences import who


def _snoozed(event, names):
    if event.changes.get("for_message"):
        return _("%(name)s snoozed the ticket until the next message") % {"name": who(event)}
    until = format_weekday_datetime(datetime.fromisoformat(event.changes["until"]))
    text = _("%(name)s snoozed the ticket until %(moment)s")
    return text % {"name": who(event), "moment": until}


SNOOZED = EventType(
    "snoozed",
    gettext_lazy("Snoozed"),
    ShownTo.AGENTS,
    symbol="moon",
    agents_read=_snoozed,
)


def _woken(event, names):
    if event.changes.get("woken") == Woken.TIME:
        name = "".join(names.get(key, "") for key in event.changes.get("snoozed_by", ()))
        text = pgettext("history", "The ticket returned to the queue; %(name)s had snoozed it")
        return text % {"name": name}
    return _("%(name)s returned the snoozed ticket to the queue") % {"name": who(event)}


WOKEN = EventType(
    "woken",
    gettext_lazy("Returned to the queue"),
    ShownTo.AGENTS,
    symbol="undo",
    agents_read=_woken,
    people=("snoozed_by",),
    tells_waking=True,
)
