"""Removing what long closed tickets hold. Events, clocks and what reports count stay."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Q, Sum

from organizations.models import Organization
from plans.transactions import in_transaction
from tickets import events, rows
from tickets.attachments import uploads
from tickets.choices import Status
from tickets.models import (
    Alert,
    Attachment,
    Event,
    LegalHold,
    Message,
    MessageDraft,
    Rating,
    Ticket,
)
from tickets.search.folding import alphabetical, fold

from .catching_up import catch_up
from .erasing import GONE

# The facts of events that people, other systems or mail servers have worded.
WORDED = ("reason", "words", "who", "text", "address")


@dataclass(frozen=True)
class Removable:
    """What the rule would remove, and how many tickets of that age are held."""

    tickets: int
    messages: int
    files: int
    size: int
    held: int


def old_tickets(before):
    """Tickets that were closed before, with their contents, held or not. A merged one goes after
    the ticket that its messages are in."""
    old = Ticket.objects.filter(
        status=Status.CLOSED, contents_removed_at=None, closed_at__lt=before
    )
    return old.filter(Q(merged_into=None) | Q(merged_into__contents_removed_at__isnull=False))


def removable(before):
    """As `old_tickets`, without what a legal hold keeps."""
    return old_tickets(before).exclude(LegalHold.objects.kept())


def count_removable(before):
    """What a run would remove now, in some queries; nothing is changed."""
    tickets = removable(before)
    files = Attachment.objects.filter(message__ticket__in=tickets.values("pk"))
    sizes = files.aggregate(files=Count("pk"), size=Sum("size", default=0))
    return Removable(
        tickets=tickets.count(),
        messages=Message.objects.filter(ticket__in=tickets.values("pk")).count(),
        held=old_tickets(before).filter(LegalHold.objects.kept()).count(),
        **sizes,
    )


@in_transaction
def remove_contents(keys, *, before, now):
    """Remove the contents of those of these tickets that are still to lose them: title, messages,
    drafts, files, words of ratings and of the history. One event each; returns their keys.

    Whom another transaction holds, or whose organization, is left for the next run. The row of a
    ticket keeps its times: nothing is unread by this. The bytes of files go after the commit; a
    process that dies in between leaves them to `sweep_orphans`.
    """
    found = Ticket.objects.filter(rows.AnyOf("pk", keys))
    held = Organization.objects.filter(pk__in=found.order_by().values("organization"))
    held = held.order_by("pk").select_for_update(no_key=True, skip_locked=True)
    free = removable(before).filter(rows.AnyOf("pk", keys), organization__in=list(held))
    free = free.order_by("pk").select_for_update(of=("self",), no_key=True, skip_locked=True)
    tickets = list(free)
    catch_up(tickets)
    removed = [ticket.pk for ticket in tickets]
    _empty_rows(removed)
    _remove_files(removed)
    _empty_history(removed)
    _mark(tickets, now)
    return removed


def _empty_rows(keys):
    messages = Message.objects.filter(rows.AnyOf("ticket_id", keys))
    messages.update(body=GONE, body_folded=fold(GONE), aside="", sent_from="")
    MessageDraft.objects.filter(ticket__in=keys).delete()
    Rating.objects.filter(ticket__in=keys).exclude(words="").update(words="")
    Alert.objects.of_tickets(keys).update(title=GONE)


def _remove_files(keys):
    files = list(Attachment.objects.filter(message__ticket__in=keys))
    Attachment.objects.filter(pk__in=[each.pk for each in files]).delete()
    paths = [path for each in files for path in each.paths]
    transaction.on_commit(lambda: uploads.remove_quietly(*paths))


def _empty_history(keys):
    worded = Event.objects.filter(rows.AnyOf("ticket_id", keys), changes__has_any_keys=WORDED)
    lines = list(worded.order_by("pk"))
    for line in lines:
        line.changes = {
            name: _emptied(fact) if name in WORDED else fact for name, fact in line.changes.items()
        }
    rows.update_columns(Event, lines, {"changes"})


def _emptied(fact):
    """A text, or one before and one after."""
    if isinstance(fact, list):
        return [_emptied(each) for each in fact]
    return GONE if fact else fact


def _mark(tickets, now):
    lines = []
    for ticket in tickets:
        ticket.title, ticket.title_folded = GONE, fold(GONE)
        ticket.title_place = alphabetical(fold(GONE))
        ticket.contents_removed_at = now
        # A form that is open meanwhile is noticed.
        ticket.version += 1
        days = ticket.days_until_removal
        lines.append(
            events.prepare(ticket, Event.Kind.CONTENTS_REMOVED, actor=None, now=now, days=days)
        )
    columns = {"title", "title_folded", "title_place", "contents_removed_at", "version"}
    rows.update_columns(Ticket, tickets, columns)
    events.record(*lines)


def oldest_removable(before, most):
    """The keys of so many tickets that are to lose their contents, the one closed first first."""
    found = removable(before).order_by(F("closed_at"), "pk")
    return list(found.values_list("pk", flat=True)[:most])
