"""Events of due times: due soon, overdue, and what moved them."""

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tickets.choices import ClockKind

from .declaration import EventType, ShownTo


def _is_of_resolution(event):
    """Whether it is about having the ticket closed, not about an answer."""
    return set(event.changes.get("clocks", ())) == {ClockKind.RESOLUTION}


def _due_soon(event, names):
    return _("The resolution is due soon") if _is_of_resolution(event) else _("Due soon")


DUE_SOON = EventType(
    "due_soon",
    gettext_lazy("Due soon"),
    ShownTo.AGENTS,
    symbol="hourglass",
    agents_read=_due_soon,
)


UNACCEPTED = EventType(
    "unaccepted",
    gettext_lazy("Not accepted yet"),
    ShownTo.AGENTS,
    symbol="hourglass",
    agents_read=gettext_lazy("Nobody has accepted it; the supervisors were alerted"),
)


def _breached(event, names):
    if _is_of_resolution(event):
        return _("The due time of the resolution has passed")
    return _("The due time has passed without an answer")


BREACHED = EventType(
    "breached", gettext_lazy("Overdue"), ShownTo.AGENTS, symbol="alert", agents_read=_breached
)

PLAN_CHANGED = EventType(
    "plan_changed",
    gettext_lazy("Support plan changed"),
    ShownTo.AGENTS,
    agents_read=gettext_lazy("The support plan of the organization changed"),
)


def _clocks_moved(event, names):
    """Why the due times of a ticket were recalculated."""
    because = event.changes.get("because", {})
    if closure := because.get("closure"):
        reason = closure.get(get_language(), "")
        return _("Due times moved: the calendar is closed (%(reason)s)") % {"reason": reason}
    if because.get("edited") == "calendar":
        return _("Due times recalculated: the calendar was edited")
    return _("Due times recalculated: the support plan was edited")


CLOCKS_MOVED = EventType(
    "clocks_moved",
    gettext_lazy("Due times recalculated"),
    ShownTo.AGENTS,
    symbol="clock",
    agents_read=_clocks_moved,
)
