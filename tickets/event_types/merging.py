"""Events of merges and their undo, one on either ticket, and of messages that are split off."""

from django.utils.translation import gettext_lazy as _

from .declaration import EventType, ShownTo
from .sentences import other_ticket

MERGED = EventType(
    "merged",
    _("Merged into another ticket"),
    ShownTo.EVERYONE,
    symbol="link",
    agents_read=other_ticket(_("%(name)s merged the ticket into %(number)s")),
    customers_read=other_ticket(_("Support merged the ticket into %(number)s")),
)

TOOK_IN = EventType(
    "took_in",
    _("Another ticket merged"),
    ShownTo.EVERYONE,
    symbol="link",
    agents_read=other_ticket(_("%(name)s merged %(number)s into this ticket")),
    customers_read=other_ticket(_("Support merged %(number)s into this ticket")),
)

UNMERGED = EventType(
    "unmerged",
    _("Separated again"),
    ShownTo.EVERYONE,
    symbol="undo",
    agents_read=other_ticket(_("%(name)s separated the ticket from %(number)s again")),
    customers_read=other_ticket(_("Support separated the ticket from %(number)s again")),
)

GAVE_BACK = EventType(
    "gave_back",
    _("Another ticket separated"),
    ShownTo.EVERYONE,
    symbol="undo",
    agents_read=other_ticket(_("%(name)s separated %(number)s from this ticket again")),
    customers_read=other_ticket(_("Support separated %(number)s from this ticket again")),
)

SPLIT_OFF = EventType(
    "split_off",
    _("Message split off"),
    ShownTo.EVERYONE,
    symbol="link",
    agents_read=other_ticket(_("%(name)s split a message off into %(number)s")),
    customers_read=other_ticket(_("Support split a message off into %(number)s")),
)
