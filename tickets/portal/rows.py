"""The rows of the member's home and list, ready to be shown."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import gettext as _

from tickets import permissions
from tickets.cached_components import category_label, priority_html, status_html
from tickets.choices import Status
from tickets.conversation.found import Found
from tickets.due.badge import Viewing, row_badge
from tickets.due.badge_clocks import clocks_of
from tickets.due.badge_html import badge_html
from tickets.lists.addresses import ticket_addresses
from tickets.reopening import is_closed_for_long
from ui.markup import reading_direction


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket as its reader sees it. Of the texts `priority`, `status` and `due` are HTML;
    `found` is where a search matched; a hit in a message is shown instead of the last speaker."""

    number: str
    url: str
    title: str
    direction: str
    found: Found
    is_unread: bool
    is_turn: bool
    is_closed: bool
    may_write: bool
    may_reopen: bool
    actions: str
    last_speaker: str
    priority: str
    category: str
    status: str
    due: str
    iso: str
    exact: str
    day: str
    time: str


def rows_of(tickets, user, *, now, found=None, hidden=()):
    """The rows of `tickets` (by `with_portal_row`) in their order; `found` are the hits of a
    search, `hidden` are keys of columns."""
    clocks, found = clocks_of(tickets), found or {}
    page = _Page(user, now, shows_speaker="speaker" not in hidden)
    return [page.row(each, clocks[each.id], found.get(each.id)) for each in tickets]


class _Page:
    """What all rows of a page share."""

    def __init__(self, user, now: datetime, *, shows_speaker):
        self.shows_speaker = shows_speaker
        self.user, self.viewing = user, Viewing(now, for_customer=True)
        self.writer, self.language = self.viewing.writer, self.viewing.writer.language
        self.address_of = ticket_addresses("tickets:detail")
        self.actions = _("Actions for %(number)s")
        self.support, self.you = _("Last message: support"), _("Last message: you")

    def row(self, ticket, clocks, found):
        number, user, language = f"{settings.TICKET_PREFIX}-{ticket.id}", self.user, self.language
        url, moment = self.address_of(number), ticket.public_updated_at
        is_closed = ticket.status == Status.CLOSED
        concerns = ticket.requester_id == user.pk or ticket.is_watched
        return Row(
            number=number,
            url=url,
            title=ticket.title,
            direction=reading_direction(ticket.title),
            found=found or Found(ticket.title),
            is_unread=_is_unread(ticket, concerns),
            is_turn=concerns and ticket.status == Status.AWAITING_CUSTOMER,
            is_closed=is_closed,
            may_write=permissions.may_write_as_customer(ticket, user),
            may_reopen=is_closed and not is_closed_for_long(ticket, self.viewing.now),
            actions=self.actions % {"number": number},
            last_speaker="" if found and found.text else self._last_speaker(ticket),
            priority=priority_html(ticket.priority, language),
            category=category_label(ticket.category, language),
            status=status_html(ticket.status, language),
            due=badge_html(
                row_badge(ticket, clocks, self.viewing), href=f"{url}due/", writer=self.writer
            ),
            iso=moment.isoformat(),
            exact=self.writer.datetime(moment),
            day=self.writer.day(moment),
            time=self.writer.time(moment),
        )

    def _last_speaker(self, ticket):
        """Who spoke last. The names of agents are on their messages, not here."""
        if ticket.last_public_message_id is None or not self.shows_speaker:
            return ""
        if ticket.support_spoke_last:
            return self.support
        if ticket.last_author_id == self.user.pk:
            return self.you
        return format_html(_("Last message: <bdi>{name}</bdi>"), name=ticket.last_author_name)


def _is_unread(ticket, concerns):
    """Whether something public happened since the person looked. Who never did knows nothing of
    what is theirs; of colleagues' tickets only those once opened are followed."""
    if ticket.seen_at is None:
        return concerns and ticket.status != Status.CLOSED
    return ticket.public_updated_at > ticket.seen_at
