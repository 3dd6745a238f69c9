"""The rows of the queue as texts that a template only prints."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tickets.cached_components import (
    category_label,
    person_html,
    priority_html,
    status_html,
    tags_html,
)
from tickets.due.badge import Viewing, row_badge
from tickets.due.badge_clocks import clocks_of
from tickets.due.badge_html import badge_html
from tickets.lists.addresses import ticket_addresses
from ui.cached_icons import icon_html
from ui.markup import reading_direction


@dataclass(frozen=True, slots=True)
class Snippet:
    """The line under a title: the last public message, or where a search matched."""

    icon: str
    text: str
    direction: str
    # Who wrote it; empty where a search matched.
    author: str = ""
    is_of_customer: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket as the queue shows it. Of the texts `due`, `priority`, `status`, `assignee`
    and `tags` are HTML."""

    number: str
    url: str
    message_url: str
    urgency: str
    due: str
    title: str
    direction: str
    snippet: Snippet
    organization: str
    plan: str
    priority: str
    category: str
    status: str
    assignee: str
    team: str
    tags: str
    # Since when something waits, if it does: its moment, in full, and how long ago.
    waiting_iso: str = ""
    waiting_since: str = ""
    waiting_time: str = ""
    # Until when it is snoozed, or that it is back; empty otherwise.
    snooze: str = ""
    # The last public change, where the list shows it.
    updated_iso: str = ""
    updated_in_full: str = ""
    updated: str = ""


def rows_of(tickets, agent, *, found, in_list, now, shown):
    """The rows of `tickets` (by `with_queue_row`) in their order; `found` are the hits of a search,
    `in_list` is what the addresses need so that the list goes along, `shown` are the columns."""
    clocks = clocks_of(tickets)
    page = _Page(agent.pk, in_list, now, shows_update="updated" in [each.key for each in shown])
    return [page.row(each, clocks[each.id], found.get(each.id)) for each in tickets]


class _Page:
    """What all rows of a page share."""

    def __init__(self, reader: int, in_list: str, now: datetime, *, shows_update: bool):
        self.reader, self.in_list, self.now = reader, in_list, now
        self.shows_update = shows_update
        self.viewing = Viewing(now)
        self.writer, self.language = self.viewing.writer, self.viewing.writer.language
        self.address_of = ticket_addresses("queue:detail")

    def row(self, ticket, clocks, found):
        number = f"{settings.TICKET_PREFIX}-{ticket.id}"
        plain_url = self.address_of(number)
        url, language = plain_url + self.in_list, self.language
        badge = row_badge(ticket, clocks, self.viewing)
        assignee = (ticket.assignee_id, ticket.assignee_name or "")
        return Row(
            number=number,
            url=url,
            message_url=f"{url}#message-{ticket.last_public_message_id}",
            urgency=self._urgency(ticket),
            due=badge_html(badge, href=f"{plain_url}due/", writer=self.writer),
            title=found.title if found else ticket.title,
            direction=reading_direction(ticket.title),
            snippet=_snippet(ticket, found),
            organization=ticket.organization_name,
            plan=ticket.plan_name,
            priority=priority_html(ticket.priority, language),
            category=category_label(ticket.category, language),
            status=status_html(ticket.status, language),
            assignee=person_html(*assignee, ticket.assignee_id == self.reader, language),
            team=ticket.team_name or "",
            tags=tags_html(ticket.tags_text),
            **self._waiting(ticket.waiting_since),
            snooze=snooze_words(ticket, self.writer),
            **self._updated(ticket.public_updated_at),
        )

    def _urgency(self, ticket):
        if ticket.due_at and ticket.due_at <= self.now:
            return "over"
        return "soon" if ticket.due_soon_at and ticket.due_soon_at <= self.now else ""

    def _waiting(self, since):
        if since is None:
            return {}
        return {
            "waiting_iso": since.isoformat(),
            "waiting_since": self.writer.datetime(since),
            "waiting_time": self.writer.short(self.now - since),
        }

    def _updated(self, at):
        if not self.shows_update:
            return {}
        return {
            "updated_iso": at.isoformat(),
            "updated_in_full": self.writer.datetime(at),
            "updated": self.writer.moment(at),
        }


def snooze_words(ticket, writer):
    """Until when a ticket is snoozed, or that it is back, in words; "" where it is neither."""
    if ticket.snoozed_until is None:
        return pgettext("ticket", "returned") if ticket.returned_at else ""
    if ticket.snoozed_for_message:
        return _("until the next message")
    return _("until %(moment)s") % {"moment": writer.moment(ticket.snoozed_until)}


def _snippet(ticket, found):
    if found and found.text:
        icon = icon_html("lock" if found.is_note else "search", 12, False)
        return Snippet(icon, found.text, found.direction)
    text, is_of_customer = ticket.snippet or "", not ticket.last_is_from_staff
    icon = icon_html("in" if is_of_customer else "out", None, True)
    author = ticket.last_author_name or ""
    return Snippet(icon, text, reading_direction(text), author, is_of_customer)
