"""What waits for the member, above their list."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from tickets.lists.addresses import ticket_addresses
from ui.markup import reading_direction
from ui.wording import format_moment, format_short

from .reading import first_turns


@dataclass(frozen=True, slots=True)
class Turn:
    """A ticket that waits for the reader; what is empty is not shown."""

    number: str
    url: str
    title: str
    direction: str
    answered: str
    closes: str


def turns_shown(user, organization, *, most, now):
    """What waits for the person, and whether there is more."""
    found = first_turns(user, organization, most) if most else []
    address_of = ticket_addresses("tickets:detail")
    turns = [_turn(*row, address_of, now) for row in found[:most]]
    return {"turns": turns, "more_turns": len(found) > most}


def _turn(key, title, support_spoke_last, last_at, auto_close_at, address_of, now):
    number = f"{settings.TICKET_PREFIX}-{key}"
    answered = _("Support answered %(moment)s") % {"moment": format_moment(last_at, now)}
    return Turn(
        number=number,
        url=address_of(number),
        title=title,
        direction=reading_direction(title),
        answered=answered if support_spoke_last else "",
        closes=_closing(auto_close_at, now),
    )


def _closing(at, now):
    if at is None:
        return ""
    if at <= now:
        return _("closes now")
    return _("closes automatically in %(time)s") % {"time": format_short(at - now)}
