"""Every write of notifications and preferences: planned, delivered, retried, given up, chosen."""

from collections import defaultdict
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import TicketError
from ui.time_zones import known_zone

from . import channels, holding, outbox, planning, undeliverable
from .alerts import outdated_alerts
from .audience import Audience, is_for_somebody
from .models import AccountMail, Notification, Outbox, Preference, Timing
from .notices import notice_of
from .publishing import publish, publish_on_commit
from .querysets import LONGEST_RUN
from .reasons import Reason, restored_at
from .relevance import reasons_to_skip
from .timing import held_until

DELIVER_NOTIFICATION = "notifications.tasks.deliver_notification"
DELIVER_ACCOUNT_MAIL = "notifications.tasks.deliver_account_mail"

SWEEP_BATCH = 500
# What the bell shows is kept for so long, and deleted so many rows at a time.
BELL_KEPT = timedelta(days=90)
FORGET_BATCH = 1000


def plan_notifications(events):
    """Write one row for each event, person and channel, in the transaction of the events.

    They are handed to the workers after commit; what the broker loses the sweep finds.
    """
    events = [event for event in events if is_for_somebody(event)]
    if not events:
        return
    by_channel = defaultdict(list)
    for key, channel in planning.write(events, Audience(events)):
        by_channel[channel].append(key)
    # A task has rows of one channel, and waits for no other.
    for keys in by_channel.values():
        publish_on_commit(DELIVER_NOTIFICATION, keys)


def release_found(*, now):
    """Hand over what a run of the periodic work at `now` has found, a message for each person.

    What a run found that was killed before this is sent after LONGEST_RUN. Only the first row of
    each message is made due: it is sent with the others.
    """
    found = Notification.objects.released_at(now + LONGEST_RUN)
    leads = list(found.leads().values_list("pk", flat=True))
    if leads:
        Notification.objects.filter(pk__in=leads).update(next_try_at=now)
        publish_on_commit(DELIVER_NOTIFICATION, leads)


def deliver(pk, *, now=None):
    """Send one notification if it is still to be sent, with what is bundled with it: safe to run
    twice, safe to lose.

    No transaction is open while the channel speaks to its server.
    """
    now = now or timezone.now()
    rows = _claim(pk, now)
    if not rows:
        return
    channel = channels.channel_named(rows[0].channel)
    if channel is None:
        outbox.settle_all(rows, Outbox.State.SKIPPED, now=now, error=Reason.NO_CHANNEL)
        return
    address = channel.address_of(rows[0].recipient)
    is_undeliverable = channel.is_undeliverable(rows[0].recipient)
    rows = _without_skipped(rows, address, now, is_undeliverable=is_undeliverable)
    rows = _without_waiting(rows, channel, now)
    if rows:
        message = _compose(channel, rows, now)
        send = partial(channel.send, message, address)
        outbox.attempt_all(rows, send, now=now, give_up=partial(_give_up, lead=rows[0]))
        for row in rows:
            if row.state == Outbox.State.SENT:
                holding.lift_if_reached(row, now=now)


def _claim(pk, now):
    """The row, and the rows that are sent with it."""
    stories = Notification.objects.with_story().with_running_clocks()

    def bundle(row):
        return stories.bundled_with(row, now).order_by("pk") if row.is_bundled else stories.none()

    return outbox.claim_all(stories, pk, now=now, give_up=_give_up, bundle=bundle)


def _without_skipped(rows, address, now, *, is_undeliverable):
    """Settle what is not to be sent any more, and return the rest."""
    reasons = reasons_to_skip(rows, now=now)
    skipped = defaultdict(list)
    unreached = Reason.UNDELIVERABLE if is_undeliverable else Reason.NO_ADDRESS
    for row in rows:
        if reason := reasons[row.pk] or ("" if address else unreached):
            skipped[reason].append(row)
    for row in skipped.pop(Reason.UNDELIVERABLE, ()):
        _skip_undeliverable(row, now=now)
    for reason, some in skipped.items():
        outbox.settle_all(some, Outbox.State.SKIPPED, now=now, error=reason)
    return [row for row in rows if row.state == Outbox.State.PENDING]


def _without_waiting(rows, channel, now):
    """Put off what can wait in the person's quiet hours or until their digest; return the rest."""
    waiting = defaultdict(list)
    for row in rows:
        timing = getattr(row.recipient, "notification_timing", None)
        if timing is not None and not notice_of(row.event).is_pressing(row):
            zone = known_zone(row.recipient.time_zone)
            if at := held_until(timing, row.created_at, now=now, zone=zone):
                waiting[at].append(row)
    for at, some in waiting.items():
        outbox.postpone(some, at, is_bundled=channel.can_bundle)
    put_off = {row.pk for some in waiting.values() for row in some}
    return [row for row in rows if row.pk not in put_off]


def _compose(channel, rows, now):
    if len(rows) == 1 and not rows[0].more:
        return channel.compose(rows[0], now=now)
    return channel.compose_many(rows, now=now)


@transaction.atomic
def _give_up(row, error, *, now, lead=None):
    """Settle a row that has finally failed. What is sent with a `lead` is one mail with it."""
    is_refused = isinstance(error, channels.AddressRefused) and row is lead
    # Locks: a person, then a ticket.
    person = undeliverable.locked_person(row) if is_refused else None
    holding.lock_ticket(row)
    outbox.fail(row, error, now=now)
    holding.hold_if_unreached(row, now=now)
    if is_refused:
        undeliverable.record_failure(person, row, str(error), now=now)


@transaction.atomic
def _skip_undeliverable(row, *, now):
    holding.lock_ticket(row)
    outbox.skip(row, Reason.UNDELIVERABLE, now=now)
    holding.hold_if_unreached(row, now=now)


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
            yield DELIVER_NOTIFICATION, waiting.by_channel(channel.name).leads()
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


def save_timing(person, answers, *, now):
    """Save when the person is sent what can wait. What waits already follows at the next try."""
    Timing.objects.update_or_create(user=person, defaults=answers)
    waiting = Notification.objects.pending().filter(recipient=person, attempts=0)
    waiting.filter(is_bundled=True).update(next_try_at=now)


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


def read_outdated_alerts(events):
    """Mark alerts on the bell as read that these events have made untrue, for everybody: somebody
    has accepted or answered the ticket, or moved its times. Returns how many."""
    acts = [event for event in events if notice_of(event).ends_alerts(event)]
    if not acts:
        return 0
    tickets, now = {event.ticket_id for event in acts}, max(event.created_at for event in acts)
    outdated = outdated_alerts(tickets, now=now)
    return Notification.objects.filter(pk__in=outdated).update(read_at=now) if outdated else 0


def forget_bell(*, now=None):
    """Delete rows of the bell after a while, some at a time. Returns how many."""
    before, deleted = (now or timezone.now()) - BELL_KEPT, 0
    while True:
        old = Notification.objects.bell_older_than(before).order_by("created_at")
        keys = list(old.values_list("pk", flat=True)[:FORGET_BATCH])
        deleted += Notification.objects.filter(pk__in=keys).delete()[0]
        if len(keys) < FORGET_BATCH:
            return deleted


def forget_address_failures(*, now=None):
    """Delete failures of addresses that do not count any more. Returns how many."""
    return undeliverable.forget_old_failures(now=now or timezone.now())


@transaction.atomic
def send_again(ticket, pk, *, actor, now):
    """Give one failed notification of a ticket all its tries again. Raises TicketError."""
    if not actor.is_agent:
        raise TicketError(_("Only our support team may send a notification again."))
    rows = Notification.objects.of_ticket(ticket).filter(pk=pk).select_related("recipient")
    if any(_is_undeliverable(row) for row in rows):
        raise TicketError(_("E-mails to this address come back. First mark it as working again."))
    # Pressed twice, the second finds it pending already.
    if not try_again(rows, now=now) and not rows.filter(state=Outbox.State.PENDING).exists():
        raise TicketError(_("This notification has not failed, so it is not sent again."))
    publish_on_commit(DELIVER_NOTIFICATION, [pk])


def _is_undeliverable(row):
    channel = channels.channel_named(row.channel)
    return channel is not None and channel.is_undeliverable(row.recipient)


def try_again(rows, *, now):
    """Give what was not delivered all its tries again. Returns how many."""
    again = {"state": Outbox.State.PENDING, "attempts": 0, "next_try_at": now, "error": ""}
    return rows.not_delivered().update(**again)


def skip_pending(*, now):
    """Give up whatever is pending, account mail too: people were notified of it before.

    Returns how many rows there were. For a restored backup, while nothing else runs.
    """
    skipped = 0
    Notification.objects.unread().filter(created_at__gte=now).update(read_at=now)
    for model in (Notification, AccountMail):
        blank = dict.fromkeys(model().blank_secrets(), "")
        skipped += model.objects.pending().update(
            state=Outbox.State.SKIPPED, error=restored_at(now), **blank
        )
    return skipped
