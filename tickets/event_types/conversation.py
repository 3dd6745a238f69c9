"""Events that carry a message; the message itself is what people read."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ui.wording import listed

from .declaration import EventType, ShownTo
from .sentences import field_changes, further_changes, reason_of, who

OPENED = EventType("opened", _("Opened"), ShownTo.EVERYONE, has_message=True)

AGENT_REPLIED = EventType(
    "agent_replied",
    _("Support replied"),
    ShownTo.EVERYONE,
    has_message=True,
    agents_read=lambda event, names: "; ".join([*field_changes(event, names), *reason_of(event)]),
    # A reply may change the priority and the category as well; that it moves the status is seen.
    customers_read=lambda event, names: "; ".join(further_changes(event)),
)

CUSTOMER_REPLIED = EventType(
    "customer_replied", _("Customer wrote"), ShownTo.EVERYONE, has_message=True
)

CUSTOMER_THANKED = EventType(
    "customer_thanked", _("Customer said thanks"), ShownTo.EVERYONE, has_message=True
)


def _alert_resolved(event, name):
    """That the ticket was closed with it; the message itself says that it is resolved."""
    if "status" not in event.changes:
        return ""
    text = gettext("%(name)s closed the ticket: the alert is resolved and nobody had answered")
    return text % {"name": name}


def _alert_resolved_for_customers(event, names):
    is_staff = event.actor and event.actor.staff_role
    return _alert_resolved(event, gettext("Support") if is_staff else who(event))


ALERT_RESOLVED = EventType(
    "alert_resolved",
    _("Alert resolved"),
    ShownTo.EVERYONE,
    symbol="check",
    has_message=True,
    agents_read=lambda event, names: _alert_resolved(event, who(event)),
    customers_read=_alert_resolved_for_customers,
)


def _noted(event, names):
    """Whom the note mentions; the note itself is what is read."""
    people = [names.get(key, "") for key in event.changes.get("mentioned", ())]
    return gettext("%(people)s notified of the note") % {"people": listed(people)} if people else ""


NOTED = EventType(
    "noted",
    _("Internal note"),
    ShownTo.AGENTS,
    has_message=True,
    agents_read=_noted,
    people=("mentioned",),
)
