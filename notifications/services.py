"""Every write of notifications and preferences: planned, delivered, retried, given up, chosen."""

import logging
from collections import defaultdict
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets import rows
from tickets import services as ticket_services
from tickets.choices import HoldCode
from tickets.errors import TicketError
from tickets.models import Message, Ticket

from . import channels, outbox
from .audience import Audience, is_for_customers, is_for_staff
from .models import AccountMail, Notification, Outbox, Preference
from .preferences import Choices
from .publishing import publish, publish_on_commit
from .reasons import Reason
from .relevance import reason_to_skip

logger = logging.getLogger(__name__)

DELIVER_NOTIFICATION = "notifications.tasks.deliver_notification"
DELIVER_ACCOUNT_MAIL = "notifications.tasks.deliver_account_mail"

SWEEP_BATCH = 500
# The columns of a planned notification; the others have their defaults.
PLANNED = (
    *("event_id", "ticket_id", "recipient_id", "channel", "next_try_at", "created_at"),
    *("state", "sent_at", "read_at"),
)
# What the bell shows is kept for so long, and deleted so many rows at a time.
BELL_KEPT = timedelta(days=90)
FORGET_BATCH = 1000


def plan_notifications(events):
    """Write one row for each event, person and channel, in the transaction of the events.

    They are handed to the workers after commit; what the broker loses the sweep finds.
    """
    events = [event for event in events if is_for_customers(event) or is_for_staff(event)]
    if not events:
        return []
    audience = Audience(events)
    concerned = [(event, person) for event in events for person in sorted(audience.of(event))]
    choices = Choices({person for _event, person in concerned})
    values = [
        _planned(event, person, channel)
        for event, person in concerned
        for channel in choices.channels_for(event, person)
    ]
    keys = rows.insert_values(Notification, PLANNED, values)
    for group in _by_channel(keys, values).values():
        publish_on_commit(DELIVER_NOTIFICATION, group)
    return keys


def _planned(event, person, channel):
    """The values of a new row, as PLANNED; one of the bell is delivered by being written."""
    at = event.created_at
    row = (event.pk, event.ticket_id, person, channel.name, at, at)
    if not channel.is_internal:
        return (*row, Outbox.State.PENDING, None, None)
    # What people did themselves is no news to them.
    return (*row, Outbox.State.SENT, at, at if person == event.actor_id else None)


def _by_channel(keys, values):
    """{channel: the keys of its rows that are to be sent}: a task has rows of one channel, and
    waits for no other."""
    found = defaultdict(list)
    for key, row in zip(keys, values, strict=True):
        if row[PLANNED.index("state")] == Outbox.State.PENDING:
            found[row[PLANNED.index("channel")]].append(key)
    return found


def deliver(pk, *, now=None):
    """Send one notification if it is still to be sent: safe to run twice, safe to lose.

    No transaction is open while the channel speaks to its server.
    """
    now = now or timezone.now()
    row = outbox.claim(Notification.objects.with_story(), pk, now=now, give_up=_give_up)
    if row is None:
        return
    channel = channels.channel_named(row.channel)
    if channel is None:
        outbox.skip(row, Reason.NO_CHANNEL, now=now)
        return
    reason, address = reason_to_skip(row, now=now), channel.address_of(row.recipient)
    if reason or not address:
        outbox.skip(row, reason or Reason.NO_ADDRESS, now=now)
        return
    send = partial(channel.send, channel.compose(row, now=now), address)
    outbox.attempt(row, send, now=now, give_up=_give_up)


@transaction.atomic
def _give_up(row, error, *, now):
    # One after the other for a ticket: of several that fail at once the last one is seen.
    row.ticket = Ticket.objects.select_for_update(no_key=True).get(pk=row.ticket_id)
    outbox.fail(row, error, now=now)
    _hold_if_unreached(row, now=now)


def _hold_if_unreached(row, *, now):
    """Stop the automatic close when nobody of the customer's could be given the latest reply."""
    ticket, message = row.ticket, row.event.message
    if row.recipient.staff_role or message is None or message.kind != Message.Kind.PUBLIC:
        return
    if ticket.last_public_message_id != message.pk or ticket.auto_close_at is None:
        return
    to_customers = Notification.objects.of_event(row.event).to_customers().by_external()
    if to_customers.notified_or_pending().exists():
        return
    try:
        ticket_services.hold_auto_close(ticket, actor=None, code=HoldCode.UNREACHED, now=now)
    except TicketError:
        # It moved on in this very moment; nothing is left to hold.
        logger.info("Ticket %s needs no hold any more", ticket.pk)


def sweep(*, now=None):
    """Hand over again what is still to be sent: what a broker lost, what failed and waited.

    Returns how many rows were handed over, at most SWEEP_BATCH of each channel. A worker drops
    those that it did not come to within a minute, since the next sweep brings them again.
    """
    now = now or timezone.now()
    return sum(
        publish(task, list(rows.values_list("pk", flat=True)[:SWEEP_BATCH]), expires=60)
        for task, rows in _to_send(now)
    )


def _to_send(now):
    """(task, rows) of each kind: a backlog of one channel takes no place from another."""
    yield DELIVER_ACCOUNT_MAIL, AccountMail.objects.to_send(now)
    in_use = channels.registered()
    waiting = Notification.objects.to_send(now)
    for channel in in_use:
        if not channel.is_internal:
            yield DELIVER_NOTIFICATION, waiting.by_channel(channel.name)
    yield DELIVER_NOTIFICATION, waiting.by_none_of([channel.name for channel in in_use])


@transaction.atomic
def save_preferences(person, choices):
    """Save what a person chose: for each channel its topics, and what else it asked for.

    `choices` has a dictionary for each channel: `channel`, `wanted`, `unwanted`, and `settings`,
    the answers to its own form or None.
    """
    for choice in choices:
        choose(person, choice["channel"].name, wanted=choice["wanted"], unwanted=choice["unwanted"])
        if choice["settings"] is not None:
            choice["channel"].save_settings(person, choice["settings"])


def choose(person, channel, *, wanted, unwanted):
    """Save the topics of which a channel notifies a person; topics of neither list are kept.

    Asked at the moment of sending: what waits already is sent by the latest choice.
    """
    Preference.objects.bulk_create(
        (
            Preference(user=person, topic=topic, channel=channel, is_wanted=is_wanted)
            for topics, is_wanted in ((wanted, True), (unwanted, False))
            for topic in topics
        ),
        update_conflicts=True,
        unique_fields=["user", "topic", "channel"],
        update_fields=["is_wanted"],
    )


def mark_read(person, *, until, ticket=None, now):
    """Mark a person's rows of the bell as read, up to the key `until`: what came after the page was
    made stays unread. With `ticket` only those of the ticket with this number. Returns how many."""
    rows = Notification.objects.on_bell_of(person).unread().up_to(until)
    if ticket is not None:
        rows = rows.of_ticket(ticket)
    return rows.update(read_at=now)


def forget_bell(*, now=None):
    """Delete rows of the bell after a while, some at a time. Returns how many."""
    before, deleted = (now or timezone.now()) - BELL_KEPT, 0
    while True:
        old = Notification.objects.bell_older_than(before).order_by("created_at")
        keys = list(old.values_list("pk", flat=True)[:FORGET_BATCH])
        deleted += Notification.objects.filter(pk__in=keys).delete()[0]
        if len(keys) < FORGET_BATCH:
            return deleted


@transaction.atomic
def send_again(ticket, pk, *, actor, now):
    """Give one failed notification of a ticket all its tries again. Raises TicketError."""
    if not actor.is_agent:
        raise TicketError(_("Only our support team may send a notification again."))
    row = Notification.objects.of_ticket(ticket).failed().filter(pk=pk)
    # Of two at once the second finds it pending already.
    if not try_again(row, now=now):
        raise TicketError(_("This notification has not failed, so it is not sent again."))
    publish_on_commit(DELIVER_NOTIFICATION, [pk])


def try_again(rows, *, now):
    """Give failed notifications all their tries again. Returns how many."""
    return rows.failed().update(state=Outbox.State.PENDING, attempts=0, next_try_at=now, error="")


def skip_pending(*, now):
    """Give up whatever is pending, account mail too: people were notified of it before.

    Returns how many rows there were. For a restored backup, while nothing else runs.
    """
    skipped = 0
    for model in (Notification, AccountMail):
        blank = dict.fromkeys(model().blank_secrets(), "")
        skipped += model.objects.pending().update(
            state=Outbox.State.SKIPPED, error=f"{Reason.RESTORED} {now:%Y-%m-%d %H:%M}", **blank
        )
    return skipped
