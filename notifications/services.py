"""Every write of the outbox: what is told, handed over, tried again, given up."""

import logging
from collections import defaultdict
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from organizations.models import User
from plans import services as plan_services
from plans.models import Calendar
from tickets import services as ticket_services
from tickets.choices import HoldCode
from tickets.errors import TicketError
from tickets.models import Message, Ticket

from . import letters
from .audience import Audience, followers, is_for_customers, is_for_staff
from .channels import Refused, Unavailable, channel_of
from .channels.email import transport as email
from .models import AccountMail, Notification, Outbox, Preference
from .publishing import publish, publish_on_commit
from .relevance import reason_to_skip
from .topics import Topic

logger = logging.getLogger(__name__)

DELIVER_NOTIFICATION = "notifications.tasks.deliver_notification"
DELIVER_ACCOUNT_MAIL = "notifications.tasks.deliver_account_mail"

# After each failed try so long a wait; after the last of them the row has finally failed.
WAITS = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
]
MOST_TRIES = len(WAITS) + 1
# How long a claimed row is left alone: longer than any task may run, so that it is tried again
# only when the process that had it is gone.
CLAIM = timedelta(minutes=6)
SWEEP_BATCH = 500
KEPT = timedelta(days=30)


def plan_notifications(events):
    """Write one row for each event, person and channel, in the transaction of the events.

    They are handed to the workers after commit; what the broker loses the sweep finds.
    """
    events = [event for event in events if is_for_customers(event) or is_for_staff(event)]
    if not events:
        return []
    audience = Audience(events)
    rows = Notification.objects.bulk_create(
        Notification(
            event=event,
            ticket=event.ticket,
            recipient_id=user,
            channel=channel,
            next_try_at=event.created_at,
            created_at=event.created_at,
        )
        for event in events
        for user in sorted(audience.of(event))
        for channel in Notification.Channel.values
    )
    publish_on_commit(DELIVER_NOTIFICATION, [row.pk for row in rows])
    return rows


def deliver(pk, *, now=None):
    """Send one notification if it is still to be sent: safe to run twice, safe to lose.

    No transaction is open while the channel speaks to its server.
    """
    now = now or timezone.now()
    row = _claim(Notification.objects.with_story(), pk, now=now)
    if row is None:
        return
    channel = channel_of(row.channel)
    reason, address = reason_to_skip(row, now=now), channel.address_of(row.recipient)
    if reason or not address:
        _settle(row, Outbox.State.SKIPPED, now=now, error=reason or "no verified address")
        return
    _send(row, channel, letters.of_notification(row), address, now)


def deliver_account_mail(pk, *, now=None):
    """Send one mail of no ticket; its text is blanked when it is sent or given up."""
    now = now or timezone.now()
    row = _claim(AccountMail.objects.all(), pk, now=now)
    if row is not None:
        _send(row, email, letters.of_account_mail(row), row.recipient, now)


def _claim(rows, pk, *, now):
    """The row, counted as tried and left alone by others for a while; None when it is not due."""
    with transaction.atomic():
        due = rows.to_send(now).filter(pk=pk)
        row = due.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        if row.attempts >= MOST_TRIES:
            _give_up(row, "the last try never came to its end", now=now)
            return None
        row.attempts += 1
        row.next_try_at = now + CLAIM
        row.save(update_fields=["attempts", "next_try_at"])
        return row


def _send(row, channel, letter, address, now):
    try:
        channel.send(letter, address)
    except Refused as error:
        _give_up(row, str(error), now=now)
    except Unavailable as error:
        _try_later(row, str(error), now=now)
    else:
        _settle(row, Outbox.State.SENT, now=now)


def _try_later(row, error, *, now):
    if row.attempts >= MOST_TRIES:
        _give_up(row, error, now=now)
        return
    row.error = error[:300]
    row.next_try_at = now + WAITS[row.attempts - 1]
    row.save(update_fields=["error", "next_try_at"])


def _settle(row, state, *, now, error=""):
    row.state, row.error = state, error[:300]
    row.sent_at = now if state == Outbox.State.SENT else None
    fields = ["state", "error", "sent_at"]
    if isinstance(row, AccountMail):
        row.body = ""
        fields.append("body")
    row.save(update_fields=fields)


@transaction.atomic
def _give_up(row, error, *, now):
    logger.warning("%s %s has finally failed", type(row).__name__, row.pk)
    if isinstance(row, Notification):
        # One after the other for a ticket: of several that fail at once the last one is seen.
        row.ticket = Ticket.objects.select_for_update(no_key=True).get(pk=row.ticket_id)
    _settle(row, Outbox.State.FAILED, now=now, error=error)
    if isinstance(row, Notification):
        _hold_if_unreached(row, now=now)


def _hold_if_unreached(row, *, now):
    """Stop the automatic close when nobody of the customer's could be given the latest reply."""
    ticket, message = row.ticket, row.event.message
    if row.recipient.staff_role or message is None or message.kind != Message.Kind.PUBLIC:
        return
    if ticket.last_public_message_id != message.pk or ticket.auto_close_at is None:
        return
    if Notification.objects.of_event(row.event).to_customers().told_or_pending().exists():
        return
    try:
        ticket_services.hold_auto_close(ticket, actor=None, code=HoldCode.UNREACHED, now=now)
    except TicketError:
        # It moved on in this very moment; nothing is left to hold.
        logger.info("Ticket %s needs no hold any more", ticket.pk)


def send_account_mail(mail, *, is_wanted=True):
    """Keep an unsaved AccountMail and hand it over after commit.

    An unwanted one takes the same way and the same time, and is not sent: an answer must not tell
    whether an address has an account. One whose `once_key` is known already is dropped.
    """
    if not is_wanted:
        mail.state, mail.body = Outbox.State.SKIPPED, ""
    if mail.once_key:
        # Whether it was new is not told by the database; the sweep sends it within a minute.
        AccountMail.objects.bulk_create([mail], ignore_conflicts=True)
        return
    mail.save(force_insert=True)
    publish_on_commit(DELIVER_ACCOUNT_MAIL, [mail.pk])


def tell_of_departure(organization, leaver, *, actor, now):
    """Mail those who are told of a leaver's open tickets from now on; returns how many mails.

    These are the watchers, else the owners (domain.md); not who did it themselves.
    """
    tickets = Ticket.objects.of_organization(organization).requested_by(leaver).open()
    theirs = defaultdict(list)
    for ticket, people in followers(list(tickets.order_by("pk"))).items():
        for person in people:
            theirs[person].append(ticket)
    told = User.objects.active().filter(pk__in=theirs).exclude(pk=actor and actor.pk)
    unwanted = Preference.objects.unwanted().of_topic(Topic.PROGRESS, Notification.Channel.EMAIL)
    mails = 0
    for person in told.exclude(pk__in=unwanted.values("user")):
        if email.address_of(person):
            mail = letters.departure(person, leaver, organization, theirs[person.pk])
            mail.created_at = mail.next_try_at = now
            send_account_mail(mail)
            mails += 1
    return mails


def sweep(*, now=None):
    """Hand over again what is still to be sent: what a broker lost, what failed and waited.

    Returns how many rows were handed over, at most SWEEP_BATCH of each kind. A worker drops those
    that it did not come to within a minute, since the next sweep brings them again.
    """
    now = now or timezone.now()
    handed_over = 0
    for model, task in ((Notification, DELIVER_NOTIFICATION), (AccountMail, DELIVER_ACCOUNT_MAIL)):
        due = list(model.objects.to_send(now).values_list("pk", flat=True)[:SWEEP_BATCH])
        handed_over += publish(task, due, expires=60)
    return handed_over


def choose(user, channel, *, wanted, unwanted):
    """Keep which topics a person is told of by a channel; topics of neither list stay as they are.

    Asked at the moment of sending: what waits already is told by the latest choice.
    """
    Preference.objects.bulk_create(
        (
            Preference(user=user, topic=topic, channel=channel, is_wanted=is_wanted)
            for topics, is_wanted in ((wanted, True), (unwanted, False))
            for topic in topics
        ),
        update_conflicts=True,
        unique_fields=["user", "topic", "channel"],
        update_fields=["is_wanted"],
    )


def try_again(rows, *, now):
    """Give failed notifications all their tries anew. Returns how many."""
    return rows.failed().update(state=Outbox.State.PENDING, attempts=0, next_try_at=now, error="")


def skip_pending(*, now):
    """Give up whatever is pending, account mail too: it tells of a past that was told before.

    Returns how many rows there were. For a restored backup, while nothing else runs.
    """
    skipped = 0
    for model in (Notification, AccountMail):
        blank = {"body": ""} if model is AccountMail else {}
        skipped += model.objects.pending().update(
            state=Outbox.State.SKIPPED, error=f"restored {now:%Y-%m-%d %H:%M}", **blank
        )
    return skipped


def warn_of_bare_calendars(*, now=None):
    """Mail the admins, at most once a week, of calendars without a holiday in the coming 90 days.

    Returns how many calendars there are.
    """
    now = now or timezone.now()
    calendars = list(Calendar.objects.without_coming_holidays(now))
    year, week, _day = now.isocalendar()
    for calendar in calendars:
        for person in User.objects.admins():
            mail = letters.calendar_warning(calendar, person)
            mail.once_key = f"calendar {calendar.pk} {year}-W{week:02} {person.pk}"
            mail.created_at = mail.next_try_at = now
            send_account_mail(mail)
    return len(calendars)


def propose_holidays(*, now=None):
    """Near the end of a Persian year propose the next one's holidays, and mail the admins once.

    Returns how many proposals wait for an admin.
    """
    now = now or timezone.now()
    proposals = plan_services.propose_holidays(now=now)
    for proposal in proposals:
        for person in User.objects.admins():
            mail = letters.holiday_proposal(proposal, person)
            mail.once_key = f"holidays {proposal.calendar_id} {proposal.year} {person.pk}"
            mail.created_at = mail.next_try_at = now
            send_account_mail(mail)
    return len(proposals)


def tell_of_closure(recalculation, *, now):
    """Mail once, in the transaction that ends the recalculation, whom a closure concerns."""
    for person in recalculation.concerned.filter(is_active=True):
        mail = letters.closure(recalculation, person)
        mail.once_key = f"closure {recalculation.pk} {person.pk}"
        mail.created_at = mail.next_try_at = now
        send_account_mail(mail)


def forget_account_mail(*, now=None):
    """Delete settled account mail after a while: it holds addresses of strangers too."""
    now = now or timezone.now()
    deleted, _by_model = AccountMail.objects.finished_before(now - KEPT).delete()
    return deleted
