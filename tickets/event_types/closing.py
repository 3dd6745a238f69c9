"""Events of the end of a ticket: closes, reopening, and what stops the automatic close."""

from django.utils.translation import gettext_lazy as _

from tickets.choices import HoldCode

from .declaration import EventType, ShownTo
from .sentences import further_changes, who

CLOSED_BY_CUSTOMER = EventType(
    "closed_by_customer",
    _("Closed by the customer"),
    ShownTo.EVERYONE,
    symbol="check",
    agents_read=_("%(name)s closed the ticket"),
    customers_read=_("%(name)s closed the ticket"),
)


def _resolved(event, names):
    text = _("%(name)s closed the ticket as resolved") % {"name": who(event)}
    return "; ".join([text, *further_changes(event, names)])


def _resolved_for_customers(event, names):
    return "; ".join([str(_("Support closed the ticket as resolved")), *further_changes(event)])


RESOLVED = EventType(
    "resolved",
    _("Closed as resolved"),
    ShownTo.EVERYONE,
    symbol="check",
    agents_read=_resolved,
    customers_read=_resolved_for_customers,
)

CLOSED_AUTOMATICALLY = EventType(
    "closed_automatically",
    _("Closed automatically"),
    ShownTo.EVERYONE,
    symbol="check",
    agents_read=_("The ticket was closed automatically after 48 hours without a message"),
    customers_read=_("The ticket was closed automatically after 48 hours without a message"),
)


def _reopened(event, names):
    if event.actor and not event.actor.staff_role:
        return REOPENED.agents_read % {"name": who(event)}
    return str(_("Support reopened the ticket"))


REOPENED = EventType(
    "reopened",
    _("Reopened"),
    ShownTo.EVERYONE,
    agents_read=_("%(name)s reopened the ticket"),
    customers_read=_reopened,
)

CLOSE_REMINDED = EventType(
    "close_reminded",
    _("Reminder of the automatic close"),
    ShownTo.AGENTS,
    agents_read=_("The requester was reminded of the automatic close"),
)


def _held(event, names):
    """With what an agent typed, or with the system's reason in words."""
    code = event.changes.get("code")
    reason = HoldCode(code).label if code else event.changes.get("reason", "")
    text = _("%(name)s stopped the automatic close: %(reason)s")
    return text % {"name": who(event), "reason": reason}


HELD = EventType(
    "held", _("Automatic close held"), ShownTo.AGENTS, symbol="pause", agents_read=_held
)


def _hold_lifted(event, names):
    if event.actor is None:
        return str(_("The latest reply was delivered; the ticket closes automatically again"))
    return _("%(name)s allowed the ticket to close automatically again") % {"name": who(event)}


HOLD_LIFTED = EventType("hold_lifted", _("Hold lifted"), ShownTo.AGENTS, agents_read=_hold_lifted)


def _undeliverable(event, names):
    text = _("E-mails to %(address)s came back twice; no more are sent there")
    return text % {"address": event.changes.get("address", "")}


UNDELIVERABLE = EventType(
    "undeliverable",
    _("Address undeliverable"),
    ShownTo.AGENTS,
    symbol="alert",
    agents_read=_undeliverable,
)
